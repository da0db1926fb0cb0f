import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const TABLE = /\bdocuments\.(head|batch|change|checkpoint|client|version_name|shredded)\b/;
const OWN = "packages/history/src/";
/** Tests, and what they are made with, look behind the record's back on purpose. */
const BEHIND = /\.test\.tsx?$|\/testing\/|^(test|bench)\//;

it("history's tables are named by no other package", () => {
  const sources = globSync(["*/src/**/*.{ts,tsx}", "{packages,subgraphs}/*/src/**/*.{ts,tsx}"], {
    cwd: root,
  });
  const naming = sources.filter(
    (path) => !BEHIND.test(path) && TABLE.test(readFileSync(join(root, path), "utf8")),
  );
  // Or nothing was looked at.
  expect(naming).toContain(`${OWN}store/heads.ts`);
  expect(naming.filter((path) => !path.startsWith(OWN))).toEqual([]);
});
