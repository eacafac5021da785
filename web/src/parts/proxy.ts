// A proxy as people enter it, and as the API takes it: a URL without a password, the password beside it.
import type { ProxyRequest } from "../api/types";

export interface ProxyDraft {
  kind: "http" | "socks5";
  host: string;
  port: string;
  user: string;
  password: string;
}

export const emptyProxy: ProxyDraft = { kind: "http", host: "", port: "", user: "", password: "" };

const kPorts = { http: 3128, socks5: 1080 } as const;

export const proxyPort = (kind: ProxyDraft["kind"]) => kPorts[kind];

export function proxyRequest(draft: ProxyDraft): ProxyRequest {
  const user = draft.user.trim() === "" ? "" : `${encodeURIComponent(draft.user.trim())}@`;
  const bare = draft.host.trim();
  const host = bare.includes(":") && !bare.startsWith("[") ? `[${bare}]` : bare;
  const port = draft.port.trim() === "" ? "" : `:${draft.port.trim()}`;
  const request: ProxyRequest = { url: `${draft.kind}://${user}${host}${port}` };
  if (draft.password !== "") request.password = draft.password;
  return request;
}

/** What the API tells of a proxy, for editing; the password is never told. */
export function proxyDraft(url: string | null): ProxyDraft | null {
  if (url === null) return null;
  const match = /^(http|socks5):\/\/(?:([^@/]*)@)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(url);
  if (match === null) return null;
  const host = match[3]!;
  return {
    kind: match[1] as ProxyDraft["kind"],
    user: match[2] === undefined ? "" : decodeURIComponent(match[2]),
    host: host.startsWith("[") ? host.slice(1, -1) : host,
    port: match[4] ?? "",
    password: "",
  };
}
