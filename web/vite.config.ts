// How the page is built: hashed files under assets/, nothing inline, since the service's content policy allows none.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const service = process.env.SLIMREEL_SERVICE ?? "http://127.0.0.1:8000";
const paths = ["/api", "/run_sse", "/files", "/health", "/docs", "/openapi.json"];

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: process.env.SLIMREEL_WEB_OUT ?? "../src/slimreel/data/web",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    reportCompressedSize: false,
  },
  server: { proxy: Object.fromEntries(paths.map((path) => [path, service])) },
});
