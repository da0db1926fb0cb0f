import { fileURLToPath } from "node:url";
import { defineConfig, mergeConfig } from "vitest/config";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** What every package's tests share: sources instead of builds, one graphql realm, room for a noisy machine. */
const shared = defineConfig({
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
    reporters: ["default", path("scripts/results-reporter.mjs")],
  },
});

export default shared;

/** For packages whose tests need a database: their run starts one Postgres, which every file copies databases from. */
export const withPostgres = mergeConfig(shared, {
  test: { globalSetup: path("packages/postgres/src/testing/global-setup.ts") },
});
