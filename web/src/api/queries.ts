// What pages read, by name. Every key begins with the server's path, so that what one server's events touch is found.
import { QueryClient, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { ServerApi, type Answer } from "./client";
import { pathKey, type ServerPath } from "./path";
import { ProblemError } from "./problem";
import type { DeviceCounts, Group, Operation, Primary, RightName, Secondary, Server, TreeNode, User } from "./types";

export const kPageSize = 1000;

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        staleTime: 10_000,
        retry: (failures, error) => !(error instanceof ProblemError) && failures < 1,
        refetchOnWindowFocus: true,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

export const keys = {
  server: (path: ServerPath) => [pathKey(path), "server"] as const,
  groups: (path: ServerPath) => [pathKey(path), "groups"] as const,
  secondaries: (path: ServerPath) => [pathKey(path), "secondaries"] as const,
  secondary: (path: ServerPath, id: string) => [pathKey(path), "secondary", id] as const,
  primary: (path: ServerPath) => [pathKey(path), "primary"] as const,
  operation: (path: ServerPath, id: string) => [pathKey(path), "operation", id] as const,
  deviceCounts: (path: ServerPath, group?: string) => [pathKey(path), "device_counts", group ?? null] as const,
  tree: (path: ServerPath) => [pathKey(path), "tree"] as const,
  policyStatus: (path: ServerPath) => [pathKey(path), "policy_status"] as const,
  account: ["", "account"] as const,
};

/** A record together with the ETag that a change of it sends back. */
export type Seen<T> = Answer<T>;

export const useServerRecord = (path: ServerPath, enabled = true): UseQueryResult<Server> =>
  useQuery({ queryKey: keys.server(path), queryFn: async ({ signal }) => (await new ServerApi(path).get("server", { signal })).data, enabled });

export const useGroups = (path: ServerPath, enabled = true): UseQueryResult<Group[]> =>
  useQuery({ queryKey: keys.groups(path), queryFn: async ({ signal }) => (await new ServerApi(path).get("groups", { signal })).data.items, enabled });

/** Of the server, or of the group with this path and those below it. */
export const useDeviceCounts = (path: ServerPath, group?: string): UseQueryResult<DeviceCounts> =>
  useQuery({ queryKey: keys.deviceCounts(path, group), queryFn: async ({ signal }) => (await new ServerApi(path).get("device_counts", { query: { group }, signal })).data });

/** All secondaries of a server, by name, however many pages that takes. */
export async function allSecondaries(path: ServerPath, signal?: AbortSignal): Promise<Secondary[]> {
  const api = new ServerApi(path);
  const found: Secondary[] = [];
  let cursor: string | undefined;
  do {
    const page = (await api.get("secondaries", { query: { limit: kPageSize, cursor }, signal })).data;
    found.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

export const useSecondaries = (path: ServerPath, enabled = true): UseQueryResult<Secondary[]> =>
  useQuery({ queryKey: keys.secondaries(path), queryFn: ({ signal }) => allSecondaries(path, signal), enabled });

export const useSecondary = (path: ServerPath, id: string, enabled = true): UseQueryResult<Seen<Secondary>> =>
  useQuery({
    queryKey: keys.secondary(path, id),
    queryFn: async ({ signal }) => new ServerApi(path).get("secondaries/{id}", { path: { id }, signal }),
    enabled,
  });

export const usePrimary = (path: ServerPath, enabled = true): UseQueryResult<Seen<Primary>> =>
  useQuery({ queryKey: keys.primary(path), queryFn: async ({ signal }) => new ServerApi(path).get("primary", { signal }), enabled });

export const useTree = (path: ServerPath): UseQueryResult<TreeNode> =>
  useQuery({
    queryKey: keys.tree(path),
    queryFn: async ({ signal }) => (await new ServerApi(path).get("tree", { signal })).data,
    // Asking for the tree asks every server below: not with every event.
    staleTime: 30_000,
  });

/** A running operation is asked about twice a second until it has ended. */
export const useOperation = (path: ServerPath, id: string | null): UseQueryResult<Operation> =>
  useQuery({
    queryKey: keys.operation(path, id ?? ""),
    queryFn: async ({ signal }) => (await new ServerApi(path).get("operations/{id}", { path: { id: id! }, signal })).data,
    enabled: id !== null,
    refetchInterval: (query) => (query.state.data?.state === "running" || query.state.data === undefined ? 500 : false),
  });

export const useAccount = (): UseQueryResult<User> =>
  useQuery({ queryKey: keys.account, queryFn: async ({ signal }) => (await new ServerApi([]).get("account", { signal })).data, staleTime: 60_000 });

/** The groups from the root down to one, for breadcrumbs and for rights that are inherited. */
export function lineage(groups: Group[], id: string | null): Group[] {
  const byId = new Map(groups.map((group) => [group.id, group]));
  const line: Group[] = [];
  for (let group = id === null ? undefined : byId.get(id); group !== undefined; group = group.parent_id === null ? undefined : byId.get(group.parent_id)) {
    line.unshift(group);
  }
  return line;
}

/**
 * Whether the person holds a right: on the server, or on one of these groups (a group's ancestors count too).
 * Without an answer yet: no.
 */
export function holds(account: User | undefined, right: RightName, line: Group[] = []): boolean {
  if (account === undefined) return false;
  if (account.may.server.includes(right)) return true;
  const ids = new Set(line.map((group) => group.id));
  return account.may.groups.some((entry) => ids.has(entry.group_id) && entry.rights.includes(right));
}

/** Reads everything of a server again. */
export function useReload(path: ServerPath): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: [pathKey(path)] });
}
