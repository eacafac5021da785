import { Checkbox, Content, Form } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { ProxyFields } from "../../parts/proxy_fields";
import { TextField } from "../../parts/text_field";
import { wayOf, type StepProps } from "./model";

export function AddressStep({ draft, set, problem, shown }: StepProps) {
  const { t } = useTranslation();
  const way = wayOf(draft);
  return (
    <Form onSubmit={(event) => event.preventDefault()}>
      <Content component="p">{t(draft.dmz ? "add_secondary.address_lead_dmz" : "add_secondary.address_lead")}</Content>
      <TextField
        id="address"
        label={draft.dmz ? t("add_secondary.address_required") : t("add_secondary.address")}
        value={draft.address}
        onChange={(address) => set({ address })}
        isRequired={draft.dmz}
        placeholder={draft.dmz ? "dmz.example.com:13000" : "branch1.example.com"}
        hint={draft.dmz ? t("add_secondary.address_hint_dmz") : t("add_secondary.address_hint")}
        problem={problem}
        field={draft.dmz ? "dmz_address" : "secondary_console"}
        message={shown.address ? t("common.required") : null}
        autoFocus
      />
      <Checkbox id="dmz" label={t("add_secondary.dmz")} description={t("add_secondary.dmz_hint")} isChecked={draft.dmz} onChange={(_, dmz) => set({ dmz })} />
      {draft.dmz && (
        <>
          <Checkbox id="uses-proxy" label={t("proxy.use")} isChecked={draft.usesProxy} onChange={(_, usesProxy) => set({ usesProxy })} />
          {draft.usesProxy && (
            <ProxyFields id="proxy" value={draft.proxy} onChange={(proxy) => set({ proxy })} problem={problem} field="dmz_proxy" hostMessage={shown.proxy === "required" ? t("common.required") : null} />
          )}
        </>
      )}
      <Content component="p" className="daikan-next">
        {t(`add_secondary.way_${way}`)}
      </Content>
    </Form>
  );
}
