import { beforeEach, describe, expect, it, vi } from "vitest";
import { ServerApi } from "../src/api/client";
import { hasCode, isAtField, problemOf, ProblemError, told, Unreached, wasChanged } from "../src/api/problem";
import { apiRoot, pageRoot, placeOf } from "../src/api/path";
import { reach } from "../src/api/reach";
import { resumeSession, session, signIn } from "../src/api/session";
import { MessageReader } from "../src/api/events";

interface Call {
  url: string;
  method: string;
  headers: Headers;
  body: string | null;
}

let calls: Call[];

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const type = status >= 400 ? "application/problem+json" : "application/json";
  return new Response(JSON.stringify(body), { status, headers: { "content-type": type, ...headers } });
}

const problem = (status: number, code: string, more: object = {}) => json(status, { type: `urn:daikan:problem:${code}`, title: "", status, detail: `It is ${code}.`, code, remedy: "Do this.", ...more });

/** Answers requests in turn. */
function answer(...answers: (Response | Error)[]): void {
  vi.stubGlobal(
    "fetch",
    vi.fn(async (url: string, init: RequestInit = {}) => {
      calls.push({ url, method: init.method ?? "GET", headers: new Headers(init.headers), body: (init.body as string | null) ?? null });
      const next = answers.shift();
      if (next === undefined) throw new Error(`nobody expected ${url}`);
      if (next instanceof Error) throw next;
      return next;
    }),
  );
}

const someSession = { id: "s", expires_at: "2026-11-24T09:33:00.000000Z", csrf_token: "csrf-1", account: { id: "a", name: "olga" } };

beforeEach(() => {
  calls = [];
  session.set({ phase: "signed_in", session: someSession });
});

describe("the path through the hierarchy", () => {
  it("is in the address of a page and in the API's", () => {
    expect(placeOf("/servers/a/servers/b/groups/7")).toEqual({ path: ["a", "b"], page: "/groups/7" });
    expect(placeOf("/")).toEqual({ path: [], page: "/" });
    expect(apiRoot(["a", "b"])).toBe("/api/v1/servers/a/relay/servers/b/relay");
    expect(pageRoot(["a", "b"])).toBe("/servers/a/servers/b");
  });
});

describe("a request", () => {
  it("goes through the relay, with CSRF token, If-Match and Idempotency-Key, and gives the ETag", async () => {
    answer(json(200, { id: "g" }, { etag: '"2"' }));
    const seen = await new ServerApi(["a"]).patch("groups/{id}", { path: { id: "x/y" }, body: { name: "North" }, ifMatch: '"1"' });
    expect(seen.etag).toBe('"2"');
    expect(calls[0]).toMatchObject({ url: "/api/v1/servers/a/relay/groups/x%2Fy", method: "PATCH", body: '{"name":"North"}' });
    expect(calls[0]!.headers.get("x-csrf-token")).toBe("csrf-1");
    expect(calls[0]!.headers.get("if-match")).toBe('"1"');

    answer(json(201, { id: "n" }));
    await new ServerApi([]).post("secondaries", { body: {}, idempotencyKey: "key" });
    expect(calls[1]!.headers.get("idempotency-key")).toBe("key");
  });

  it("sends no CSRF token with a look, and leaves out what is not asked", async () => {
    answer(json(200, { items: [], next_cursor: null }));
    await new ServerApi([]).get("secondaries", { query: { limit: 10, cursor: undefined } });
    expect(calls[0]!.url).toBe("/api/v1/secondaries?limit=10");
    expect(calls[0]!.headers.has("x-csrf-token")).toBe(false);
  });

  it("that is refused throws the problem with code, remedy and field", async () => {
    answer(problem(422, "port_out_of_range", { field: "address" }));
    const error: unknown = await new ServerApi([]).post("secondaries", { body: {} }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ProblemError);
    expect(hasCode(error, "port_out_of_range")).toBe(true);
    expect(isAtField(error, "address")).toBe(true);
    expect(told(error)).toMatchObject({ message: "It is port_out_of_range.", remedy: "Do this." });
  });

  it("that finds the session ended waits for a new sign-in and is sent again with the new token", async () => {
    answer(problem(401, "unauthenticated"), json(201, { ...someSession, csrf_token: "csrf-2", token: "t" }), json(201, { id: "g" }));
    const made = new ServerApi([]).post("groups", { body: { path: "Managed devices/North" } });
    await vi.waitFor(() => expect(session.value.phase).toBe("expired"));
    await signIn({ user: "olga", password: "secret" });
    expect((await made).data).toEqual({ id: "g" });
    expect(calls[2]).toMatchObject({ url: "/api/v1/groups", body: '{"path":"Managed devices/North"}' });
    expect(calls[2]!.headers.get("x-csrf-token")).toBe("csrf-2");
  });

  it("whose CSRF token belongs to the session before reads the new one and is sent again", async () => {
    answer(problem(403, "permission_denied", { detail: "The X-CSRF-Token is wrong." }), json(200, { ...someSession, csrf_token: "csrf-3" }), json(200, { id: "g" }));
    await new ServerApi([]).patch("groups/{id}", { path: { id: "g" }, body: {} });
    expect(calls.map((call) => call.url)).toEqual(["/api/v1/groups/g", "/api/v1/sessions/current", "/api/v1/groups/g"]);
    expect(calls[2]!.headers.get("x-csrf-token")).toBe("csrf-3");
  });

  it("that nothing answers says so, and asks for the server until it is back", async () => {
    vi.useFakeTimers();
    answer(new TypeError("fetch failed"), new TypeError("fetch failed"), new Response("ok\n"));
    const error: unknown = await new ServerApi([]).get("groups").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Unreached);
    expect(reach.value.away).toBe(true);
    const returns = reach.value.returns;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reach.value).toMatchObject({ away: false, returns: returns + 1 });
    expect(calls.map((call) => call.url)).toEqual(["/api/v1/groups", "/healthz", "/healthz"]);
    vi.useRealTimers();
  });
});

describe("a session", () => {
  it("is found again after a reload, or is not there", async () => {
    session.set({ phase: "starting" });
    answer(json(200, someSession));
    await resumeSession();
    expect(session.value).toEqual({ phase: "signed_in", session: someSession });
    answer(problem(401, "unauthenticated"));
    await resumeSession();
    expect(session.value).toEqual({ phase: "signed_out" });
  });
});

describe("a problem", () => {
  it("is made of what something else than the server answered, too", async () => {
    const error = await problemOf(new Response("<html>Bad gateway</html>", { status: 502, headers: { "content-type": "text/html" } }));
    expect(error.code).toBe("protocol_error");
    expect(error.problem.detail).toContain("502");
  });

  it("of a record that somebody changed is told apart from other conflicts", async () => {
    expect(wasChanged(await problemOf(problem(412, "conflict")))).toBe(true);
    expect(wasChanged(await problemOf(problem(409, "conflict")))).toBe(false);
  });

  it("carries how long to wait", async () => {
    expect((await problemOf(json(429, { code: "rate_limited", detail: "", remedy: "" }, { "retry-after": "7" }))).retryAfterSeconds).toBe(7);
  });
});

describe("the stream of events", () => {
  it("is read in whole messages, however it is cut", () => {
    const reader = new MessageReader();
    const text = ': comment\n\nid: 12\nevent: link_connected\ndata: {"a":\ndata: 1}\n\nid: 13\ndata: x\n\n';
    const found = [...text].flatMap((piece) => reader.push(piece));
    expect(found).toEqual([
      { id: "12", event: "link_connected", data: '{"a":\n1}' },
      { id: "13", event: "message", data: "x" },
    ]);
  });
});
