// What the tree shows: which rows are open (kept for this tab), and what was read of each opened server.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useQueries } from "@tanstack/react-query";
import { useLocation } from "react-router-dom";
import { ServerApi } from "../api/client";
import { pathKey, placeOf, type ServerPath } from "../api/path";
import { allSecondaries, keys } from "../api/queries";
import { openPaths, wayTo, type Level, type Levels } from "./model";

const kStored = "daikan.tree";
/** Servers that open in the tree tell nothing by themselves unless they are in front; they are asked. */
const kAskAgainMs = 20_000;

function storedKeys(): Set<string> {
  try {
    return new Set(JSON.parse(sessionStorage.getItem(kStored) ?? '["s:"]') as string[]);
  } catch {
    return new Set(["s:"]);
  }
}

export interface OpenTree {
  levels: Levels;
  expanded: ReadonlySet<string>;
  toggle: (key: string) => void;
}

function useLevels(paths: ServerPath[]): Levels {
  const groups = useQueries({
    queries: paths.map((path) => ({
      queryKey: keys.groups(path),
      queryFn: async ({ signal }: { signal: AbortSignal }) => (await new ServerApi(path).get("groups", { signal })).data.items,
      refetchInterval: path.length > 0 ? kAskAgainMs : (false as const),
    })),
  });
  const secondaries = useQueries({
    queries: paths.map((path) => ({
      queryKey: keys.secondaries(path),
      queryFn: ({ signal }: { signal: AbortSignal }) => allSecondaries(path, signal),
      refetchInterval: path.length > 0 ? kAskAgainMs : (false as const),
    })),
  });
  // A new map only when something in it is new: flattening 2,000 rows follows from it.
  const seen = useRef<Levels>(new Map());
  const next = new Map<string, Level>(
    paths.map((path, at) => [pathKey(path), { groups: groups[at]!.data, secondaries: secondaries[at]!.data, error: groups[at]!.error ?? secondaries[at]!.error }]),
  );
  const isSame =
    next.size === seen.current.size &&
    [...next].every(([key, level]) => {
      const before = seen.current.get(key);
      return before !== undefined && before.groups === level.groups && before.secondaries === level.secondaries && before.error === level.error;
    });
  if (!isSame) seen.current = next;
  return seen.current;
}

export function useOpenTree(): OpenTree {
  const location = useLocation();
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(storedKeys);
  const [paths, setPaths] = useState<ServerPath[]>([[]]);
  const levels = useLevels(paths);

  useEffect(() => {
    setPaths((now) => {
      const next = openPaths(levels, expanded);
      return next.map(pathKey).join() === now.map(pathKey).join() ? now : next;
    });
  }, [levels, expanded]);

  useEffect(() => sessionStorage.setItem(kStored, JSON.stringify([...expanded])), [expanded]);

  const open = useCallback((wanted: string[]) => setExpanded((now) => (wanted.every((key) => now.has(key)) ? now : new Set([...now, ...wanted]))), []);

  // The first look at a server shows its root group and, there, its secondaries.
  const greeted = useRef(new Set<string>());
  useEffect(() => {
    const root = levels.get("")?.groups?.find((group) => group.parent_id === null);
    if (root !== undefined && !greeted.current.has(root.id)) {
      greeted.current.add(root.id);
      if (sessionStorage.getItem(`${kStored}.greeted`) === null) open([`g::${root.id}`, `f::${root.id}`]);
      sessionStorage.setItem(`${kStored}.greeted`, "yes");
    }
  }, [levels, open]);

  // A page that is opened by a link or a bookmark is shown in the tree, once what is above it has been read.
  const shownFor = useRef("");
  useEffect(() => {
    if (shownFor.current === location.pathname) return;
    const { path, page } = placeOf(location.pathname);
    const way = wayTo(path, page, levels);
    open(way.keys);
    if (way.complete) shownFor.current = location.pathname;
  }, [location.pathname, levels, open]);

  const toggle = useCallback((key: string) => {
    setExpanded((now) => {
      const next = new Set(now);
      if (!next.delete(key)) next.add(key);
      return next;
    });
  }, []);

  return useMemo(() => ({ levels, expanded, toggle }), [levels, expanded, toggle]);
}
