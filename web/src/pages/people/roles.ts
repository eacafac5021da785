import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { Role } from "../../api/types";
import { useServer } from "../../app/place";

/** All roles of the server in front, the built-in ones first. */
export function useRoles(): UseQueryResult<Role[]> {
  const { api, key } = useServer();
  return useQuery({ queryKey: [key, "roles"], queryFn: async ({ signal }) => (await api.get("roles", { signal })).data.items });
}
