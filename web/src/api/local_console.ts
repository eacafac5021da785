// Whether the pages come from `daikan console` on the administrator's own machine, and for which of its servers.
//
// There the server's name stands before everything: /at/hq/… for the pages and /at/hq/api/v1/… for its API. A server that serves its own
// pages has neither, and `base` is empty. The list of servers is /at/ itself.
const found = /^\/at(?:\/([^/]+))?(?:\/|$)/.exec(window.location.pathname);

export const isLocalConsole = found !== null;
/** In front of every address, without a slash at its end. */
export const base = found?.[1] === undefined ? "" : `/at/${found[1]}`;
export const isServerList = isLocalConsole && base === "";

/** spec/console.yaml */
export interface KnownServer {
  name: string;
  address: string;
  fingerprint: string;
  user: string;
  logged_in: boolean;
}

export interface SeenServer {
  id: string;
  name: string;
  version: string;
  fingerprint: string;
}
