// Who uses the console. The session itself is a cookie that no script can read; here is only what the server tells about it.
//
// When a request finds the session ended, `phase` becomes `expired`: the page stays as it is, a dialog asks to sign in again, and every
// request that waits in `signedInAgain` is sent once more. So nothing that was typed is lost.
import { base } from "./local_console";
import { Signal } from "./signal";
import { ProblemError, problemOf, Unreached } from "./problem";
import { answered, didNotAnswer } from "./reach";
import type { Session } from "./types";

export type SessionState =
  | { phase: "starting" }
  | { phase: "signed_out" }
  | { phase: "signed_in"; session: Session }
  | { phase: "expired"; session: Session };

export const session = new Signal<SessionState>({ phase: "starting" });

let waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];

export const csrfToken = (): string | null => ("session" in session.value ? session.value.session.csrf_token : null);

/** Ends when somebody has signed in again; fails when they chose to leave instead. */
export function signedInAgain(): Promise<void> {
  if (session.value.phase === "signed_in") session.set({ phase: "expired", session: session.value.session });
  else if (session.value.phase === "starting") session.set({ phase: "signed_out" });
  return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { cache: "no-store", credentials: "same-origin", ...init });
  } catch {
    didNotAnswer();
    throw new Unreached();
  }
  answered();
  return response;
}

function begin(current: Session): void {
  session.set({ phase: "signed_in", session: current });
  const those = waiting;
  waiting = [];
  for (const one of those) one.resolve();
}

/** Finds out whether the browser still has a session. */
export async function resumeSession(): Promise<void> {
  const response = await ask(`${base}/api/v1/sessions/current`, {});
  if (response.ok) begin((await response.json()) as Session);
  else if (response.status === 401) session.set({ phase: "signed_out" });
  else throw await problemOf(response);
}

/** Reads the session's CSRF token again; true when another tab had signed in anew. */
export async function refreshCsrfToken(): Promise<boolean> {
  const before = csrfToken();
  const response = await ask(`${base}/api/v1/sessions/current`, {});
  if (!response.ok) return false;
  const current = (await response.json()) as Session;
  begin(current);
  return current.csrf_token !== before;
}

export interface SignIn {
  user: string;
  password: string;
  code?: string;
}

/** Throws ProblemError: wrong_credentials, two_factor_required (ask for the code), rate_limited. */
export async function signIn(what: SignIn): Promise<void> {
  const response = await ask(`${base}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...what, client: "console" }),
  });
  if (!response.ok) throw await problemOf(response);
  begin((await response.json()) as Session);
}

export async function signOut(): Promise<void> {
  const token = csrfToken();
  const response = await ask(`${base}/api/v1/sessions/current`, { method: "DELETE", headers: token ? { "x-csrf-token": token } : {} });
  if (!response.ok && response.status !== 401) throw await problemOf(response);
  leave();
}

/** Gives up an expired session: whatever waits for it fails. */
export function leave(): void {
  const those = waiting;
  waiting = [];
  session.set({ phase: "signed_out" });
  for (const one of those) one.reject(new Error("signed out"));
}

export const isUnauthenticated = (error: ProblemError) => error.status === 401 && error.code === "unauthenticated";
