// Becoming a secondary with the file that the primary's administrator made: the server registers itself there and sets its primary here.
import { useState } from "react";
import { ActionGroup, Button, Card, CardBody, CardTitle, Checkbox, Content, Form } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { hasCode, told } from "../../api/problem";
import { useReload } from "../../api/queries";
import { tell } from "../../app/notices";
import { useServer } from "../../app/place";
import { FileField, type ReadFile } from "../../parts/file_field";
import { ProblemAlert } from "../../parts/problem_alert";
import { emptyProxy, proxyRequest, type ProxyDraft } from "../../parts/proxy";
import { ProxyFields } from "../../parts/proxy_fields";
import { useSubmit } from "../../parts/use_submit";

const kMostBytes = 64 * 1024;

export function JoinCard() {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const [file, setFile] = useState<ReadFile | null>(null);
  const [proxy, setProxy] = useState<ProxyDraft | null>(null);
  const [replace, setReplace] = useState(false);
  const { busy, problem, submit } = useSubmit(async () => {
    const body = { invitation: new TextDecoder().decode(file!.bytes), ...(proxy === null ? {} : { proxy: proxyRequest(proxy) }), ...(replace ? { replace } : {}) };
    const joined = (await api.post("primary/join", { body })).data;
    tell(t("join.joined", { name: (joined.configured ? joined.name : null) ?? t("common.unknown") }));
    await reload();
  });
  const at = problem ? told(problem).field?.split(".")[0] : undefined;
  const asksToReplace = replace || hasCode(problem, "already_has_primary");
  return (
    <Card>
      <CardTitle component="h2">{t("join.title")}</CardTitle>
      <CardBody>
        <Form
          className="daikan-form"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Content component="p">{t("join.lead")}</Content>
          {at !== "invitation" && at !== "proxy" && <ProblemAlert problem={problem} />}
          <FileField id="invitation" label={t("join.file")} value={file} onChange={setFile} most={kMostBytes} problem={problem} field="invitation" hint={t("join.file_hint")} />
          <Checkbox id="join-uses-proxy" label={t("proxy.use")} isChecked={proxy !== null} onChange={(_, uses) => setProxy(uses ? emptyProxy : null)} />
          {proxy !== null && <ProxyFields id="join-proxy" value={proxy} onChange={setProxy} problem={problem} />}
          {asksToReplace && <Checkbox id="join-replace" label={t("primary.replace")} isChecked={replace} onChange={(_, value) => setReplace(value)} />}
          <ActionGroup>
            <Button type="submit" isLoading={busy} isDisabled={busy || file === null || (proxy !== null && proxy.host.trim() === "")}>
              {t("join.join")}
            </Button>
          </ActionGroup>
        </Form>
      </CardBody>
    </Card>
  );
}
