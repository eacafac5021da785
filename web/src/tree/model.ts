// The tree as rows: what is visible of it, in order. Pure.
//
// A server's groups hang below it, in each group its Administration Servers folder, in the folder its secondaries; a connected secondary is
// a server whose own tree opens below it. What is open is a set of row keys; what was read so far is one Level for each opened server.
import { pathKey, type ServerPath } from "../api/path";
import type { Group, LinkState, Secondary } from "../api/types";
import { shownName } from "../parts/group_names";

export interface Level {
  groups: Group[] | undefined;
  secondaries: Secondary[] | undefined;
  error: unknown;
}

export type Levels = ReadonlyMap<string, Level>;

export type RowKind = "server" | "group" | "folder" | "secondary" | "loading" | "problem" | "empty";

export interface Row {
  key: string;
  kind: RowKind;
  /** 1 for the root, as aria-level counts. */
  depth: number;
  label: string;
  /** The server that a group or folder belongs to; of a server or secondary the server itself. */
  path: ServerPath;
  /** Of the group, or of the group that a folder belongs to, or the registration of a secondary. */
  id: string | null;
  state: LinkState | null;
  expandable: boolean;
  expanded: boolean;
  /** Among its siblings, from 1. */
  position: number;
  siblings: number;
  /** Key of the row it is below. */
  parent: string | null;
  error?: unknown;
}

export const serverKey = (path: ServerPath) => `s:${pathKey(path)}`;
export const groupKey = (path: ServerPath, id: string) => `g:${pathKey(path)}:${id}`;
export const folderKey = (path: ServerPath, id: string) => `f:${pathKey(path)}:${id}`;

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const byName = (one: { name: string }, other: { name: string }) => collator.compare(one.name, other.name);

interface Contents extends Index {
  /** The secondaries are still being read. */
  reads: boolean;
  error: unknown;
}

interface Index {
  root: Group | undefined;
  children: Map<string, Group[]>;
  attached: Map<string, Secondary[]>;
}

const groupIndex = new WeakMap<Group[], Pick<Index, "root" | "children">>();
const secondaryIndex = new WeakMap<Secondary[], Index["attached"]>();

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Sorted once for each answer of the server, not for each stroke in the search field. */
function indexOf(groups: Group[], secondaries: Secondary[]): Index {
  let tree = groupIndex.get(groups);
  if (tree === undefined) {
    const children = new Map<string, Group[]>();
    for (const group of groups) if (group.parent_id !== null) push(children, group.parent_id, group);
    for (const list of children.values()) list.sort(byName);
    // Somebody who may see some groups only has several that nothing is above of.
    const ids = new Set(groups.map((group) => group.id));
    tree = { root: groups.find((group) => group.parent_id === null || !ids.has(group.parent_id)), children };
    groupIndex.set(groups, tree);
  }
  let attached = secondaryIndex.get(secondaries);
  if (attached === undefined) {
    attached = new Map();
    for (const secondary of secondaries) push(attached, secondary.group_id, secondary);
    for (const list of attached.values()) list.sort(byName);
    secondaryIndex.set(secondaries, attached);
  }
  return { ...tree, attached };
}

export interface Words {
  root: string;
  folder: string;
  loading: string;
  empty: string;
  problem: string;
}

export interface Wish {
  levels: Levels;
  expanded: ReadonlySet<string>;
  rootName: string;
  words: Words;
  /** Only rows whose label holds it, and what is above them. Empty: everything that is open. */
  search?: string;
}

class Flattener {
  readonly rows: Row[] = [];
  readonly #needle: string;

  constructor(readonly wish: Wish) {
    this.#needle = (wish.search ?? "").trim().toLocaleLowerCase();
  }

  run(): Row[] {
    this.#server([], this.wish.rootName, "server", null, null, 1, 1, 1, null);
    return this.rows;
  }

