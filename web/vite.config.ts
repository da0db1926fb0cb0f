import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, type ProxyOptions } from "vite";

const server = "http://127.0.0.1:4000";
const door: ProxyOptions = { target: server, ws: true };

/** Writes a compressed copy beside every asset that is worth it, so that the gateway compresses nothing while it serves. */
function compressedCopies(): Plugin {
  let root = "dist";
  return {
    name: "compressed-copies",
    apply: "build",
    configResolved: ({ build }) => {
      root = build.outDir;
    },
    closeBundle() {
      for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|svg|html)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        if (bytes.length > 1024)
          writeFileSync(`${path}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
      }
    },
  };
}

/** Builds the app to dist/, which the gateway serves; in development Vite serves it and passes the rest to the gateway. */
export default defineConfig({
  plugins: [react(), compressedCopies()],
  resolve: {
    // Workspace packages are compiled from their sources, so that the page never shows an older build of them.
    conditions: ["source", "module", "browser", "development|production"],
    // Two copies of any of these break `instanceof` checks inside the editor.
    dedupe: ["yjs", "@tiptap/core", "@tiptap/pm", "react", "react-dom"],
  },
  // No source maps: they would be served to everybody, and who may read the sources has them.
  build: { target: "es2023", sourcemap: false, chunkSizeWarningLimit: 800 },
  server: { proxy: { "/graphql": door, "/collab": door, "/auth": door, "/download": door } },
});
