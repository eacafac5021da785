import { Checkbox, Content, Form } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { ProxyFields } from "../../parts/proxy_fields";
import { TextField } from "../../parts/text_field";
import type { StepProps } from "./model";

export function ReachStep({ draft, set, problem, shown }: StepProps) {
  const { t } = useTranslation();
  return (
    <Form onSubmit={(event) => event.preventDefault()}>
      <Content component="p">{t("add_secondary.reach_lead")}</Content>
      <TextField
        id="primary-address"
        label={t("add_secondary.primary_address")}
        value={draft.primaryAddress}
        onChange={(primaryAddress) => set({ primaryAddress })}
        isRequired
        problem={problem}
        field="primary_address"
        message={shown.primaryAddress ? t("common.required") : null}
        placeholder="hq.example.com:13000"
        hint={t("add_secondary.primary_address_hint")}
        autoFocus
      />
      <Checkbox
        id="uses-secondary-proxy"
        label={t("add_secondary.secondary_proxy")}
        isChecked={draft.usesSecondaryProxy}
        onChange={(_, usesSecondaryProxy) => set({ usesSecondaryProxy })}
      />
      {draft.usesSecondaryProxy && (
        <ProxyFields
          id="secondary-proxy"
          value={draft.secondaryProxy}
          onChange={(secondaryProxy) => set({ secondaryProxy })}
          problem={problem}
          field="primary_proxy"
          hostMessage={shown.secondaryProxy === "required" ? t("common.required") : null}
        />
      )}
    </Form>
  );
}
