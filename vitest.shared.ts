import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** What every package's tests share: sources instead of builds, one graphql realm, room for a noisy machine. */
export default defineConfig({
  resolve: {
    conditions: ["source"],
    // CommonJS packages load graphql/index.js while Vite would pick index.mjs: two realms, and every instanceof fails.
    alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }],
  },
  ssr: { resolve: { conditions: ["source", "module", "node", "default"] } },
  test: {
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    passWithNoTests: true,
    reporters: ["default", fileURLToPath(new URL("scripts/results-reporter.mjs", import.meta.url))],
  },
});
