// One policy in a form: what it is called, where it holds, how it inherits, and its settings.
import { Checkbox, Form, FormSection, Switch } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useGroups } from "../../api/queries";
import { useServer } from "../../app/place";
import { useGroupNames } from "../../parts/group_names";
import { GroupSelect } from "../../parts/group_select";
import { TextField } from "../../parts/text_field";
import { settingPath, type PolicyDraft, type TypedSetting } from "./model";
import { readValue } from "./schema";
import { SettingsForm } from "./settings_form";
import { useSettingNames, type ApplicationForm } from "./use_policies";

interface Props {
  form: ApplicationForm;
  draft: PolicyDraft;
  set: (part: Partial<PolicyDraft>) => void;
  problem: unknown;
  /** Shown, and not to be changed. */
  isDisabled?: boolean;
  /** The group is told, not chosen. */
  fixedGroup?: boolean;
  onSubmit: () => void;
  children?: ReactNode;
}

export function PolicyForm({ form, draft, set, problem, isDisabled = false, fixedGroup = false, onSubmit, children }: Props) {
  const { t } = useTranslation();
  const { path } = useServer();
  const groups = useGroups(path);
  const { pathOf } = useGroupNames();
  return (
    <Form
      className="daikan-policy"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <FormSection title={t("policies.policy")} titleElement="h2" className="daikan-form">
        <TextField id="policy-name" label={t("common.name")} value={draft.name} onChange={(name) => set({ name })} isRequired maxLength={128} isDisabled={isDisabled} problem={problem} field="name" />
        {isDisabled || fixedGroup ? (
          <TextField id="policy-group" label={t("group.administration_group")} value={pathOf(draft.group)} onChange={() => undefined} readOnlyVariant="default" />
        ) : (
          <GroupSelect id="policy-group" groups={groups.data ?? []} value={draft.group} onChange={(group) => set({ group })} problem={problem} />
        )}
        <Switch id="policy-active" label={t(draft.active ? "policies.active" : "policies.inactive")} isChecked={draft.active} isDisabled={isDisabled} onChange={(_, active) => set({ active })} />
        <p className="daikan-subtle">{t("policies.active_hint")}</p>
        <Checkbox id="policy-inherit" label={t("policies.inherit")} description={t("policies.inherit_hint")} isChecked={draft.inherit} isDisabled={isDisabled} onChange={(_, inherit) => set({ inherit })} />
        <Checkbox id="policy-force" label={t("policies.force")} description={t("policies.force_hint")} isChecked={draft.force} isDisabled={isDisabled} onChange={(_, force) => set({ force })} />
      </FormSection>
      <FormSection title={t("policies.settings_of", { name: useSettingNames().application(form) })} titleElement="h2">
        <SettingsForm sections={form.sections} draft={draft} set={set} problem={problem} isDisabled={isDisabled} />
      </FormSection>
      {children}
    </Form>
  );
}

/** Names and values of a draft's fields, for the comparison of two people's edits. */
export function useDraftText(form: ApplicationForm) {
  const { t } = useTranslation();
  const names = useSettingNames();
  const { pathOf } = useGroupNames();
  return {
    label: (field: keyof PolicyDraft): string => {
      const path = settingPath(String(field));
      return path === null ? t(`policies.field_${String(field)}`) : names.ofPath(form.fields, path);
    },
    show: (field: keyof PolicyDraft, draft: PolicyDraft): string => {
      const path = settingPath(String(field));
      const value = draft[field] as string | boolean | TypedSetting | null;
      if (path !== null) {
        const said = value as TypedSetting | null;
        const known = form.fields.find((each) => each.path === path);
        if (said === null || known === undefined) return t("policies.not_said");
        const read = readValue(known, said.typed);
        return t(said.locked ? "policies.value_locked" : "policies.value_open", { value: "value" in read ? names.value(known, read.value) : said.typed });
      }
      if (typeof value === "boolean") return t(value ? "policies.yes" : "policies.no");
      return field === "group" ? pathOf(String(value)) : String(value);
    },
  };
}
