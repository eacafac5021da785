// What a report is asked for, and what its table shows. Pure.
import type { AnswerOf, ServerEvent } from "../../api/types";

export type Kind = "servers" | "events" | "devices";
export type Severity = ServerEvent["severity"];
export type Report = NonNullable<AnswerOf<"get", "reports/{kind}">>;
export type Row = Record<string, string | number | boolean | null>;

export interface ReportWish {
  kind: Kind;
  includeSecondaries: boolean;
  /** Levels below this server, as it was typed; empty: all. */
  depth: string;
  details: boolean;
  severity: Severity;
  /** Dates (YYYY-MM-DD) in UTC, both included; empty: without a bound. */
  from: string;
  until: string;
}

export const emptyWish: ReportWish = { kind: "servers", includeSecondaries: true, depth: "", details: false, severity: "info", from: "", until: "" };

const kDayMs = 24 * 60 * 60 * 1000;
const kMostLevels = 64;

/** The server's `until` is the first moment that is not in the report; a person means the day that was given. */
const dayAfter = (date: string): string => new Date(Date.parse(date) + kDayMs).toISOString().slice(0, 10);

/** Null where it is a number of levels. */
export const depthProblem = (depth: string): "depth_bounds" | null => (depth === "" || (/^\d+$/.test(depth) && Number(depth) <= kMostLevels) ? null : "depth_bounds");

export function reportQuery(wish: ReportWish) {
  const ofEvents = wish.kind === "events";
  return {
    include_secondaries: wish.includeSecondaries,
    ...(wish.includeSecondaries && wish.depth !== "" && { depth: Number(wish.depth) }),
    details: wish.details,
    ...(ofEvents && wish.severity !== "info" && { severity: wish.severity }),
    ...(ofEvents && wish.from !== "" && { from: wish.from }),
    ...(ofEvents && wish.until !== "" && { until: dayAfter(wish.until) }),
  };
}

const kDevices = ["ok", "warning", "critical", "unknown", "total"];
const kCounts = ["critical", "error", "warning", "info"];

/** The last line of a report of devices: what is in no other column is empty. Nothing for other reports. */
export const sumRow = (report: Pick<Report, "sum">, name: string): Row[] => (report.sum === undefined ? [] : [{ ...report.sum, server: name }]);

/** In this order; names are those of the answer. */
export function reportColumns(wish: Pick<ReportWish, "kind" | "details">): string[] {
  if (wish.kind === "servers") return ["server", "state", "heard_at", "version", ...(wish.details ? ["since", "reason", "groups", "secondaries", "applied_at"] : [])];
  if (wish.kind === "devices") return ["server", ...kDevices, "heard_at", ...(wish.details ? ["told_at", "state", "version"] : [])];
  return wish.details ? ["at", "server", "severity", "message", "kind"] : ["server", ...kCounts];
}
