import { useEffect } from "react";
import { Button, Checkbox, Content, Form, FormGroup, Radio, Spinner } from "@patternfly/react-core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useServer } from "../../app/place";
import { told } from "../../api/problem";
import { typedAddress } from "../../parts/address";
import { Alert } from "../../parts/alert";
import { CertificateField } from "../../parts/certificate_field";
import { Facts } from "../../parts/facts";
import { Fingerprint } from "../../parts/fingerprint";
import { ProblemAlert } from "../../parts/problem_alert";
import { proxyRequest } from "../../parts/proxy";
import { takesFile, wayOf, type Draft, type Found, type StepProps } from "./model";

/** Looks at the server at the other end: its console in way 1, its link port in way 3. Nothing is changed there or here. */
function useLook(draft: Draft) {
  const { api } = useServer();
  return useMutation({
    mutationFn: async (): Promise<Found> => {
      if (wayOf(draft) === 1) {
        const seen = (await api.post("console_probes", { body: { address: typedAddress(draft.address) } })).data;
        return { fingerprint: seen.fingerprint, name: seen.name, version: seen.version, certificate: null };
      }
      const probe = (
        await api.post("probes", {
          body: { address: typedAddress(draft.address), direction: "primary_dials", ...(draft.usesProxy ? { proxy: proxyRequest(draft.proxy) } : {}) },
        })
      ).data;
      // What cannot be reached is a result there; here it is a problem like any other.
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      if (probe.error !== null || probe.fingerprint === null) throw probe.error;
      return { fingerprint: probe.fingerprint, name: "", version: null, certificate: probe.certificate };
    },
  });
}

const kAnswersOfLinkPort = ["unknown_to_primary", "unknown_to_secondary"];

function Fetched({ draft, set, shown }: StepProps) {
  const { t } = useTranslation();
  const look = useLook(draft);
  const { mutate } = look;
  const found = draft.found;
  const run = () => mutate(undefined, { onSuccess: (seen) => set({ found: seen }) });
  useEffect(() => {
    if (found === null) run();
    // Once when the page opens; "Try again" does it after a failure.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  if (look.isPending) {
    return (
      <p role="status">
        <Spinner size="md" aria-hidden /> {t("add_secondary.looking", { address: typedAddress(draft.address) })}
      </p>
    );
  }
  if (look.error && found === null) {
    return (
      <>
        <ProblemAlert problem={look.error} onRetry={run} />
        {/* A link port answers a console with this. */}
        {!draft.dmz && kAnswersOfLinkPort.includes(told(look.error).code) && <Alert isInline isPlain variant="info" title={t("add_secondary.is_link_port")} />}
        {!draft.dmz && (
          <Alert isInline isPlain variant="info" title={t("add_secondary.cannot_reach")}>
            <Button variant="link" isInline onClick={() => set({ address: "" })}>
              {t("add_secondary.use_file")}
            </Button>
          </Alert>
        )}
      </>
    );
  }
  if (found === null) return null;
  return (
    <>
      <Content component="p">{t("add_secondary.found")}</Content>
      <Facts
        items={[
          [t("common.name"), found.name],
          [t("overview.version"), found.version],
          [t("certificate.fingerprint"), <Fingerprint value={found.fingerprint} />],
        ]}
      />
      <Content component="p">{t("add_secondary.compare_lead")}</Content>
      <Checkbox
        id="compared"
        label={t("add_secondary.compared")}
        isChecked={draft.compared}
        isRequired
        onChange={(_, compared) => set({ compared })}
        isValid={shown.compared === undefined}
        description={shown.compared ? <span className="daikan-error">{t("add_secondary.compare_first")}</span> : undefined}
      />
    </>
  );
}

export function CertificateStep(props: StepProps) {
  const { t } = useTranslation();
  const { draft, set, problem, shown } = props;
  return (
    <Form onSubmit={(event) => event.preventDefault()}>
      {draft.dmz && (
        <FormGroup role="radiogroup" label={t("add_secondary.source")} fieldId="source">
          <Radio id="source-fetch" name="source" label={t("add_secondary.source_fetch")} isChecked={draft.source === "fetch"} onChange={() => set({ source: "fetch" })} />
          <Radio id="source-file" name="source" label={t("add_secondary.source_file")} isChecked={draft.source === "file"} onChange={() => set({ source: "file" })} />
        </FormGroup>
      )}
      {takesFile(draft) ? (
        <>
          <Content component="p">{t("add_secondary.file_lead")}</Content>
          <CertificateField
            id="certificate"
            label={t("add_secondary.file")}
            value={draft.file}
            onChange={(file) => set({ file })}
            problem={problem}
            isRequired
            hint={t("add_secondary.file_hint")}
            message={shown.file ? t("add_secondary.file_first") : null}
          />
          {draft.file !== null && <Content component="p">{t("add_secondary.compare_file")}</Content>}
        </>
      ) : (
        <Fetched {...props} key={`${draft.address} ${draft.source}`} />
      )}
    </Form>
  );
}
