// The certificate that other servers know this one by, and giving it another key: announced, used, done.
import { useState } from "react";
import { Button, Card, CardBody, CardTitle, Content, Flex, Label, ProgressStep, ProgressStepper } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { pathKey } from "../../api/path";
import { useReload, useServerRecord } from "../../api/queries";
import type { RollOver, Server } from "../../api/types";
import { useMay, useServer } from "../../app/place";
import { CertificateDownload } from "../../parts/certificate_download";
import { ConfirmDialog } from "../../parts/confirm_dialog";
import { Facts } from "../../parts/facts";
import { Fingerprint } from "../../parts/fingerprint";
import { Loaded } from "../../parts/loading";
import { StatusMark } from "../../parts/status_mark";
import { When } from "../../parts/when";
import { OwnKeyCard } from "./own_key_card";

type Asked = "begin" | "finish" | "cancel";

function Peers({ peers }: { peers: RollOver["peers"] }) {
  const { t } = useTranslation();
  if (peers.length === 0) return <Content component="p">{t("roll_over.no_peers")}</Content>;
  return (
    <Table aria-label={t("roll_over.peers")} variant="compact">
      <Thead>
        <Tr>
          <Th>{t("common.name")}</Th>
          <Th>{t("roll_over.role")}</Th>
          <Th>{t("secondary.link")}</Th>
          <Th>{t("roll_over.peer_state")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {peers.map((peer) => (
          <Tr key={`${peer.role} ${peer.id ?? ""}`}>
            <Td dataLabel={t("common.name")}>{peer.name ?? t("common.unknown")}</Td>
            <Td dataLabel={t("roll_over.role")}>{t(`roll_over.role_${peer.role}`)}</Td>
            <Td dataLabel={t("secondary.link")}>
              <StatusMark state={peer.link} />
            </Td>
            <Td dataLabel={t("roll_over.peer_state")}>
              <Label isCompact color={peer.state === "seen" || peer.state === "confirmed" ? "green" : peer.state === "by_file" ? "orange" : "grey"}>
                {t(`roll_over.peer_${peer.state}`)}
              </Label>
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function RollOverCard({ roll, mayManage }: { roll: RollOver; mayManage: boolean }) {
  const { t } = useTranslation();
  const { api, path } = useServer();
  const reload = useReload(path);
  const [asked, setAsked] = useState<Asked | null>(null);
  const run = async () => {
    if (asked === "begin") await api.post("server/roll_over");
    else if (asked === "finish") await api.post("server/roll_over/finish");
    else await api.delete("server/roll_over");
    await reload();
  };
  const order = ["none", "announcing", "switched"];
  const at = order.indexOf(roll.phase);
  return (
    <Card>
      <CardTitle component="h2">{t("roll_over.title")}</CardTitle>
      <CardBody className="daikan-stack">
        <Content component="p">{t(`roll_over.phase_${roll.phase}`)}</Content>
        {roll.phase !== "none" && (
          <>
            <ProgressStepper aria-label={t("roll_over.title")}>
              {["announcing", "switched"].map((phase, index) => (
                <ProgressStep key={phase} id={phase} titleId={`${phase}-title`} variant={at > index + 1 ? "success" : at === index + 1 ? "info" : "pending"} isCurrent={at === index + 1} aria-label={t(`roll_over.step_${phase}`)}>
                  {t(`roll_over.step_${phase}`)}
                </ProgressStep>
              ))}
            </ProgressStepper>
            <Facts
              items={[
                [t("roll_over.new_fingerprint"), roll.fingerprint && <Fingerprint value={roll.fingerprint} />],
                [t("roll_over.started"), roll.started_at && <When at={roll.started_at} />],
                [t("roll_over.started_by"), roll.started_by],
              ]}
            />
            <Peers peers={roll.peers} />
          </>
        )}
        {mayManage && (
          <Flex>
            {roll.phase === "none" && (
              <Button variant="secondary" onClick={() => setAsked("begin")}>
                {t("roll_over.begin")}
              </Button>
            )}
            {roll.phase !== "none" && (
              <Button variant="secondary" onClick={() => setAsked("finish")}>
                {t("roll_over.finish")}
              </Button>
            )}
            {roll.phase === "announcing" && (
              <Button variant="link" onClick={() => setAsked("cancel")}>
                {t("roll_over.cancel")}
              </Button>
            )}
          </Flex>
        )}
      </CardBody>
      {asked !== null && (
        <ConfirmDialog title={t(`roll_over.${asked}_title`)} confirm={t(`roll_over.${asked}`)} danger={asked !== "begin"} onClose={() => setAsked(null)} onConfirm={run}>
          <Content component="p">{t(`roll_over.${asked}_affects`)}</Content>
          {asked === "finish" && <Peers peers={roll.peers.filter((peer) => peer.state !== "seen" && peer.state !== "confirmed")} />}
        </ConfirmDialog>
      )}
    </Card>
  );
}

function OwnCard({ server }: { server: Server }) {
  const { t } = useTranslation();
  return (
    <Card>
      <CardTitle component="h2">{t("properties.own_certificate")}</CardTitle>
      <CardBody className="daikan-stack">
        <Content component="p">{t("properties.own_certificate_for")}</Content>
        <Facts
          items={[
            [t("certificate.fingerprint"), <Fingerprint value={server.fingerprint} />],
            [t("own_key.issuer"), server.certificate_issuer ?? t("own_key.self_signed")],
            [t("own_key.chain"), server.certificate_chain > 0 ? String(server.certificate_chain) : null],
            [t("overview.expires"), <When at={server.certificate_not_after} exact />],
          ]}
        />
        <Flex>
          <CertificateDownload serverName={server.name} />
          <CertificateDownload serverName={server.name} format="pem" variant="link" />
        </Flex>
      </CardBody>
    </Card>
  );
}

export function CertificateSection() {
  const { path, api } = useServer();
  const server = useServerRecord(path);
  const mayManage = useMay("manage_server");
  const roll = useQuery({ queryKey: [pathKey(path), "roll_over"], queryFn: async ({ signal }) => (await api.get("server/roll_over", { signal })).data });
  return (
    <>
      <Loaded query={server}>{(record) => <OwnCard server={record} />}</Loaded>
      <Loaded query={roll}>{(record) => <RollOverCard roll={record} mayManage={mayManage} />}</Loaded>
      {mayManage && path.length === 0 && <OwnKeyCard />}
    </>
  );
}
