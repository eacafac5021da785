// The devices of a group and of those below it: found by status and by how a name begins, page by page.
import { useState } from "react";
import { Button, FormSelect, FormSelectOption, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useDeviceCounts } from "../../api/queries";
import type { Device, DeviceStatus, Group } from "../../api/types";
import { useServer } from "../../app/place";
import { DeviceStatusMark, kDeviceStatuses } from "../../parts/device_status";
import { Empty } from "../../parts/empty";
import { useGroupNames } from "../../parts/group_names";
import { Waiting } from "../../parts/loading";
import { ProblemAlert } from "../../parts/problem_alert";
import { RecordTable, type Column } from "../../parts/record_table";
import { SearchField } from "../../parts/search_field";
import { When } from "../../parts/when";

const kPage = 100;

export function GroupDevices({ group }: { group: Group }) {
  const { t } = useTranslation();
  const { api, path, key } = useServer();
  const { pathOf } = useGroupNames();
  const [status, setStatus] = useState<DeviceStatus | "">("");
  const [text, setText] = useState("");
  const counts = useDeviceCounts(path, group.path);
  // The key begins as app/live.ts expects it: an event of the server brings the list up to date.
  const devices = useInfiniteQuery({
    queryKey: [key, "devices", group.path, status, text],
    queryFn: async ({ pageParam, signal }) =>
      (await api.get("devices", { query: { group: group.path, limit: kPage, cursor: pageParam, status: status || undefined, text: text || undefined }, signal })).data,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
  const columns: Column<Device>[] = [
    { name: "name", text: t("common.name"), modifier: "breakWord", cell: (device) => device.name },
    { name: "status", text: t("devices.status"), modifier: "nowrap", cell: (device) => <DeviceStatusMark status={device.status} /> },
    { name: "group", text: t("devices.group"), modifier: "breakWord", cell: (device) => pathOf(device.group) },
    { name: "reason", text: t("devices.reason"), modifier: "breakWord", cell: (device) => device.reason ?? "–" },
    { name: "told", text: t("devices.told"), modifier: "nowrap", cell: (device) => <When at={device.told_at} /> },
  ];
  const isFiltered = status !== "" || text !== "";
  return (
    <>
      {counts.data && (
        <p className="daikan-line" data-devices="group">
          {kDeviceStatuses.map((each) => (
            <DeviceStatusMark key={each} status={each} count={counts.data[each]} />
          ))}
        </p>
      )}
      <Toolbar>
        <ToolbarContent>
          <ToolbarItem>
            <SearchField label={t("devices.search")} onSearch={setText} />
          </ToolbarItem>
          <ToolbarItem>
            <FormSelect aria-label={t("devices.status")} value={status} onChange={(_, value) => setStatus(value as DeviceStatus | "")}>
              <FormSelectOption value="" label={t("devices.any_status")} />
              {kDeviceStatuses.map((each) => (
                <FormSelectOption key={each} value={each} label={t(`devices.${each}`)} />
              ))}
            </FormSelect>
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      <ProblemAlert problem={devices.error} onRetry={() => void devices.refetch()} />
      {devices.isPending && <Waiting />}
      {devices.data && (
        <RecordTable
          label={t("devices.title")}
          columns={columns}
          rows={devices.data.pages.flatMap((page) => page.items)}
          keyOf={(device) => device.id}
          empty={<Empty title={t(isFiltered ? "devices.none_found" : "devices.none")}>{t(isFiltered ? "devices.none_found_body" : "devices.none_body")}</Empty>}
        />
      )}
      {devices.hasNextPage && (
        <Button variant="secondary" onClick={() => void devices.fetchNextPage()} isLoading={devices.isFetchingNextPage} isDisabled={devices.isFetchingNextPage}>
          {t("devices.more")}
        </Button>
      )}
    </>
  );
}
