// How many devices a server has of each status, and with all servers below it.
import { Card, CardBody, CardTitle } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { useDeviceCounts, useGroups } from "../api/queries";
import type { DeviceCounts } from "../api/types";
import { useMay, useServer } from "../app/place";
import { DeviceStatusMark, kDeviceStatuses } from "../parts/device_status";
import { ProblemAlert } from "../parts/problem_alert";
import { When } from "../parts/when";

/** No event of this server tells that something below it has changed. */
const kBelowMs = 10_000;

function Numbers({ of, name }: { of: Pick<DeviceCounts, "ok" | "warning" | "critical" | "unknown">; name: string }) {
  return (
    <p className="daikan-line" data-devices={name}>
      {kDeviceStatuses.map((status) => (
        <DeviceStatusMark key={status} status={status} count={of[status]} />
      ))}
    </p>
  );
}

function WithBelow() {
  const { t } = useTranslation();
  const { api, key, href } = useServer();
  const report = useQuery({
    queryKey: [key, "reports", "devices", "sum"],
    queryFn: async ({ signal }) => (await api.get("reports/{kind}", { path: { kind: "devices" }, signal })).data,
    refetchInterval: kBelowMs,
  });
  const sum = report.data?.sum;
  // Alone, the sum is what stands above it.
  if (sum === undefined || report.data?.rows.length === 1) return null;
  return (
    <>
      <p className="daikan-apart">{t("devices.with_below", { count: sum.servers })}</p>
      <Numbers of={sum} name="below" />
      {!sum.complete && <p data-incomplete>{t("devices.incomplete", { count: report.data?.missing.length ?? 0 })}</p>}
      <p>
        <Link to={href("/reports?kind=devices")}>{t("devices.by_server")}</Link>
      </p>
    </>
  );
}

export function DevicesCard() {
  const { t } = useTranslation();
  const { path, href } = useServer();
  const counts = useDeviceCounts(path);
  const groups = useGroups(path);
  const mayAll = useMay("read");
  const root = groups.data?.find((group) => group.parent_id === null);
  return (
    <Card isFullHeight>
      <CardTitle component="h2">{t("devices.title")}</CardTitle>
      <CardBody className="daikan-close">
          <ProblemAlert problem={counts.error} onRetry={() => void counts.refetch()} />
          {counts.data?.told_at === null && <p>{t("devices.never_told")}</p>}
          {counts.data && counts.data.told_at !== null && (
            <>
              <Numbers of={counts.data} name="own" />
              <p>
                {t("devices.told")}: <When at={counts.data.told_at} />
              </p>
            </>
          )}
          {root && (
            <p>
              <Link to={href(`/groups/${root.id}/devices`)}>{t("devices.open")}</Link>
            </p>
          )}
          {mayAll && <WithBelow />}
      </CardBody>
    </Card>
  );
}
