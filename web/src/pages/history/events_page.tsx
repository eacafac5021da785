// What happened on a server: found by severity and text, live, and as a file.
import { useState } from "react";
import { Button, FormSelect, FormSelectOption, Label, PageSection, Toolbar, ToolbarContent, ToolbarItem } from "@patternfly/react-core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router-dom";
import { useTranslation } from "react-i18next";
import { apiRoot } from "../../api/path";
import type { ServerEvent } from "../../api/types";
import { useServer } from "../../app/place";
import { Empty } from "../../parts/empty";
import { EventKind } from "../../parts/event_kind";
import { Waiting } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { ProblemAlert } from "../../parts/problem_alert";
import { RecordTable, type Column } from "../../parts/record_table";
import { SearchField } from "../../parts/search_field";
import { Said, useTellsServers } from "../../parts/said";
import { When } from "../../parts/when";
import { Older } from "./pager";

type Severity = ServerEvent["severity"];
const kSeverities: Severity[] = ["info", "warning", "error", "critical"];
const kColours = { info: "blue", warning: "orange", error: "red", critical: "red" } as const;
const kPage = 100;

export function EventsPage() {
  const { t } = useTranslation();
  const { api, path, key, href } = useServer();
  const tellsServers = useTellsServers();
  const [severity, setSeverity] = useState<Severity>("info");
  const [text, setText] = useState("");
  const filter = { severity: severity === "info" ? undefined : severity, text: text || undefined };
  // The key begins as app/live.ts expects it: every event of the server brings the list up to date.
  const events = useInfiniteQuery({
    queryKey: [key, "events", severity, text],
    queryFn: async ({ pageParam, signal }) => (await api.get("events", { query: { limit: kPage, ...filter, before: pageParam }, signal })).data,
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.next_cursor === null ? undefined : Number(last.next_cursor)),
  });
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  const download = (format: string) => `${apiRoot(path)}/events/export?${new URLSearchParams(Object.entries({ format, ...filter }).filter((pair): pair is [string, string] => pair[1] !== undefined)).toString()}`;
  const columns: Column<ServerEvent>[] = [
    { name: "when", text: t("history.when"), modifier: "nowrap", cell: (event) => <When at={event.at} /> },
    {
      name: "severity",
      text: t("history.severity"),
      modifier: "nowrap",
      cell: (event) => (
        <Label isCompact color={kColours[event.severity]}>
          {t(`history.${event.severity}`)}
        </Label>
      ),
    },
    { name: "what", text: t("history.what"), modifier: "breakWord", cell: (event) => (event.secondary_id === null ? <Said text={event.message} /> : <Link to={href(`/secondaries/${event.secondary_id}`)}><Said text={event.message} /></Link>) },
    { name: "kind", text: t("history.kind"), modifier: "nowrap", cell: (event) => <EventKind kind={event.kind} /> },
  ];
  return (
    <>
      <PageHeader
        title={t("history.events")}
        lead={t("history.events_lead")}
        actions={
          <>
            <Button variant="secondary" component="a" href={download("csv")} download="events.csv">
              {t("history.export", { format: "CSV" })}
            </Button>{" "}
            <Button variant="secondary" component="a" href={download("jsonl")} download="events.jsonl">
              {t("history.export", { format: "JSON" })}
            </Button>
          </>
        }
      />
      <PageSection hasBodyWrapper={false}>
        <Toolbar>
          <ToolbarContent>
            <ToolbarItem>
              <SearchField label={t("history.search")} onSearch={setText} />
            </ToolbarItem>
            <ToolbarItem>
              <FormSelect aria-label={t("history.severity")} value={severity} onChange={(_, value) => setSeverity(value as Severity)}>
                {kSeverities.map((each) => (
                  <FormSelectOption key={each} value={each} label={t(`history.from_${each}`)} />
                ))}
              </FormSelect>
            </ToolbarItem>
            <ToolbarItem alignSelf="center">
              <span role="status">{t("history.live")}</span>
            </ToolbarItem>
          </ToolbarContent>
        </Toolbar>
        {tellsServers && <p className="daikan-subtle">{t("history.search_hint")}</p>}
        <ProblemAlert problem={events.error} onRetry={() => void events.refetch()} />
        {events.isPending && <Waiting />}
        {events.data && <RecordTable label={t("history.events")} columns={columns} rows={items} keyOf={(event) => event.sequence} empty={<Empty title={t("history.none")}>{t("history.none_body")}</Empty>} />}
        <Older query={events} />
      </PageSection>
    </>
  );
}
