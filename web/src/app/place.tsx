// Which server of the hierarchy the page in front is about, for every component below.
import { createContext, useContext, useMemo, type ReactNode } from "react";
import { useQueries } from "@tanstack/react-query";
import { ServerApi } from "../api/client";
import { pageRoot, pathKey, type ServerPath } from "../api/path";
import { holds, keys, lineage, useAccount, useGroups, useSecondary, useServerRecord } from "../api/queries";
import type { RightName } from "../api/types";

export interface ServerPlace {
  path: ServerPath;
  key: string;
  api: ServerApi;
  /** The address of a page of this server; `page` begins with a slash. */
  href(page: string): string;
}

const Context = createContext<ServerPlace | null>(null);

export function PlaceProvider({ path, children }: { path: ServerPath; children: ReactNode }) {
  const key = pathKey(path);
  const place = useMemo<ServerPlace>(() => {
    const root = pageRoot(path);
    return { path, key, api: new ServerApi(path), href: (page) => `${root}${page}` || "/" };
    // The path is the same as long as its key is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return <Context.Provider value={place}>{children}</Context.Provider>;
}

export function useServer(): ServerPlace {
  const place = useContext(Context);
  if (place === null) throw new Error("a page outside of a server");
  return place;
}

/** Names of the servers on the way down, the one that serves the console first; the id where a name is not known. */
export function usePathNames(path: ServerPath): string[] {
  const own = useServerRecord([]);
  const below = useQueries({
    queries: path.map((id, level) => ({
      queryKey: keys.secondary(path.slice(0, level), id),
      queryFn: async ({ signal }: { signal: AbortSignal }) => new ServerApi(path.slice(0, level)).get("secondaries/{id}", { path: { id }, signal }),
    })),
  });
  return [own.data?.name ?? "", ...below.map((query, level) => query.data?.data.name ?? path[level]!.slice(0, 8))];
}

/**
 * Whether the person holds a right on a group here (null: on the server), as far as can be known: on a lower server what counts is what they
 * hold above on the group of the secondary, and the lower server has the last word.
 */
export function useRights(): (right: RightName, groupId: string | null) => boolean {
  const { path } = useServer();
  const account = useAccount();
  const first = path[0];
  const groups = useGroups([]);
  const entry = useSecondary([], first ?? "", first !== undefined);
  return (right, groupId) => {
    const group = first === undefined ? groupId : (entry.data?.data.group_id ?? null);
    return holds(account.data, right, lineage(groups.data ?? [], group));
  };
}

export function useMayOn(right: RightName): (groupId: string | null) => boolean {
  const rights = useRights();
  return (groupId) => rights(right, groupId);
}

export const useMay = (right: RightName, groupId: string | null = null): boolean => useMayOn(right)(groupId);
