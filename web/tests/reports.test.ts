import { describe, expect, it } from "vitest";
import { depthProblem, emptyWish, reportColumns, reportQuery, sumRow } from "../src/pages/reports/model";

describe("a report", () => {
  it("asks for every server below unless told otherwise", () => {
    expect(reportQuery(emptyWish)).toEqual({ include_secondaries: true, details: false });
    expect(reportQuery({ ...emptyWish, depth: "2" })).toMatchObject({ depth: 2 });
    expect(reportQuery({ ...emptyWish, includeSecondaries: false, depth: "2" })).toEqual({ include_secondaries: false, details: false });
  });

  it("includes the last day, which the server takes as a bound that is not included", () => {
    expect(reportQuery({ ...emptyWish, kind: "events", from: "2026-02-27", until: "2026-02-28", severity: "error" })).toEqual({
      include_secondaries: true,
      details: false,
      severity: "error",
      from: "2026-02-27",
      until: "2026-03-01",
    });
  });

  it("of servers knows neither days nor severities", () => {
    expect(reportQuery({ ...emptyWish, from: "2026-02-27", until: "2026-02-28", severity: "error" })).toEqual({ include_secondaries: true, details: false });
  });

  it("takes levels within the server's bounds only", () => {
    expect(["", "0", "64"].map(depthProblem)).toEqual([null, null, null]);
    expect(["65", "-1", "1.5", "x", " 1"].map(depthProblem)).toEqual(Array(5).fill("depth_bounds"));
  });

  it("shows counts of events, and every one with details", () => {
    expect(reportColumns({ kind: "events", details: false })).toEqual(["server", "critical", "error", "warning", "info"]);
    expect(reportColumns({ kind: "events", details: true })).toContain("message");
  });

  it("of devices ends with the sum of what is known", () => {
    expect(reportColumns({ kind: "devices", details: false })).toEqual(["server", "ok", "warning", "critical", "unknown", "total", "heard_at"]);
    const sum = { ok: 1, warning: 2, critical: 3, unknown: 4, total: 10, servers: 2, complete: false };
    expect(sumRow({ sum }, "Sum")).toEqual([{ ...sum, server: "Sum" }]);
    expect(sumRow({}, "Sum")).toEqual([]);
  });
});
