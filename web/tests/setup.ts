import { webcrypto } from "node:crypto";

import { afterEach, vi } from "vitest";
import { cleanup } from "@testing-library/react";

// What jsdom lacks and the pages use.
window.matchMedia ??= ((query: string) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} })) as unknown as typeof window.matchMedia;
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
} as unknown as typeof ResizeObserver;
// What Debian 12's Node 18 keeps in its module, and every browser has.
if (!("crypto" in globalThis) || !globalThis.crypto.subtle) Object.defineProperty(globalThis, "crypto", { value: webcrypto });

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});
