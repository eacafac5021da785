// One request to the console API of one server of the hierarchy.
//
// Knows: the cookie session with its CSRF token, problem documents, ETag and If-Match, Idempotency-Key, and where the server stands (the
// relay prefix). A request that finds the session ended waits until somebody signed in again, and is then sent once more.
import { apiRoot, type ServerPath } from "./path";
import { problemOf, ProblemError, Unreached } from "./problem";
import { answered, didNotAnswer } from "./reach";
import { csrfToken, isUnauthenticated, refreshCsrfToken, signedInAgain } from "./session";
import type { AnswerOf, BodyOf, Method, QueryOf, RouteOf } from "./types";

export interface Answer<T> {
  data: T;
  /** For If-Match of the next change. */
  etag: string | null;
}

export interface Options<M extends Method, R extends string> {
  /** Values of `{name}` in the route. */
  path?: Record<string, string>;
  query?: QueryOf<M, R>;
  body?: BodyOf<M, R>;
  ifMatch?: string | null;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

interface LooseOptions {
  path?: Record<string, string>;
  query?: unknown;
  body?: unknown;
  ifMatch?: string | null;
  idempotencyKey?: string;
  signal?: AbortSignal;
}

function fill(route: string, values: Record<string, string> = {}): string {
  return route.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${route} needs ${name}`);
    return encodeURIComponent(value);
  });
}

function queryText(query: unknown): string {
  const pairs = Object.entries((query ?? {}) as Record<string, unknown>).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

async function once(url: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  const token = csrfToken();
  if (token !== null && init.method !== "GET") headers.set("x-csrf-token", token);
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers, cache: "no-store", credentials: "same-origin" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    didNotAnswer();
    throw new Unreached();
  }
  answered();
  return response;
}

/** Sends a request and gives its successful answer; throws ProblemError or Unreached. */
export async function send(url: string, init: RequestInit): Promise<Response> {
  let refreshed = false;
  for (;;) {
    const response = await once(url, init);
    if (response.ok) return response;
    const error = await problemOf(response);
    if (isUnauthenticated(error)) {
      await signedInAgain();
    } else if (error.code === "permission_denied" && error.problem.detail.includes("X-CSRF-Token") && !refreshed) {
      // Another tab signed in anew: the cookie is the new session's, the token here the old one's.
      refreshed = true;
      if (!(await refreshCsrfToken())) throw error;
    } else {
      throw error;
    }
  }
}

/** The API of one server, wherever it stands. */
export class ServerApi {
  constructor(readonly path: ServerPath) {}

  /** The address of a route here, e.g. for a download. */
  url(route: string, options: { path?: Record<string, string>; query?: unknown } = {}): string {
    return `${apiRoot(this.path)}/${fill(route, options.path)}${queryText(options.query)}`;
  }

  // Not generic inside: the compiler would multiply out every route with every other.
  async #call(method: Method, route: string, options: LooseOptions): Promise<Answer<unknown>> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (options.body !== undefined) headers["content-type"] = "application/json";
    if (options.ifMatch) headers["if-match"] = options.ifMatch;
    if (options.idempotencyKey) headers["idempotency-key"] = options.idempotencyKey;
    const response = await send(this.url(route, options), {
      method: method.toUpperCase(),
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: options.signal ?? null,
    });
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    const data = (response.status === 204 || !isJson ? undefined : await response.json()) as unknown;
    return { data, etag: response.headers.get("etag") };
  }

  get<R extends RouteOf<"get">>(route: R, options: Options<"get", R> = {}) {
    return this.#call("get", route, options as LooseOptions) as Promise<Answer<AnswerOf<"get", R>>>;
  }
  post<R extends RouteOf<"post">>(route: R, options: Options<"post", R> = {}) {
    return this.#call("post", route, options as LooseOptions) as Promise<Answer<AnswerOf<"post", R>>>;
  }
  put<R extends RouteOf<"put">>(route: R, options: Options<"put", R> = {}) {
    return this.#call("put", route, options as LooseOptions) as Promise<Answer<AnswerOf<"put", R>>>;
  }
  patch<R extends RouteOf<"patch">>(route: R, options: Options<"patch", R> = {}) {
    return this.#call("patch", route, options as LooseOptions) as Promise<Answer<AnswerOf<"patch", R>>>;
  }
  delete<R extends RouteOf<"delete">>(route: R, options: Options<"delete", R> = {}) {
    return this.#call("delete", route, options as LooseOptions) as Promise<Answer<AnswerOf<"delete", R>>>;
  }
}

/** A fresh Idempotency-Key: one for each thing a person wants to make, kept while they try again. */
export const freshKey = (): string => crypto.randomUUID();

export { ProblemError };
