import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { Credential } from "../../api/types";
import { useServer } from "../../app/place";

/** The sessions and API tokens of one's own account, newest first. */
export function useCredentials(): UseQueryResult<Credential[]> {
  const { api, key } = useServer();
  return useQuery({ queryKey: [key, "tokens"], queryFn: async ({ signal }) => (await api.get("tokens", { signal })).data.items });
}
