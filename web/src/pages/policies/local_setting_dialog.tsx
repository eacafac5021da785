// What a server is set to itself, below every policy: it wins over an open value and yields to a locked one.
import { useState } from "react";
import { FormGroup, Radio } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { EffectiveSetting } from "../../api/types";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { FormDialog } from "../../parts/form_dialog";
import { FieldError } from "../../parts/text_field";
import { useSubmit } from "../../parts/use_submit";
import { isAtField } from "../../api/problem";
import { readValue, typedValue, type SettingField } from "./schema";
import { SettingValueInput, useWrongText } from "./setting_value_input";
import { useSettingNames } from "./use_policies";

export function LocalSettingDialog({ setting, field, onClose }: { setting: EffectiveSetting; field: SettingField; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, key } = useServer();
  const client = useQueryClient();
  const names = useSettingNames();
  const wrongText = useWrongText();
  const [own, setOwn] = useState(true);
  const [typed, setTyped] = useState(typedValue(setting.value));
  const wrong = own ? wrongText(field, typed) : null;
  const read = readValue(field, typed);
  const { busy, problem, submit } = useSubmit(async () => {
    const value = own && "value" in read ? read.value : null;
    const { data } = await api.patch("server/settings", { body: { settings: { [field.path]: value } } });
    client.setQueryData([key, "effective", null], data);
    tell(t("policies.local_saved", { name: names.title(field) }));
    onClose();
  });
  const at = `settings.${field.path}`;
  return (
    <FormDialog title={names.title(field)} description={names.about(field)} submit={t("common.save")} onSubmit={submit} onClose={onClose} busy={busy} disabled={wrong !== null} problem={problem} fields={isAtField(problem, at) ? ["settings"] : []}>
      <FormGroup role="radiogroup" label={t("policies.local_choice")} fieldId="local-choice">
        <Radio id="local-own" name="local" label={t("policies.local_own")} isChecked={own} onChange={() => setOwn(true)} />
        <Radio id="local-above" name="local" label={t("policies.local_above")} isChecked={!own} onChange={() => setOwn(false)} />
      </FormGroup>
      {own && (
        <FormGroup label={t("policies.value")} fieldId="local-value">
          <SettingValueInput id="local-value" label={t("policies.value")} field={field} typed={typed} onChange={setTyped} isWrong={wrong !== null} describedBy="local-value-help" />
          <FieldError id="local-value" problem={problem} field={at} message={wrong} hint={t("policies.default_is", { value: names.value(field, field.initial) })} />
        </FormGroup>
      )}
    </FormDialog>
  );
}
