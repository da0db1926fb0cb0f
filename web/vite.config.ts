import react from "@vitejs/plugin-react";
import { defineConfig, type ProxyOptions } from "vite";

const server = "http://127.0.0.1:4000";
const door: ProxyOptions = { target: server, ws: true };

/** Builds the app to dist/, which the gateway serves; in development Vite serves it and passes the rest to the gateway. */
export default defineConfig({
  plugins: [react()],
  resolve: {
    // Workspace packages are compiled from their sources, so that the page never shows an older build of them.
    conditions: ["source", "module", "browser", "development|production"],
    // Two copies of any of these break `instanceof` checks inside the editor.
    dedupe: ["yjs", "@tiptap/core", "@tiptap/pm", "@tiptap/y-tiptap", "react", "react-dom"],
  },
  build: { target: "es2023", sourcemap: true, chunkSizeWarningLimit: 800 },
  server: { proxy: { "/graphql": door, "/collab": door, "/auth": door, "/download": door } },
});
