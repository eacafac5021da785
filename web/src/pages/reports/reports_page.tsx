// Reports over this server and everything below it, from what was rolled up: on the page, as a file, and as a page for the printer.
import { useState } from "react";
import { useSearchParams } from "react-router-dom";
import { Button, Checkbox, Flex, FormGroup, FormSelect, FormSelectOption, Label, List, ListItem, PageSection } from "@patternfly/react-core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { apiRoot } from "../../api/path";
import type { LinkState } from "../../api/types";
import { useServer } from "../../app/place";
import { Alert } from "../../parts/alert";
import { Empty } from "../../parts/empty";
import { Loaded } from "../../parts/loading";
import { PageHeader } from "../../parts/page_header";
import { RecordTable, type Column } from "../../parts/record_table";
import { Said } from "../../parts/said";
import { StatusMark } from "../../parts/status_mark";
import { TextField } from "../../parts/text_field";
import { When } from "../../parts/when";
import { depthProblem, emptyWish, reportColumns, reportQuery, sumRow, type Kind, type Report, type ReportWish, type Row, type Severity } from "./model";

const kKinds: Kind[] = ["servers", "events", "devices"];
const kSeverities: Severity[] = ["info", "warning", "error", "critical"];
const kColours = { info: "blue", warning: "orange", error: "red", critical: "red" } as const;

function Wish({ wish, set }: { wish: ReportWish; set: (part: Partial<ReportWish>) => void }) {
  const { t } = useTranslation();
  const wrong = depthProblem(wish.depth);
  return (
    <>
      <Flex className="daikan-report-wish">
        <FormGroup label={t("reports.kind")} fieldId="report-kind">
          <FormSelect id="report-kind" value={wish.kind} onChange={(_, kind) => set({ kind: kind as Kind })}>
            {kKinds.map((kind) => (
              <FormSelectOption key={kind} value={kind} label={t(`reports.kind_${kind}`)} />
            ))}
          </FormSelect>
        </FormGroup>
        {wish.includeSecondaries && (
          <TextField id="report-depth" label={t("reports.depth")} value={wish.depth} onChange={(depth) => set({ depth })} placeholder={t("reports.depth_all")} inputMode="numeric" message={wrong && t(`reports.${wrong}`)} />
        )}
        {wish.kind === "events" && (
          <>
            <FormGroup label={t("history.severity")} fieldId="report-severity">
              <FormSelect id="report-severity" value={wish.severity} onChange={(_, severity) => set({ severity: severity as Severity })}>
                {kSeverities.map((severity) => (
                  <FormSelectOption key={severity} value={severity} label={t(`history.from_${severity}`)} />
                ))}
              </FormSelect>
            </FormGroup>
            <TextField id="report-from" type="date" label={t("reports.from")} value={wish.from} onChange={(from) => set({ from })} />
            <TextField id="report-until" type="date" label={t("reports.until")} value={wish.until} onChange={(until) => set({ until })} />
          </>
        )}
      </Flex>
      <Flex>
        <Checkbox id="report-include" label={t("reports.include_secondaries")} isChecked={wish.includeSecondaries} onChange={(_, includeSecondaries) => set({ includeSecondaries })} />
        <Checkbox id="report-details" label={t("reports.details")} isChecked={wish.details} onChange={(_, details) => set({ details })} />
      </Flex>
    </>
  );
}

