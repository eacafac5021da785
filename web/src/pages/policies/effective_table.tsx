// What is in force at one place, setting by setting, with the reason: where the value is from, and what it overrode.
import type { ReactNode } from "react";
import { Label } from "@patternfly/react-core";
import { LockIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { Link } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { useServerRecord } from "../../api/queries";
import type { EffectiveSetting, EffectiveSettings, SettingOrigin } from "../../api/types";
import { useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { useGroupNames } from "../../parts/group_names";
import { Said } from "../../parts/said";
import type { SettingField, SettingSection } from "./schema";
import { useOriginText, useSettingNames, type ApplicationForm } from "./use_policies";

/** Where a value is from; a policy of this server leads to its page. */
export function Origin({ origin }: { origin: SettingOrigin }) {
  const { path, href } = useServer();
  const server = useServerRecord(path);
  const text = useOriginText();
  const { pathOf } = useGroupNames();
  const source = origin.source && { ...origin.source, group: pathOf(origin.source.group) };
  const said = text({ ...origin, source });
  if (source === null) return <>{said}</>;
  if (server.data !== undefined && source.server_id === server.data.id) return <Link to={href(`/policies/${source.policy_id}`)}>{said}</Link>;
  return <>{said}</>;
}

export function LockMark() {
  const { t } = useTranslation();
  return (
    <Label isCompact color="orange" icon={<LockIcon />} variant="outline">
      {t("policies.locked")}
    </Label>
  );
}

function Reasons({ setting, field }: { setting: EffectiveSetting; field: SettingField | undefined }) {
  const { t } = useTranslation();
  const names = useSettingNames();
  return (
    <>
      <Origin origin={setting.from} />
      {setting.merged.map((origin, at) => (
        <div key={at} className="daikan-subtle">
          {t("policies.also_from")} <Origin origin={origin} />
        </div>
      ))}
      {setting.overrode.map((each, at) => (
        <div key={`o${at}`} className="daikan-subtle" data-overrode={each.why}>
          {t(`policies.overrode_${each.why}`, { value: names.value(field, each.value) })} <Origin origin={each.from} />
        </div>
      ))}
    </>
  );
}

interface Props {
  effective: EffectiveSettings;
  form: ApplicationForm;
  label: string;
  /** What can be done with one setting, at its end. */
  action?: (setting: EffectiveSetting, field: SettingField) => ReactNode;
}

function Section({ section, effective, action }: { section: SettingSection; effective: EffectiveSettings; action: Props["action"] }) {
  const { t } = useTranslation();
  const names = useSettingNames();
  return (
    <Tbody>
      <Tr className="daikan-setting-heading">
        <Th colSpan={action ? 4 : 3} scope="colgroup">
          {names.section(section)}
        </Th>
      </Tr>
      {section.fields.map((field) => {
        const setting = effective.items.find((each) => each.path === field.path);
        if (setting === undefined) return null;
        return (
          <Tr key={field.path} data-effective={field.path} data-origin={setting.from.kind}>
            <Td dataLabel={t("policies.setting")} modifier="breakWord">
              {names.title(field)}
              <div className="daikan-subtle">
                <code>{field.path}</code>
              </div>
            </Td>
            <Td dataLabel={t("policies.value")} modifier="breakWord">
              <strong data-value="">{names.value(field, setting.value)}</strong> {setting.locked && <LockMark />}
            </Td>
            <Td dataLabel={t("policies.reason")} modifier="breakWord">
              <Reasons setting={setting} field={field} />
            </Td>
            {action && <Td isActionCell modifier="nowrap">{action(setting, field)}</Td>}
          </Tr>
        );
      })}
    </Tbody>
  );
}

export function EffectiveTable({ effective, form, label, action }: Props) {
  const { t } = useTranslation();
  return (
    <>
      {effective.unusable.length > 0 && (
        <Alert isInline variant="warning" title={t("policies.unusable")}>
          <ul>
            {effective.unusable.map((each) => (
              <li key={`${each.path} ${each.source.policy_id}`}>
                <code>{each.path}</code> – {each.source.policy}: <Said text={each.reason} />
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <Table variant="compact" aria-label={label} className="daikan-effective">
        <Thead>
          <Tr>
            <Th width={30}>{t("policies.setting")}</Th>
            <Th width={25}>{t("policies.value")}</Th>
            <Th>{t("policies.reason")}</Th>
            {action && <Th screenReaderText={t("servers.column_actions")} />}
          </Tr>
        </Thead>
        {form.sections.map((section) => (
          <Section key={section.path} section={section} effective={effective} action={action} />
        ))}
      </Table>
    </>
  );
}
