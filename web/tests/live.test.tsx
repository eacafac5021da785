import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { session } from "../src/api/session";
import { useLive } from "../src/app/live";
import { PlaceProvider } from "../src/app/place";
import { usePolicyStatus } from "../src/pages/policies/status_page";

const event = (kind: string, sequence: number) =>
  `${sequence > 0 ? `id: ${sequence}\n` : ""}event: ${kind}\ndata: ${JSON.stringify({ sequence, at: "2026-11-26T10:00:00.000000Z", severity: "info", kind, message: "", secondary_id: null })}\n\n`;

/** The server: how often each address was asked, and what its stream of events tells. */
class Server {
  readonly asked: string[] = [];
  readonly #streams: ReadableStreamDefaultController<Uint8Array>[] = [];
  /** How long the status takes to be read. */
  statusMs = 0;

  readonly fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    if (url.endsWith("/events")) {
      const body = new ReadableStream<Uint8Array>({ start: (controller) => void this.#streams.push(controller) });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    }
    this.asked.push(url);
    if (this.statusMs > 0) await new Promise((resolve) => setTimeout(resolve, this.statusMs));
    if (init.signal?.aborted) throw new DOMException("aborted", "AbortError");
    return new Response(JSON.stringify({ items: [], counts: { in_force: 0, behind: 0, failed: 0, unknown: 0 } }), { headers: { "content-type": "application/json" } });
  };
  tell(text: string): void {
    for (const stream of this.#streams) stream.enqueue(new TextEncoder().encode(text));
  }
  count(of: string): number {
    return this.asked.filter((url) => url.includes(of)).length;
  }
}

let server: Server;
let client: QueryClient;
const groups = vi.fn(async () => []);

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) await vi.advanceTimersByTimeAsync(100);
}

async function show(): Promise<void> {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <PlaceProvider path={[]}>{children}</PlaceProvider>
    </QueryClientProvider>
  );
  renderHook(
    () => {
      useLive([]);
      useQuery({ queryKey: ["", "groups"], queryFn: groups });
      return usePolicyStatus();
    },
    { wrapper },
  );
  await pass(3000);
  server.asked.length = 0;
  groups.mockClear();
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  session.set({ phase: "signed_in", session: { id: "s", expires_at: "2026-11-24T09:33:00.000000Z", csrf_token: "csrf-1", account: { id: "a", name: "olga" } } });
  vi.stubGlobal("fetch", server.fetch);
});

afterEach(() => {
  client.clear();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the status of policies", () => {
  it("is read when the stream says that it has changed, and nothing else is", async () => {
    await show();
    await pass(30_000);
    expect(server.asked).toEqual([]); // nobody asks while nothing changes
    server.tell(event("policy_status_changed", 0));
    await pass(1000);
    expect(server.count("/policies/status")).toBe(1);
    expect(groups).not.toHaveBeenCalled();
  });

  it("is read once more after the last of many changes, and every two seconds while they come", async () => {
    await show();
    for (let second = 0; second < 10; ++second) {
      server.tell(event("policy_status_changed", 0));
      await pass(1000);
    }
    const during = server.count("/policies/status");
    expect(during).toBeGreaterThanOrEqual(4);
    expect(during).toBeLessThanOrEqual(6);
    server.tell(event("policy_status_changed", 0));
    await pass(3000);
    const after = server.count("/policies/status");
    expect(after).toBeGreaterThan(during);
    await pass(30_000);
    expect(server.count("/policies/status")).toBe(after);
  });

  it("is read less often where reading it takes long", async () => {
    server.statusMs = 2000;
    await show();
    for (let second = 0; second < 20; ++second) {
      server.tell(event("policy_status_changed", 0));
      await pass(1000);
    }
    expect(server.count("/policies/status")).toBeGreaterThanOrEqual(1);
    expect(server.count("/policies/status")).toBeLessThanOrEqual(3);
  });

  it("is read again with a link that goes up or down, and with every other change", async () => {
    await show();
    server.tell(event("secondary_added", 7));
    await pass(1000);
    expect(server.count("/policies/status")).toBe(1);
    expect(groups).toHaveBeenCalledTimes(1);
  });
});
