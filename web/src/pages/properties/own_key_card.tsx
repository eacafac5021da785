// Bringing a key and certificate of one's own, e.g. from the certificate authority of the organisation. The file holds a private key: it is
// sent to the server that serves the console and to no other.
import { useState } from "react";
import { ActionGroup, Button, Card, CardBody, CardTitle, Content, Form } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { told } from "../../api/problem";
import { useReload } from "../../api/queries";
import type { CertificateSet } from "../../api/types";
import { useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { Facts } from "../../parts/facts";
import { FileField, type ReadFile } from "../../parts/file_field";
import { Fingerprint } from "../../parts/fingerprint";
import { PasswordField } from "../../parts/password_field";
import { ProblemAlert } from "../../parts/problem_alert";
import { When } from "../../parts/when";
import { keyFileText } from "./own_key";

const kMostBytes = 64 * 1024;

export function OwnKeyCard() {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const [file, setFile] = useState<ReadFile | null>(null);
  const [passphrase, setPassphrase] = useState("");
  const [asks, setAsks] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [done, setDone] = useState<CertificateSet | null>(null);
  const at = problem ? told(problem).field : null;
  const set = async () => {
    setProblem(null);
    try {
      setDone((await api.put("server/certificate", { body: { file: keyFileText(file!.bytes), ...(passphrase === "" ? {} : { passphrase }) } })).data);
      setFile(null);
      setPassphrase("");
      await reload();
    } catch (error) {
      setProblem(error); // told at the fields, which stand behind the question
    }
  };
  return (
    <Card>
      <CardTitle component="h2">{t("own_key.title")}</CardTitle>
      <CardBody className="daikan-stack">
        <Content component="p">{t("own_key.lead")}</Content>
        {done && (
          <Alert isInline variant="success" title={t(done.roll_over.phase === "announcing" ? "own_key.announced" : "own_key.used")}>
            <Facts
              items={[
                [t("own_key.subject"), done.subject],
                [t("own_key.issuer"), done.issuer ?? t("own_key.self_signed")],
                [t("overview.expires"), <When at={done.not_after} exact />],
                [t("own_key.chain"), String(done.chain)],
                [t("certificate.fingerprint"), <Fingerprint value={done.fingerprint} />],
              ]}
            />
          </Alert>
        )}
        <Form
          className="daikan-form"
          onSubmit={(event) => {
            event.preventDefault();
            setAsks(true);
          }}
        >
          {at !== "file" && at !== "passphrase" && <ProblemAlert problem={problem} />}
          <FileField id="own-key" label={t("own_key.file")} value={file} onChange={setFile} most={kMostBytes} problem={problem} field="file" hint={t("own_key.file_hint")} />
          <PasswordField id="own-key-passphrase" label={t("own_key.passphrase")} value={passphrase} onChange={setPassphrase} isRequired={false} hint={t("own_key.passphrase_hint")} problem={problem} field="passphrase" />
          <ActionGroup>
            <Button type="submit" variant="secondary" isDisabled={file === null}>
              {t("own_key.set")}
            </Button>
          </ActionGroup>
        </Form>
      </CardBody>
      {asks && (
        <ConfirmDialog title={t("own_key.ask_title")} confirm={t("own_key.set")} danger={false} onClose={() => setAsks(false)} onConfirm={set}>
          <Content component="p">{t("own_key.affects")}</Content>
        </ConfirmDialog>
      )}
    </Card>
  );
}
