// The first page of `daikan console`: the servers this person knows, and adding one by address and fingerprint.
import { useEffect, useState, type FormEvent } from "react";
import { ActionGroup, Button, Card, CardBody, CardTitle, Flex, FlexItem, Form, Title } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { KnownServer, SeenServer } from "../api/local_console";
import { problemOf } from "../api/problem";
import { ConfirmDialog } from "../parts/confirm_dialog";
import { Empty } from "../parts/empty";
import { Fingerprint } from "../parts/fingerprint";
import { ProblemAlert } from "../parts/problem_alert";
import { TextField } from "../parts/text_field";
import { Door } from "./door";

async function own<T>(method: string, route: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method, cache: "no-store", credentials: "same-origin" };
  if (body !== undefined) Object.assign(init, { headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const response = await fetch(`/console/v1/${route}`, init);
  if (!response.ok) throw await problemOf(response);
  return (response.status === 204 ? null : await response.json()) as T;
}

const asName = (text: string) => text.replace(/[^A-Za-z0-9._-]+/g, "-").slice(0, 64);

function AddServer({ onAdded }: { onAdded: () => void }) {
  const { t } = useTranslation();
  const [address, setAddress] = useState("");
  const [name, setName] = useState("");
  const [seen, setSeen] = useState<SeenServer | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      if (seen === null) {
        const answer = await own<SeenServer>("POST", "console_probes", { address: address.trim() });
        setSeen(answer);
        setName(asName(answer.name));
      } else {
        await own("POST", "servers", { name, address: address.trim(), fingerprint: seen.fingerprint });
        setSeen(null);
        setAddress("");
        onAdded();
      }
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Form onSubmit={(event) => void submit(event)}>
      <ProblemAlert problem={problem} />
      {seen === null ? (
        <TextField id="address" label={t("console_servers.address")} value={address} onChange={setAddress} isRequired hint={t("console_servers.address_hint")} problem={problem} autoCapitalize="none" />
      ) : (
        <>
          <div role="status">
            <p>{t("console_servers.found", { name: seen.name, version: seen.version })}</p>
            <Fingerprint value={seen.fingerprint} />
          </div>
          <TextField id="name" label={t("console_servers.name")} value={name} onChange={setName} isRequired hint={t("console_servers.name_hint")} problem={problem} />
        </>
      )}
      <ActionGroup>
        <Button type="submit" isLoading={busy} isDisabled={busy || address.trim() === "" || (seen !== null && name === "")}>
          {seen === null ? t("console_servers.look") : t("console_servers.same")}
        </Button>
        {seen !== null && (
          <Button variant="link" onClick={() => setSeen(null)} isDisabled={busy}>
            {t("console_servers.other")}
          </Button>
        )}
      </ActionGroup>
    </Form>
  );
}

export function ServerListPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [removing, setRemoving] = useState<KnownServer | null>(null);
  const servers = useQuery({ queryKey: ["console_servers"], queryFn: async () => (await own<{ items: KnownServer[] }>("GET", "servers")).items });
  const again = () => client.invalidateQueries({ queryKey: ["console_servers"] });
  useEffect(() => {
    document.title = `${t("console_servers.title")} · Daikan`;
  }, [t]);
  return (
    <Door main="daikan-server-list">
      <Title headingLevel="h1" size="2xl">
        {t("console_servers.title")}
      </Title>
      <p>{t("console_servers.lead")}</p>
      <ProblemAlert problem={servers.error} onRetry={() => void servers.refetch()} />
      {servers.data?.length === 0 && <Empty title={t("console_servers.empty_title")}>{t("console_servers.empty_body")}</Empty>}
      {servers.data?.map((each) => (
        <Card key={each.name} isCompact>
          <CardBody>
            <Flex alignItems={{ default: "alignItemsCenter" }}>
              <FlexItem grow={{ default: "grow" }}>
                <a href={`/at/${encodeURIComponent(each.name)}/`} aria-label={t("console_servers.open", { name: each.name })}>
                  <strong>{each.name}</strong>
                </a>
                <div>{each.address}</div>
                <small>{each.logged_in ? t("console_servers.signed_in", { user: each.user }) : t("console_servers.signed_out")}</small>
              </FlexItem>
              <FlexItem>
                <Button variant="link" isDanger onClick={() => setRemoving(each)} aria-label={t("console_servers.remove", { name: each.name })}>
                  {t("console_servers.remove_short")}
                </Button>
              </FlexItem>
            </Flex>
          </CardBody>
        </Card>
      ))}
      <Card>
        <CardTitle component="h2">{t("console_servers.add")}</CardTitle>
        <CardBody>
          <AddServer onAdded={() => void again()} />
        </CardBody>
      </Card>
      {removing && (
        <ConfirmDialog
          title={t("console_servers.remove_title", { name: removing.name })}
          confirm={t("console_servers.remove_short")}
          onConfirm={async () => {
            await own("DELETE", `servers/${encodeURIComponent(removing.name)}`);
            await again();
          }}
          onClose={() => setRemoving(null)}
        >
          {t("console_servers.remove_body", { name: removing.name })}
        </ConfirmDialog>
      )}
    </Door>
  );
}
