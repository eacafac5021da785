import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` serves the pages from here and passes the API on to a running server: DAIKAN_SERVER=https://127.0.0.1:13291.
const server = process.env.DAIKAN_SERVER ?? "https://127.0.0.1:13291";
const proxy = { "/api": { target: server, secure: false }, "/healthz": { target: server, secure: false } };

// What daikand sends with every page (src/api/console_api.cpp), so that `vite preview` finds what it would refuse.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; " +
  "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // Everything is a file of its own: the content security policy allows neither inline scripts nor data: in styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy },
  preview: { proxy, headers: { "content-security-policy": policy } },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    css: false,
    server: { deps: { inline: [/@patternfly/] } },
  },
});
