// The second factor of one's own account: set up with an authenticator app, recovery codes, off again.
import { useState } from "react";
import { Button, Card, CardBody, CardTitle, Content, Flex, FlexItem, Label } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keys, useAccount } from "../../api/queries";
import { session } from "../../api/session";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { saveAs } from "../../parts/download";
import { FormDialog } from "../../parts/form_dialog";
import { Loaded } from "../../parts/loading";
import { ProblemAlert } from "../../parts/problem_alert";
import { QrPicture } from "../../parts/qr_picture";
import { TextField } from "../../parts/text_field";
import { useSubmit } from "../../parts/use_submit";
import { codesFile, spacedSecret } from "./model";

interface Enrolment {
  secret: string;
  uri: string;
}

function CodeField({ value, onChange, problem, hint }: { value: string; onChange: (value: string) => void; problem: unknown; hint: string }) {
  const { t } = useTranslation();
  return <TextField id="two-factor-code" label={t("sign_in.code")} value={value} onChange={onChange} isRequired autoFocus autoComplete="one-time-code" hint={hint} problem={problem} field="code" />;
}

function ConfirmEnrolment({ enrolment, onDone, onClose }: { enrolment: Enrolment; onDone: (codes: string[]) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useServer();
  const [code, setCode] = useState("");
  const { busy, problem, submit } = useSubmit(async () => onDone((await api.post("account/two_factor/confirm", { body: { code: code.replace(/\s/g, "") } })).data.recovery_codes));
  return (
    <FormDialog title={t("account.enrol_title")} submit={t("account.turn_on")} onSubmit={submit} onClose={onClose} busy={busy} disabled={code.trim() === ""} problem={problem} fields={["code"]} variant="medium">
      <Content component="p">{t("account.enrol_scan")}</Content>
      <Flex alignItems={{ default: "alignItemsCenter" }}>
        <FlexItem>
          <QrPicture text={enrolment.uri} label={t("account.enrol_qr")} />
        </FlexItem>
        <FlexItem flex={{ default: "flex_1" }}>
          <Content component="p">{t("account.enrol_key")}</Content>
          <code data-secret={enrolment.secret}>{spacedSecret(enrolment.secret)}</code>
        </FlexItem>
      </Flex>
      <CodeField value={code} onChange={setCode} problem={problem} hint={t("account.enrol_code_hint")} />
    </FormDialog>
  );
}

function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const name = "session" in session.value ? session.value.session.account.name : "";
  return (
    <FormDialog title={t("account.codes_title")} submit={t("account.codes_kept")} onSubmit={onClose} onClose={onClose} busy={false} variant="medium">
      <Alert isInline variant="warning" title={t("account.codes_once")}>
        {t("account.codes_for")}
      </Alert>
      <ul className="daikan-codes" aria-label={t("account.codes_title")}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div>
        <Button variant="secondary" onClick={() => saveAs(new Blob([codesFile(codes, name, window.location.origin)], { type: "text/plain" }), "daikan-recovery-codes.txt")}>
          {t("account.codes_save")}
        </Button>
      </div>
    </FormDialog>
  );
}

function TurnOff({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useServer();
  const [code, setCode] = useState("");
  const { busy, problem, submit } = useSubmit(async () => {
    await api.post("account/two_factor/disable", { body: { code: code.trim() } });
    onDone();
  });
  return (
    <FormDialog title={t("account.off_title")} submit={t("account.turn_off")} onSubmit={submit} onClose={onClose} busy={busy} disabled={code.trim() === ""} problem={problem} fields={["code"]}>
      <Content component="p">{t("account.off_affects")}</Content>
      <CodeField value={code} onChange={setCode} problem={problem} hint={t("account.off_code_hint")} />
    </FormDialog>
  );
}

export function TwoFactorCard() {
  const { t } = useTranslation();
  const { api } = useServer();
  const client = useQueryClient();
  const account = useAccount();
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [turnsOff, setTurnsOff] = useState(false);
  const again = () => client.invalidateQueries({ queryKey: keys.account });
  const { busy, problem, submit: enrol } = useSubmit(async () => setEnrolment((await api.post("account/two_factor")).data));
  return (
    <Card>
      <CardTitle component="h2">{t("account.two_factor")}</CardTitle>
      <CardBody className="daikan-stack">
        <Content component="p">{t("account.two_factor_for")}</Content>
        <ProblemAlert problem={problem} />
        <Loaded query={account}>
          {(own) => {
            const on = own.two_factor === "on";
            return (
              <>
                <div className="daikan-line">
                  <Label color={on ? "green" : "grey"} data-two-factor={own.two_factor}>
                    {t(`users.two_factor_${own.two_factor}`)}
                  </Label>
                  {on && <span>{t("account.codes_left", { count: own.recovery_codes })}</span>}
                </div>
                {on && own.recovery_codes < 3 && <Alert isInline variant="warning" title={t("account.codes_few")} />}
                <div>
                  {on ? (
                    <Button variant="secondary" isDanger onClick={() => setTurnsOff(true)}>
                      {t("account.turn_off")}
                    </Button>
                  ) : (
                    <Button variant="secondary" onClick={enrol} isLoading={busy} isDisabled={busy}>
                      {t("account.set_up")}
                    </Button>
                  )}
                </div>
              </>
            );
          }}
        </Loaded>
      </CardBody>
      {enrolment && (
        <ConfirmEnrolment
          enrolment={enrolment}
          onDone={(made) => {
            setEnrolment(null);
            setCodes(made);
            void again();
          }}
          onClose={() => {
            setEnrolment(null);
            void again();
          }}
        />
      )}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
      {turnsOff && (
        <TurnOff
          onClose={() => setTurnsOff(false)}
          onDone={() => {
            setTurnsOff(false);
            tell(t("account.is_off"));
            void again();
          }}
        />
      )}
    </Card>
  );
}
