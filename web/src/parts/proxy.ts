// A proxy as people enter it, and as the API takes it: a URL without a password, the password beside it.
import type { ProxyRequest } from "../api/types";
import { isPort } from "./address";

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

/** Host and port of a proxy: the port may also stand behind the host, where people paste it; its own field counts more. */
function placeOf(draft: ProxyDraft): { host: string; port: string } {
  const bare = draft.host
    .trim()
    .replace(/^[a-z0-9+.-]+:\/\//i, "")
    .replace(/\/.*$/, "");
  const both = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(bare);
  const port = draft.port.trim();
  return both === null ? { host: bare, port } : { host: both[1]!, port: port === "" ? both[2]! : port };
}

/** What keeps a proxy from being used before the server is asked; null: nothing. */
export function wrongInProxy(draft: ProxyDraft): "required" | "port" | null {
  if (draft.host.trim() === "") return "required";
  const { port } = placeOf(draft);
  return port === "" || isPort(port) ? null : "port";
}

export function proxyRequest(draft: ProxyDraft): ProxyRequest {
  const user = draft.user.trim() === "" ? "" : `${encodeURIComponent(draft.user.trim())}@`;
  const place = placeOf(draft);
  const host = place.host.includes(":") && !place.host.startsWith("[") ? `[${place.host}]` : place.host;
  const port = place.port === "" ? "" : `:${place.port}`;
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
