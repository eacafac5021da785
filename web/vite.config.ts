import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` serves the pages from here and passes the API on to a running server: DAIKAN_SERVER=https://127.0.0.1:13291.
const server = process.env.DAIKAN_SERVER ?? "https://127.0.0.1:13291";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // Everything is a file of its own: the content security policy allows neither inline scripts nor data: in styles and fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: { "/api": { target: server, secure: false }, "/healthz": { target: server, secure: false } },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    css: false,
    server: { deps: { inline: [/@patternfly/] } },
  },
});