  get #searching(): boolean {
    return this.#needle !== "";
  }

  #matches(label: string): boolean {
    return label.toLocaleLowerCase().includes(this.#needle);
  }

  /** Adds a row and what `inner` adds below it; in a search only when one of them matches. */
  #add(row: Row, inner: () => void): void {
    const at = this.rows.length;
    this.rows.push(row);
    if (row.expandable && (row.expanded || this.#searching)) {
      inner();
      if (this.#searching) row.expanded = this.rows.length > at + 1;
    }
    if (this.#searching && row.depth > 1 && this.rows.length === at + 1 && !this.#matches(row.label)) this.rows.length = at;
  }

  #server(path: ServerPath, label: string, kind: "server" | "secondary", id: string | null, state: LinkState | null, depth: number, position: number, siblings: number, parent: string | null): void {
    const key = serverKey(path);
    const open = kind === "server" || state === "connected";
    const level = this.wish.levels.get(pathKey(path));
    const row: Row = { key, kind, depth, label, path, id, state, expandable: open, expanded: open && this.wish.expanded.has(key), position, siblings, parent };
    // A search looks through what was read; it does not ask 2,000 servers.
    if (this.#searching && level === undefined) row.expandable = false;
    this.#add(row, () => this.#below(path, level, depth + 1, key));
    row.expandable = open;
  }

  #note(kind: "loading" | "problem" | "empty", path: ServerPath, depth: number, parent: string, error?: unknown): void {
    if (this.#searching) return;
    this.rows.push({ key: `n:${parent}`, kind, depth, label: this.wish.words[kind], path, id: null, state: null, expandable: false, expanded: false, position: 1, siblings: 1, parent, error });
  }

  #below(path: ServerPath, level: Level | undefined, depth: number, parent: string): void {
    if (level?.groups !== undefined) {
      // The groups are there long before 2,000 secondaries are: they can be used at once.
      const index = { ...indexOf(level.groups, level.secondaries ?? []), reads: level.secondaries === undefined, error: level.error };
      const ids = new Set(level.groups.map((group) => group.id));
      const tops = level.groups.filter((group) => group.parent_id === null || !ids.has(group.parent_id));
      tops.forEach((group, at) => this.#group(path, group, index, depth, at + 1, tops.length, parent));
      if (tops.length === 0) this.#note("empty", path, depth, parent);
    } else if (level?.error) {
      this.#note("problem", path, depth, parent, level.error);
    } else {
      this.#note("loading", path, depth, parent);
    }
  }

  #group(path: ServerPath, group: Group, index: Contents, depth: number, position: number, siblings: number, parent: string): void {
    const key = groupKey(path, group.id);
    const children = index.children.get(group.id) ?? [];
    const row: Row = { key, kind: "group", depth, label: shownName(group, this.wish.words.root), path, id: group.id, state: null, expandable: true, expanded: this.wish.expanded.has(key), position, siblings, parent };
    this.#add(row, () => {
      this.#folder(path, group, index, depth + 1, children.length + 1, key);
      children.forEach((child, at) => this.#group(path, child, index, depth + 1, at + 2, children.length + 1, key));
    });
  }

  #folder(path: ServerPath, group: Group, index: Contents, depth: number, siblings: number, parent: string): void {
    const key = folderKey(path, group.id);
    const secondaries = index.attached.get(group.id) ?? [];
    const holds = secondaries.length > 0 || (index.reads && group.secondaries > 0);
    const row: Row = {
      key,
      kind: "folder",
      depth,
      label: this.wish.words.folder,
      path,
      id: group.id,
      state: null,
      expandable: holds,
      expanded: holds && this.wish.expanded.has(key),
      position: 1,
      siblings,
      parent,
    };
    this.#add(row, () => {
      if (index.reads) this.#note(index.error ? "problem" : "loading", path, depth + 1, key, index.error);
      secondaries.forEach((each, at) => this.#server([...path, each.id], each.name, "secondary", each.id, each.state, depth + 1, at + 1, secondaries.length, key));
    });
  }
}

export const flatten = (wish: Wish): Row[] => new Flattener(wish).run();

/** Servers whose trees are open and can be read: every one above is open and connected. The own server always is. */
export function openPaths(levels: Levels, expanded: ReadonlySet<string>): ServerPath[] {
  const open: ServerPath[] = [[]];
  for (let at = 0; at < open.length; ++at) {
    const path = open[at]!;
    for (const each of levels.get(pathKey(path))?.secondaries ?? []) {
      if (each.state !== "connected") continue;
      const below = [...path, each.id];
      if (expanded.has(serverKey(below))) open.push(below);
    }
  }
  return open;
}

/** Where the page in front stands in the tree. */
export function rowOfPage(path: ServerPath, page: string): string {
  const [kind, id, view] = page.split("/").slice(1);
  if (kind === "groups" && id) return view === "servers" || view === "add-secondary" ? folderKey(path, id) : groupKey(path, id);
  if (kind === "secondaries" && id) return serverKey([...path, id]);
  return serverKey(path);
}

/**
 * What has to be open so that the row of a page can be seen, as far as is known from what was read; `complete` when nothing is missing.
 */
export function wayTo(path: ServerPath, page: string, levels: Levels): { keys: string[]; complete: boolean } {
  const keys: string[] = [];
  const openGroups = (at: ServerPath, id: string): void => {
    const byId = new Map((levels.get(pathKey(at))?.groups ?? []).map((group) => [group.id, group]));
    for (let group = byId.get(id); group !== undefined; group = group.parent_id === null ? undefined : byId.get(group.parent_id)) keys.push(groupKey(at, group.id));
  };
  const openFolderOf = (at: ServerPath, registration: string): boolean => {
    const entry = levels.get(pathKey(at))?.secondaries?.find((each) => each.id === registration);
    if (entry === undefined) return false;
    openGroups(at, entry.group_id);
    keys.push(folderKey(at, entry.group_id));
    return true;
  };
  const [kind, id, view] = page.split("/").slice(1);
  for (let depth = 0; depth <= path.length; ++depth) {
    const at = path.slice(0, depth);
    keys.push(serverKey(at));
    const level = levels.get(pathKey(at));
    if (level?.groups === undefined || level.secondaries === undefined) return { keys, complete: false };
    const next = path[depth];
    if (next !== undefined && !openFolderOf(at, next)) return { keys, complete: true };
  }
  // The last server itself need not be open, unless the page is inside of it.
  if (kind === "groups" && id) {
    openGroups(path, id);
    // The row of a group is seen without the group being open; its folder is inside.
    if (view === undefined) keys.splice(keys.indexOf(groupKey(path, id)), 1);
  } else if (kind === "secondaries" && id) {
    openFolderOf(path, id);
  } else if (path.length > 0) {
    keys.splice(keys.indexOf(serverKey(path)), 1);
  }
  return { keys, complete: true };
}
