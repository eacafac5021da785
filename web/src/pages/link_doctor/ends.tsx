import { Card, CardBody, CardTitle, Gallery } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { LinkCheck } from "../../api/types";
import { Facts } from "../../parts/facts";
import { Fingerprint } from "../../parts/fingerprint";
import { ProblemAlert } from "../../parts/problem_alert";
import { Said } from "../../parts/said";
import { StatusMark } from "../../parts/status_mark";
import { isAhead, When } from "../../parts/when";

type End = LinkCheck["this_end"];

function EndCard({ end, title }: { end: End; title: string }) {
  const { t } = useTranslation();
  const ms = (value: number | null) => (value === null ? null : t("secondary.milliseconds", { value: value.toFixed(Math.abs(value) < 10 ? 1 : 0) }));
  return (
    <Card isFullHeight data-end={end.server}>
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody className="daikan-stack">
        <Facts
          narrow
          items={[
            [t("link_doctor.role"), t(`link_doctor.role_${end.role}`)],
            [t("servers.column_state"), <StatusMark state={end.state} />],
            [t("link_doctor.dials"), t(end.dials ? "link_doctor.dials_yes" : "link_doctor.dials_no")],
            [t("secondary.field_address"), end.address],
            [t("proxy.host"), end.proxy],
            [t("link_doctor.listens_on"), end.listens_on.join(", ")],
            [t("overview.version"), end.version],
            [t("link_doctor.own_fingerprint"), <Fingerprint value={end.fingerprint} />],
            [t("link_doctor.expects"), <Fingerprint value={end.expects} />],
            [t("servers.column_last_connected"), <When at={end.last_connected_at} />],
            [t("secondary.next_attempt"), isAhead(end.next_attempt_at) ? <When at={end.next_attempt_at} /> : null],
            [t("secondary.round_trip"), ms(end.round_trip_ms)],
            [t("secondary.clock_skew"), ms(end.clock_skew_ms)],
          ]}
        />
        {end.reason !== null && end.state !== "connected" && <ProblemAlert problem={end.reason} variant="warning" />}
        {end.refused.length > 0 && (
          <div>
            <strong>{t("link_doctor.refused")}</strong>
            <ul className="daikan-plain-list">
              {end.refused.map((each, at) => (
                <li key={at}>
                  <When at={each.at} /> · {each.source} · <Said text={each.message} />
                </li>
              ))}
            </ul>
          </div>
        )}
        {end.unrecognised.length > 0 && (
          <div>
            <strong>{t("link_doctor.unrecognised")}</strong>
            <ul className="daikan-plain-list">
              {end.unrecognised.map((each) => (
                <li key={each.fingerprint}>
                  <When at={each.last_seen} /> · {each.source} · <Fingerprint value={each.fingerprint} short />
                </li>
              ))}
            </ul>
          </div>
        )}
      </CardBody>
    </Card>
  );
}

/** What each end knows of the link, side by side. */
export function Ends({ check }: { check: LinkCheck }) {
  const { t } = useTranslation();
  return (
    <>
      {check.other_end_missing !== null && <ProblemAlert problem={check.other_end_missing} variant="warning" />}
      <Gallery hasGutter minWidths={{ default: "24rem" }}>
        <EndCard end={check.this_end} title={t("link_doctor.this_end", { name: check.this_end.server })} />
        {check.other_end && <EndCard end={check.other_end} title={t("link_doctor.other_end", { name: check.other_end.server })} />}
      </Gallery>
    </>
  );
}
