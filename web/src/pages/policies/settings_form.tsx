// The form of a policy's settings, made from the application's schema: whether the policy says something, what, and whether it is locked.
import { Checkbox, FormHelperText, HelperText, HelperTextItem, Switch } from "@patternfly/react-core";
import { LockIcon, LockOpenIcon } from "@patternfly/react-icons";
import { useTranslation } from "react-i18next";
import { isAtField, told } from "../../api/problem";
import { useSaid } from "../../parts/said";
import { settingKey, typedSetting, type PolicyDraft, type SettingKey, type TypedSetting } from "./model";
import type { SettingField, SettingSection } from "./schema";
import { SettingValueInput, useWrongText } from "./setting_value_input";
import { useSettingNames } from "./use_policies";

interface Props {
  sections: SettingSection[];
  draft: PolicyDraft;
  set: (part: Partial<PolicyDraft>) => void;
  problem: unknown;
  isDisabled: boolean;
}

function Row({ field, draft, set, problem, isDisabled }: Omit<Props, "sections"> & { field: SettingField }) {
  const { t } = useTranslation();
  const names = useSettingNames();
  const wrongText = useWrongText();
  const tell = useSaid();
  const key: SettingKey = settingKey(field.path);
  const said = draft[key] ?? null;
  const title = names.title(field);
  const id = `setting-${field.path.replaceAll(".", "-")}`;
  const wrong = said === null ? null : (wrongText(field, said.typed) ?? (isAtField(problem, `settings.${field.path}`) ? tell(told(problem).message).text : null));
  const change = (to: TypedSetting | null) => set({ [key]: to } as Partial<PolicyDraft>);
  const bounds = field.minimum !== null && field.maximum !== null ? t("policies.bounds", { least: field.minimum, most: field.maximum }) : "";
  const notes = [
    t("policies.default_is", { value: names.value(field, field.initial) }),
    bounds,
    field.mergeable ? t("policies.mergeable") : "",
    field.needsRestart ? t("policies.needs_restart") : "",
  ].filter(Boolean);
  return (
    <div className="daikan-setting" data-setting={field.path} role="group" aria-labelledby={`${id}-title`}>
      <div>
        <Checkbox
          id={`${id}-said`}
          label={<span id={`${id}-title`}>{title}</span>}
          isLabelWrapped
          isChecked={said !== null}
          isDisabled={isDisabled}
          onChange={(_, says) => change(says ? typedSetting(field) : null)}
          description={names.about(field)}
        />
      </div>
      <div className="daikan-setting-value">
        {said === null ? (
          <span className="daikan-subtle">{t("policies.not_said")}</span>
        ) : (
          <>
            <SettingValueInput id={id} label={title} field={field} typed={said.typed} onChange={(typed) => change({ ...said, typed })} isDisabled={isDisabled} isWrong={wrong !== null} describedBy={`${id}-help`} />
            <FormHelperText>
              <HelperText id={`${id}-help`} isLiveRegion={wrong !== null}>
                <HelperTextItem variant={wrong === null ? "default" : "error"}>{wrong ?? notes.join(" · ")}</HelperTextItem>
              </HelperText>
            </FormHelperText>
          </>
        )}
      </div>
      <div className="daikan-setting-lock">
        {said !== null && (
          <Switch
            id={`${id}-locked`}
            label={
              <>
                {said.locked ? <LockIcon /> : <LockOpenIcon />} {t(said.locked ? "policies.locked" : "policies.open")}
              </>
            }
            aria-label={t("policies.lock_of", { name: title })}
            isChecked={said.locked}
            isDisabled={isDisabled}
            onChange={(_, locked) => change({ ...said, locked })}
          />
        )}
      </div>
    </div>
  );
}

export function SettingsForm({ sections, ...rest }: Props) {
  const { t } = useTranslation();
  const names = useSettingNames();
  return (
    <>
      <p className="daikan-subtle">{t("policies.settings_lead")}</p>
      {sections.map((section) => (
        <section key={section.path} className="daikan-setting-section" aria-labelledby={`section-${section.path}`}>
          <h3 id={`section-${section.path}`}>{names.section(section)}</h3>
          {names.aboutSection(section) && <p className="daikan-subtle">{names.aboutSection(section)}</p>}
          {section.fields.map((field) => (
            <Row key={field.path} field={field} {...rest} />
          ))}
        </section>
      ))}
    </>
  );
}
