import { Button, Content, Flex, List, ListComponent, ListItem, OrderType } from "@patternfly/react-core";
import { useNavigate } from "react-router-dom";
import { Trans, useTranslation } from "react-i18next";
import { useSecondary, useServerRecord } from "../../api/queries";
import type { Secondary } from "../../api/types";
import { useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { CertificateDownload } from "../../parts/certificate_download";
import { Fingerprint } from "../../parts/fingerprint";
import { useGroupNames } from "../../parts/group_names";
import { ProblemAlert } from "../../parts/problem_alert";
import { StatusMark } from "../../parts/status_mark";
import type { Draft } from "./model";

/** The secondary is registered; what is left to be done on its side, by its own administrator. Its state is shown live. */
export function Handover({ draft, secondary, onAnother }: { draft: Draft; secondary: Secondary; onAnother: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { path, href } = useServer();
  const server = useServerRecord(path);
  const { pathOf } = useGroupNames();
  const now = useSecondary(path, secondary.id).data?.data ?? secondary;
  const connected = now.state === "connected";
  const primaryAddress = draft.primaryAddress || "hq.example.com:13000";
  return (
    <div className="daikan-stack" data-registered={secondary.id}>
      <Alert isInline variant="success" title={t("add_secondary.registered", { name: secondary.name, group: pathOf(secondary.group) })} />
      <p className="daikan-line" aria-live="polite">
        {t("add_secondary.state_now")} <StatusMark state={now.state} />
      </p>
      {!connected && <ProblemAlert problem={now.reason} variant="warning" />}
      {!connected && (
        <>
          <Content component="h3">{t("add_secondary.other_side_title")}</Content>
          <List component={ListComponent.ol} type={OrderType.number}>
            <ListItem>
              {t("add_secondary.give_certificate")}
              <div className="daikan-line">
                <CertificateDownload serverName={server.data?.name ?? "server"} />
              </div>
              {server.data && (
                <div className="daikan-line">
                  <span>{t("add_secondary.own_fingerprint")}</span> <Fingerprint value={server.data.fingerprint} />
                </div>
              )}
            </ListItem>
            <ListItem>{t("add_secondary.other_side_open")}</ListItem>
            <ListItem>
              {draft.dmz ? (
                <Trans i18nKey="add_secondary.other_side_dmz" components={{ b: <strong /> }} />
              ) : (
                <Trans i18nKey="add_secondary.other_side_dials" components={{ b: <strong />, c: <code /> }} values={{ address: primaryAddress }} />
              )}
            </ListItem>
          </List>
          <Content component="p">{t("add_secondary.then_connected")}</Content>
        </>
      )}
      <Flex>
        <Button onClick={() => void navigate(connected ? href(`/servers/${secondary.id}`) : href(`/groups/${secondary.group_id}/servers`))}>
          {connected ? t("add_secondary.open") : t("add_secondary.to_list")}
        </Button>
        <Button variant="link" onClick={onAnother}>
          {t("add_secondary.another")}
        </Button>
      </Flex>
    </div>
  );
}
