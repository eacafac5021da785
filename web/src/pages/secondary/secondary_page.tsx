// One secondary as this server knows it: the record, the link, and what to do when it is not connected.
import { Button, Card, CardBody, CardTitle, PageSection } from "@patternfly/react-core";
import { Link, useNavigate, useParams } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { lineage, useGroups, useSecondary } from "../../api/queries";
import type { Secondary } from "../../api/types";
import { useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { Facts } from "../../parts/facts";
import { Fingerprint } from "../../parts/fingerprint";
import { useGroupNames } from "../../parts/group_names";
import { Loaded } from "../../parts/loading";
import { MenuButton } from "../../parts/menu_button";
import { PageHeader } from "../../parts/page_header";
import { ProblemAlert } from "../../parts/problem_alert";
import { Said } from "../../parts/said";
import { StatusMark } from "../../parts/status_mark";
import { isAhead, When } from "../../parts/when";
import { useSecondaryActions } from "./secondary_dialogs";

/** Why it is not connected, and what a person can do. */
function WhatNow({ secondary }: { secondary: Secondary }) {
  const { t } = useTranslation();
  const { href } = useServer();
  if (secondary.state === "connected") return null;
  const check = <Link to={href(`/link-doctor?secondary=${secondary.id}`)}>{t("secondary.check_link")}</Link>;
  if (secondary.reason !== null) return <ProblemAlert problem={secondary.reason} variant={secondary.state === "refused" ? "danger" : "warning"} actions={check} />;
  return (
    <Alert isInline variant="info" title={t(`secondary.wait_${secondary.direction}`)} actionLinks={check}>
      {secondary.next_step && <p><Said text={secondary.next_step} /></p>}
    </Alert>
  );
}

function LinkCard({ secondary }: { secondary: Secondary }) {
  const { t } = useTranslation();
  const ms = (value: number | null) => (value === null ? null : t("secondary.milliseconds", { value: value.toFixed(Math.abs(value) < 10 ? 1 : 0) }));
  return (
    <Card>
      <CardTitle component="h2">{t("secondary.link")}</CardTitle>
      <CardBody>
        <Facts
          items={[
            [t("servers.column_state"), <StatusMark state={secondary.state} />],
            [t("secondary.since"), secondary.since && <When at={secondary.since} />],
            [t("servers.column_last_connected"), <When at={secondary.last_connected_at} />],
            [t("secondary.field_direction"), t(`secondary.direction_${secondary.direction}`)],
            [t("secondary.field_address"), secondary.address],
            [t("proxy.host"), secondary.proxy],
            [t("secondary.peer_address"), secondary.peer_address],
            [t("secondary.round_trip"), ms(secondary.round_trip_ms)],
            [t("secondary.clock_skew"), ms(secondary.clock_skew_ms)],
            [t("secondary.next_attempt"), isAhead(secondary.next_attempt_at) ? <When at={secondary.next_attempt_at} /> : null],
          ]}
        />
      </CardBody>
    </Card>
  );
}

function RecordCard({ secondary }: { secondary: Secondary }) {
  const { t } = useTranslation();
  const { href } = useServer();
  const { pathOf } = useGroupNames();
  return (
    <Card>
      <CardTitle component="h2">{t("secondary.record")}</CardTitle>
      <CardBody>
        <Facts
          items={[
            [t("group.administration_group"), <Link to={href(`/groups/${secondary.group_id}`)}>{pathOf(secondary.group)}</Link>],
            [t("overview.version"), secondary.version],
            [t("certificate.fingerprint"), <Fingerprint value={secondary.fingerprint} />],
            [t("secondary.added"), <When at={secondary.created_at} exact />],
            [t("overview.id"), secondary.server_id && <code>{secondary.server_id}</code>],
          ]}
        />
      </CardBody>
    </Card>
  );
}

export function SecondaryPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { path, href } = useServer();
  const { id = "" } = useParams();
  const { nameOf } = useGroupNames();
  const seen = useSecondary(path, id);
  const groups = useGroups(path);
  const { actions, dialog } = useSecondaryActions(() => void navigate(href(`/groups/${seen.data?.data.group_id}/servers`)));
  return (
    <Loaded query={seen}>
      {({ data: secondary }) => (
        <>
          <PageHeader
            title={secondary.name}
            crumbs={[
              ...lineage(groups.data ?? [], secondary.group_id).map((each) => ({ text: nameOf(each), to: href(`/groups/${each.id}`) })),
              { text: t("tree.folder"), to: href(`/groups/${secondary.group_id}/servers`) },
            ]}
            lead={t("secondary.lead")}
            actions={
              <>
                {secondary.state === "connected" && <Button onClick={() => void navigate(href(`/servers/${secondary.id}`))}>{t("secondary.open")}</Button>}
                <MenuButton label={t("servers.actions_for", { name: secondary.name })} actions={actions(secondary).filter((each) => each.name !== "properties" && each.name !== "open")} />
              </>
            }
          />
          <PageSection hasBodyWrapper={false} className="daikan-stack">
            {seen.error && <ProblemAlert problem={seen.error} variant="warning" />}
            <WhatNow secondary={secondary} />
            <LinkCard secondary={secondary} />
            <RecordCard secondary={secondary} />
          </PageSection>
          {dialog}
        </>
      )}
    </Loaded>
  );
}
