import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./prepare.mjs";
import { resultsFile } from "./results-reporter.mjs";

/** Prints what passed, failed and was skipped, package by package, and returns the exit code. Tests count; so does a check that fails. */
export function summarise({ checks, packages, testsPassed }) {
  const rows = packages.filter(({ hasTests }) => hasTests).map(({ dir }) => ({ dir, ...readResults(dir) }));
  const failedChecks = checks.filter(({ passed }) => !passed).map(({ name }) => name);
  // The task failed though every test passed: the run itself broke.
  if (!testsPassed && rows.every(({ failed }) => failed.length === 0)) failedChecks.push("Tests");

  print("\n=== Summary");
  for (const { name, passed } of checks) print(`${name.padEnd(28)} ${passed ? "passed" : "FAILED"}`);
  print(`\n${"package".padEnd(28)} ${"passed".padStart(7)} ${"failed".padStart(7)} ${"skipped".padStart(7)}`);
  for (const { dir, passed, failed, skipped } of rows) {
    print(
      `${dir.padEnd(28)} ${[passed, failed.length, skipped.length].map((count) => String(count).padStart(7)).join(" ")}`,
    );
  }
  list(
    "Failed",
    rows.flatMap(({ dir, failed }) => failed.map((name) => `${dir}: ${name}`)).concat(failedChecks),
  );
  list(
    "Skipped",
    rows.flatMap(({ dir, skipped }) => skipped.map(({ name, reason }) => `${dir}: ${name}: ${reason}`)),
  );

  const count = (kind) => rows.reduce((sum, row) => sum + row[kind].length, 0);
  const passed = rows.reduce((sum, row) => sum + row.passed, 0);
  const failed = count("failed") + failedChecks.length;
  print(`\n${passed} passed, ${failed} failed, ${count("skipped")} skipped`);
  return failed === 0 ? 0 : 1;
}

function readResults(dir) {
  try {
    return JSON.parse(readFileSync(join(root, dir, resultsFile), "utf8"));
  } catch {
    return { passed: 0, failed: ["the tests did not run to their end"], skipped: [] };
  }
}

function list(heading, lines) {
  if (lines.length > 0) print(`\n${heading}:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}

function print(text) {
  process.stdout.write(`${text}\n`);
}
