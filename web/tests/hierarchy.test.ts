import { describe, expect, it } from "vitest";
import { countStates, kOpenAtMost, layOut, moveIn } from "../src/pages/hierarchy/layout";
import type { TreeLink, TreeNode } from "../src/api/types";

const node = (name: string, links: TreeLink[] = []): TreeNode => ({ id: name, name, version: "0.1.0", fingerprint: "AB", complete: true, secondaries: links });
const link = (name: string, server: TreeNode | null, state: TreeLink["state"] = "connected"): TreeLink => ({
  registration_id: `r-${name}`,
  name,
  group: "Managed devices",
  direction: "secondary_dials",
  state,
  reason: null,
  last_connected_at: null,
  server,
  error: null,
});

const hq = node("hq", [link("branch2", null, "disconnected"), link("branch1", node("branch1", [link("shop", node("shop")), link("depot", node("depot"))]))]);
const wish = { root: hq, rootPath: [], toggled: new Map<string, boolean>(), search: "" };
const draw = (picture: ReturnType<typeof layOut>) => picture.placed.map((one) => `${one.label} ${one.column}/${one.row}`);

describe("the picture", () => {
  it("puts each server in the row of the first one below it", () => {
    const picture = layOut(wish);
    expect(draw(picture)).toEqual(["hq 0/0", "branch1 1/0", "depot 2/0", "shop 2/1", "branch2 1/2"]);
    expect(picture).toMatchObject({ rows: 3, columns: 3 });
    expect(picture.placed[0]!.lastBelowRow).toBe(2);
    expect(picture.placed[2]!.path).toEqual(["r-branch1", "r-depot"]);
  });

  it("leaves out what is below a closed server", () => {
    expect(draw(layOut({ ...wish, toggled: new Map([["r-branch1", false]]) }))).toEqual(["hq 0/0", "branch1 1/0", "branch2 1/1"]);
  });

  it("shows what is searched for and the way to it, also where it is closed", () => {
    const picture = layOut({ ...wish, toggled: new Map([["r-branch1", false]]), search: "SHOP" });
    expect(draw(picture)).toEqual(["hq 0/0", "branch1 1/0", "shop 2/0"]);
    expect(picture.placed[2]!.matches).toBe(true);
  });

  it("begins closed where very many are below, and lays all 5,000 out when opened", () => {
    const many = node("hq", Array.from({ length: 5000 }, (_, at) => link(`branch${at}`, null)));
    expect(layOut({ ...wish, root: many }).placed).toHaveLength(1);
    expect(many.secondaries.length).toBeGreaterThan(kOpenAtMost);
    expect(layOut({ ...wish, root: many, toggled: new Map([["", true]]) }).rows).toBe(5000);
  });

  it("counts states at all levels", () => {
    expect(countStates(hq)).toMatchObject({ servers: 5, connected: 3, disconnected: 1 });
  });

  it("is walked with the arrow keys", () => {
    const { placed } = layOut(wish);
    expect(moveIn("ArrowRight", placed, 0)).toEqual({ go: 1 });
    expect(moveIn("ArrowDown", placed, 1)).toEqual({ go: 4 });
    expect(moveIn("ArrowLeft", placed, 3)).toEqual({ go: 1 });
    expect(moveIn("ArrowRight", placed, 3)).toBeNull();
    expect(moveIn("Enter", placed, 3)).toEqual({ open: 3 });
  });
});