function Cell({ name, row }: { name: string; row: Row }) {
  const { t, i18n } = useTranslation();
  const value = row[name];
  if (value === undefined) return null; // of the sum
  switch (name) {
    case "state":
      if (value === null) return <>–</>; // this server has no link to itself
      return <StatusMark state={value as LinkState} />;
    case "heard_at":
      return row.current ? t("reports.now") : <When at={value as string | null} />;
    case "at":
    case "since":
    case "told_at":
    case "applied_at":
      return <When at={value as string | null} exact={name === "at"} />;
    case "severity":
      return (
        <Label isCompact color={kColours[value as Severity]}>
          {t(`history.${value as Severity}`)}
        </Label>
      );
    case "ok":
    case "warning":
    case "critical":
    case "unknown":
    case "total":
      return <>{value === null ? t("reports.not_told") : value.toLocaleString(i18n.language)}</>;
    case "kind":
      return <code>{value}</code>;
    case "message":
    case "reason":
      return value === null || value === undefined ? <>–</> : <Said text={String(value)} />;
    default:
      return <>{value === null || value === "" ? "–" : String(value)}</>;
  }
}

function Answer({ report, wish }: { report: Report; wish: ReportWish }) {
  const { t } = useTranslation();
  const rows = [...(report.rows as unknown as Row[]), ...sumRow(report, t(report.sum?.complete ? "reports.sum" : "reports.sum_known"))];
  const columns = reportColumns({ kind: report.kind as Kind, details: report.details }).map(
    (name): Column<[Row, number]> => ({ name, text: t(`reports.column_${name}`), modifier: name === "message" || name === "reason" ? "breakWord" : "nowrap", cell: ([row]) => <Cell name={name} row={row} /> }),
  );
  return (
    <>
      {report.missing.length > 0 && (
        <Alert isInline variant="warning" title={t("reports.missing")}>
          <List>
            {report.missing.map((each) => (
              <ListItem key={each.server} data-missing={each.server}>
                {each.server} – {each.devices === "unknown" ? t("reports.devices_unknown") : <>{t("reports.heard")} <When at={each.heard_at} /></>}
              </ListItem>
            ))}
          </List>
        </Alert>
      )}
      {!report.complete && <Alert isInline variant="warning" title={t("reports.incomplete")} />}
      <RecordTable
        label={t(`reports.kind_${wish.kind}`)}
        columns={columns}
        rows={rows.map((row, at): [Row, number] => [row, at])}
        keyOf={([, at]) => at}
        empty={<Empty title={t("reports.none")}>{t(wish.kind === "events" ? "reports.none_events" : "reports.none_servers")}</Empty>}
      />
    </>
  );
}

export function ReportsPage() {
  const { t } = useTranslation();
  const { api, path, key } = useServer();
  const [asked] = useSearchParams();
  const [wish, setWish] = useState(() => ({ ...emptyWish, kind: kKinds.find((kind) => kind === asked.get("kind")) ?? emptyWish.kind }));
  const query = reportQuery(wish);
  const report = useQuery({
    queryKey: [key, "reports", wish.kind, query],
    queryFn: async ({ signal }) => (await api.get("reports/{kind}", { path: { kind: wish.kind }, query, signal })).data,
    enabled: depthProblem(wish.depth) === null,
    placeholderData: keepPreviousData,
  });
  const address = (format: string) => `${apiRoot(path)}/reports/${wish.kind}?${new URLSearchParams(Object.entries({ ...query, format }).map(([name, value]) => [name, String(value)])).toString()}`;
  return (
    <>
      <PageHeader
        title={t("reports.title")}
        lead={t("reports.lead")}
        actions={
          <>
            {(["csv", "json"] as const).map((format) => (
              <Button key={format} variant="secondary" component="a" href={address(format)} download={`${wish.kind}.${format}`} data-format={format}>
                {t("history.export", { format: format.toUpperCase() })}
              </Button>
            ))}
            <Button variant="secondary" component="a" href={address("html")} target="_blank" rel="noreferrer" data-format="html">
              {t("reports.print")}
            </Button>
          </>
        }
      />
      <PageSection hasBodyWrapper={false} className="daikan-stack">
        <Wish wish={wish} set={(part) => setWish({ ...wish, ...part })} />
        <Loaded query={report}>{(data) => <Answer report={data} wish={wish} />}</Loaded>
      </PageSection>
    </>
  );
}
