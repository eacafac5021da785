// Where each server of the hierarchy stands in the picture. Pure.
//
// From left to right by level, from top to bottom by name: a server stands in the row of the first one below it, every other takes the next
// row. So rows are in the order in which they are read, and only those in view have to be drawn, however many there are.
import type { ServerPath } from "../../api/path";
import { pathKey } from "../../api/path";
import type { LinkState, TreeLink, TreeNode } from "../../api/types";

export interface Placed {
  key: string;
  path: ServerPath;
  label: string;
  /** How many servers it is below the one at the left. */
  column: number;
  row: number;
  /** The link to the server above; null at the left. */
  link: TreeLink | null;
  node: TreeNode | null;
  parent: string | null;
  below: number;
  expanded: boolean;
  /** The row of the last server directly below it. */
  lastBelowRow: number;
  matches: boolean;
}

export interface Picture {
  placed: Placed[];
  rows: number;
  columns: number;
}

/** Servers with more than these directly below begin closed, so that the picture of a large hierarchy can be overlooked. */
export const kOpenAtMost = 60;

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const sorted = new WeakMap<TreeNode, TreeLink[]>();

function linksOf(node: TreeNode): TreeLink[] {
  let links = sorted.get(node);
  if (links === undefined) {
    links = [...node.secondaries].sort((one, other) => collator.compare(one.name, other.name));
    sorted.set(node, links);
  }
  return links;
}

export interface Wish {
  root: TreeNode;
  rootPath: ServerPath;
  /** Servers that were opened or closed by hand; others are open unless they have too many below. */
  toggled: ReadonlyMap<string, boolean>;
  search: string;
}

export function layOut({ root, rootPath, toggled, search }: Wish): Picture {
  const needle = search.trim().toLocaleLowerCase();
  const placed: Placed[] = [];
  let rows = 0;
  let columns = 0;

  const isHit = (name: string) => needle !== "" && name.toLocaleLowerCase().includes(needle);
  const hasHit = (link: TreeLink): boolean => isHit(link.name) || (link.server?.secondaries.some(hasHit) ?? false);

  const place = (path: ServerPath, label: string, link: TreeLink | null, node: TreeNode | null, parent: string | null, column: number): Placed => {
    const all = node === null ? [] : linksOf(node);
    const wanted = needle === "" ? all : all.filter(hasHit);
    const key = pathKey(path);
    const expanded = wanted.length > 0 && (needle !== "" || (toggled.get(key) ?? wanted.length <= kOpenAtMost));
    const entry: Placed = { key, path, label, column, row: rows, link, node, parent, below: all.length, expanded, lastBelowRow: rows, matches: isHit(label) };
    placed.push(entry);
    columns = Math.max(columns, column + 1);
    if (!expanded) {
      rows += 1;
      return entry;
    }
    for (const each of wanted) {
      const child = place([...path, each.registration_id], each.name, each, each.server, key, column + 1);
      entry.lastBelowRow = child.row;
    }
    return entry;
  };
  place(rootPath, root.name, null, root, null, 0);
  return { placed, rows, columns };
}

/** How many servers there are in each state, at all levels. */
export function countStates(root: TreeNode): Record<LinkState, number> & { servers: number } {
  const counts = { servers: 1, never_connected: 0, connecting: 0, connected: 0, disconnected: 0, refused: 0 };
  const walk = (node: TreeNode): void => {
    for (const link of node.secondaries) {
      counts.servers += 1;
      counts[link.state] += 1;
      if (link.server) walk(link.server);
    }
  };
  walk(root);
  return counts;
}

export type Move = { go: number } | { toggle: number } | { open: number } | null;

/** Right goes to the level below, left to the one above, up and down to what stands there. */
export function moveIn(key: string, placed: Placed[], at: number): Move {
  const one = placed[at];
  if (one === undefined) return null;
  switch (key) {
    case "ArrowDown":
    case "ArrowUp": {
      const step = key === "ArrowDown" ? 1 : -1;
      for (let index = at + step; index >= 0 && index < placed.length; index += step) {
        if (placed[index]!.column === one.column) return { go: index };
      }
      return null;
    }
    case "ArrowRight":
      if (one.below === 0) return null;
      return one.expanded ? { go: at + 1 } : { toggle: at };
    case "ArrowLeft":
      return one.parent === null ? null : { go: placed.findIndex((each) => each.key === one.parent) };
    case "Home":
      return { go: 0 };
    case "End":
      return { go: placed.length - 1 };
    case "Enter":
      return { open: at };
    case " ":
      return one.below > 0 ? { toggle: at } : null;
    default:
      return null;
  }
}
