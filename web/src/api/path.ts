// Where in the hierarchy a page is: the registrations on the way down from the server that serves the console.
//
// The console of the administrator's own machine has the server's name in front of both (local_console.ts). In the address of a page `/servers/{a}/servers/{b}/groups/{id}`; for the API `/api/v1/servers/{a}/relay/servers/{b}/relay/groups/{id}`.

import { base } from "./local_console";

/** Registration ids, nearest first; empty for the server itself. */
export type ServerPath = readonly string[];

export const pathKey = (path: ServerPath) => path.join("/");

/** Where the API of a server begins, without a slash at its end. */
export const apiRoot = (path: ServerPath) => `${base}/api/v1${path.map((id) => `/servers/${encodeURIComponent(id)}/relay`).join("")}`;

/** Where the pages of a server begin, without a slash at its end. */
export const pageRoot = (path: ServerPath) => path.map((id) => `/servers/${encodeURIComponent(id)}`).join("");

export interface Place {
  path: ServerPath;
  /** The rest of the address, beginning with a slash. */
  page: string;
}

/** Takes the address of a page apart. */
export function placeOf(pathname: string): Place {
  const parts = pathname.split("/").filter((part) => part !== "");
  const path: string[] = [];
  let next = 0;
  while (parts[next] === "servers" && parts[next + 1] !== undefined) {
    path.push(decodeURIComponent(parts[next + 1]!));
    next += 2;
  }
  return { path, page: `/${parts.slice(next).join("/")}` };
}
