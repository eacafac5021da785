import { describe, expect, it } from "vitest";
import { flatten, folderKey, groupKey, openPaths, rowOfPage, serverKey, wayTo, type Level, type Row } from "../src/tree/model";
import { stepOf } from "../src/tree/keyboard";
import { windowOf } from "../src/tree/virtual_list";
import type { Group, Secondary } from "../src/api/types";

const group = (id: string, name: string, parent_id: string | null): Group => ({ id, name, path: name, parent_id, secondaries: 0, revision: 1 });
const secondary = (id: string, name: string, group_id: string, state: Secondary["state"] = "connected"): Secondary =>
  ({ id, name, group_id, state, group: "" }) as Secondary;

const level = (groups: Group[], secondaries: Secondary[]): Level => ({ groups, secondaries, error: null });

const hq = level([group("r", "Managed devices", null), group("b", "Branches", "r")], [secondary("x", "branch10", "b"), secondary("y", "branch2", "b", "disconnected")]);
const branch10 = level([group("r10", "Managed devices", null)], [secondary("z", "shop", "r10")]);

const words = { root: "Managed devices", folder: "Administration Servers", loading: "Loading", empty: "Empty", problem: "Problem" };
const everything = new Set([serverKey([]), groupKey([], "r"), groupKey([], "b"), folderKey([], "b"), serverKey(["x"]), groupKey(["x"], "r10"), folderKey(["x"], "r10")]);

const draw = (rows: Row[]) => rows.map((row) => `${"  ".repeat(row.depth - 1)}${row.label}`);

describe("the tree", () => {
  it("shows the folder of every group, also of one without secondaries, and a secondary's own tree inside of it", () => {
    const rows = flatten({ levels: new Map([["", hq], ["x", branch10]]), expanded: everything, rootName: "hq", words });
    expect(draw(rows)).toEqual([
      "hq",
      "  Managed devices",
      "    Administration Servers",
      "    Branches",
      "      Administration Servers",
      "        branch2",
      "        branch10",
      "          Managed devices",
      "            Administration Servers",
      "              shop",
    ]);
    expect(rows[5]).toMatchObject({ position: 1, siblings: 2, expandable: false, parent: folderKey([], "b") });
    expect(rows[6]).toMatchObject({ position: 2, siblings: 2, expandable: true, expanded: true });
  });

  it("says that a server is being read, or why it could not be", () => {
    const rows = flatten({ levels: new Map([["", hq]]), expanded: everything, rootName: "hq", words });
    expect(rows.at(-1)).toMatchObject({ kind: "loading", depth: 6 });
    const failed = flatten({ levels: new Map<string, Level>([["", { groups: undefined, secondaries: undefined, error: new Error("away") }]]), expanded: everything, rootName: "hq", words });
    expect(failed.at(-1)).toMatchObject({ kind: "problem" });
  });

  it("shows the groups of a server at once, while its secondaries are still being read", () => {
    const early: Level = { groups: hq.groups!.map((each) => ({ ...each, secondaries: each.id === "b" ? 2 : 0 })), secondaries: undefined, error: null };
    const rows = flatten({ levels: new Map([["", early]]), expanded: everything, rootName: "hq", words });
    expect(draw(rows).slice(-2)).toEqual(["      Administration Servers", "        Loading"]);
  });

  it("finds by name what is closed, with what is above it and nothing else", () => {
    const rows = flatten({ levels: new Map([["", hq], ["x", branch10]]), expanded: new Set([serverKey([])]), rootName: "hq", words, search: "SHOP" });
    expect(draw(rows)).toEqual([
      "hq",
      "  Managed devices",
      "    Branches",
      "      Administration Servers",
      "        branch10",
      "          Managed devices",
      "            Administration Servers",
      "              shop",
    ]);
    expect(flatten({ levels: new Map([["", hq]]), expanded: everything, rootName: "hq", words, search: "nowhere" })).toHaveLength(1);
  });

  it("shows the topmost groups to somebody who may see only some", () => {
    const some = level([group("n", "North", "hidden"), group("s", "South", "hidden")], []);
    const rows = flatten({ levels: new Map([["", some]]), expanded: new Set([serverKey([])]), rootName: "hq", words });
    expect(draw(rows)).toEqual(["hq", "  North", "  South"]);
  });

  it("reads the servers that are open and connected, and no others", () => {
    expect(openPaths(new Map([["", hq]]), everything)).toEqual([[], ["x"]]);
    expect(openPaths(new Map([["", hq]]), new Set([...everything, serverKey(["y"])]))).toEqual([[], ["x"]]);
  });

  it("opens the way to a page as far as it has read", () => {
    const page = rowOfPage(["x"], "/groups/r10/servers");
    expect(page).toBe(folderKey(["x"], "r10"));
    const soon = wayTo(["x"], "/groups/r10/servers", new Map([["", hq]]));
    expect(soon).toEqual({ keys: [serverKey([]), groupKey([], "b"), groupKey([], "r"), folderKey([], "b"), serverKey(["x"])], complete: false });
    const then = wayTo(["x"], "/groups/r10/servers", new Map([["", hq], ["x", branch10]]));
    expect(then.complete).toBe(true);
    expect(then.keys).toContain(groupKey(["x"], "r10"));
  });

  it("flattens and searches 2,000 secondaries", () => {
    const many = level([group("r", "Managed devices", null)], Array.from({ length: 2000 }, (_, at) => secondary(`s${at}`, `branch${at}`, "r")));
    const wish = { levels: new Map([["", many]]), expanded: new Set([serverKey([]), groupKey([], "r"), folderKey([], "r")]), rootName: "hq", words };
    const rows = flatten(wish);
    const found = flatten({ ...wish, search: "branch1999" });
    expect(rows).toHaveLength(2003);
    expect(found).toHaveLength(4);
  });
});

describe("the keyboard", () => {
  const rows = flatten({ levels: new Map([["", hq], ["x", branch10]]), expanded: everything, rootName: "hq", words });

  it("goes up and down, to both ends, and never beyond", () => {
    expect(stepOf("ArrowDown", rows, 0)).toEqual({ go: 1 });
    expect(stepOf("ArrowUp", rows, 0)).toEqual({ go: 0 });
    expect(stepOf("End", rows, 0)).toEqual({ go: rows.length - 1 });
    expect(stepOf("ArrowDown", rows, rows.length - 1)).toEqual({ go: rows.length - 1 });
  });

  it("opens, goes in, goes out and closes with left and right", () => {
    expect(stepOf("ArrowRight", rows, 9)).toEqual({ toggle: 9 });
    expect(stepOf("ArrowRight", rows, 6)).toEqual({ go: 7 });
    expect(stepOf("ArrowLeft", rows, 6)).toEqual({ toggle: 6 });
    expect(stepOf("ArrowLeft", rows, 5)).toEqual({ go: 4 });
    expect(stepOf("ArrowRight", rows, 5)).toBeNull();
  });

  it("jumps to a name by its first letters", () => {
    expect(stepOf("s", rows, 0, "s")).toEqual({ go: 9 });
    expect(stepOf("1", rows, 5, "branch1")).toEqual({ go: 6 });
    expect(stepOf("q", rows, 0, "q")).toBeNull();
  });
});

describe("the window", () => {
  it("holds what is in view and a little more", () => {
    expect(windowOf(0, 320, 32, 2000, 10)).toEqual({ first: 0, end: 20 });
    expect(windowOf(32_000, 320, 32, 2000, 10)).toEqual({ first: 990, end: 1020 });
    expect(windowOf(32_000, 320, 32, 5, 10)).toEqual({ first: 5, end: 5 });
  });
});
