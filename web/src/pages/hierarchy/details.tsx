import { Button, Title } from "@patternfly/react-core";
import { useNavigate } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { pageRoot } from "../../api/path";
import { useSecondary } from "../../api/queries";
import { Facts } from "../../parts/facts";
import { Fingerprint } from "../../parts/fingerprint";
import { useGroupNames } from "../../parts/group_names";
import { ProblemAlert } from "../../parts/problem_alert";
import { StatusMark } from "../../parts/status_mark";
import { When } from "../../parts/when";
import type { TreeLink } from "../../api/types";
import type { Placed } from "./layout";

/** What was below a server that could not be asked, as it was told last. */
function LastKnown({ servers }: { servers: NonNullable<TreeLink["last_known"]> }) {
  const { t } = useTranslation();
  const first = Math.min(...servers.map((each) => each.depth));
  return (
    <>
      <Title headingLevel="h3" size="md">
        {t("hierarchy.last_known")}
      </Title>
      <ul className="daikan-plain-list" data-last-known="">
        {servers.map((each) => (
          <li key={`${each.primary_id} ${each.registration_id}`} style={{ paddingInlineStart: `${each.depth - first}rem` }}>
            <StatusMark state={each.state} bare /> {each.name}{" "}
            <span className="daikan-subtle">
              <When at={each.heard_at} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What is known about the server that the pointer or the focus is on, beside the picture. */
export function Details({ one }: { one: Placed | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { pathOf } = useGroupNames();
  const above = one?.path.slice(0, -1) ?? [];
  const id = one?.link?.registration_id ?? "";
  const record = useSecondary(above, id, one?.link != null).data?.data;
  if (one === null) return <p className="daikan-subtle">{t("hierarchy.point_at")}</p>;
  const { link, node } = one;
  const ms = record?.round_trip_ms;
  return (
    <div className="daikan-stack">
      <Title headingLevel="h2" size="md">
        {one.label}
      </Title>
      {link?.state !== "connected" && link?.reason && <ProblemAlert problem={link.reason} variant="warning" />}
      {link?.error && link.state === "connected" && <ProblemAlert problem={link.error} variant="warning" />}
      <Facts
        narrow
        items={[
          [t("servers.column_state"), link && <StatusMark state={link.state} />],
          [t("hierarchy.below"), String(one.below)],
          [t("group.administration_group"), link && pathOf(link.group)],
          [t("secondary.field_direction"), link && t(`hierarchy.dials_${link.direction}`)],
          [t("secondary.round_trip"), ms === null || ms === undefined ? null : t("secondary.milliseconds", { value: ms.toFixed(1) })],
          [t("servers.column_last_connected"), link && <When at={link.last_connected_at} />],
          [t("overview.version"), node?.version],
          [t("certificate.fingerprint"), node && <Fingerprint value={node.fingerprint} short />],
        ]}
      />
      {link?.last_known && link.last_known.length > 0 && <LastKnown servers={link.last_known} />}
      <div className="daikan-line">
        {(link === null || link.state === "connected") && (
          <Button size="sm" onClick={() => void navigate(pageRoot(one.path) || "/")}>
            {t("secondary.open")}
          </Button>
        )}
        {link !== null && (
          <Button size="sm" variant="secondary" onClick={() => void navigate(`${pageRoot(above)}/secondaries/${id}`)}>
            {t("common.properties")}
          </Button>
        )}
      </div>
    </div>
  );
}
