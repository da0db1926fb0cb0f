import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { main } from "./failure.mjs";
import { environment, prepare, root } from "./prepare.mjs";
import { resultsFile } from "./results-reporter.mjs";
import { summarise } from "./summary.mjs";
import { testHost } from "./test-host.mjs";
import { select, workspaces } from "./workspaces.mjs";

/**
 * `npm test`: every check and every test, then a summary. Arguments name packages to narrow it to; those that begin with
 * `--` go to Turborepo (`npm test -- --force` runs again what has not changed since it last passed).
 */
await main(async () => {
  const node = await prepare();
  const names = process.argv.slice(2).filter((arg) => !arg.startsWith("--"));
  const flags = process.argv.slice(2).filter((arg) => arg.startsWith("--"));
  const all = workspaces();
  const chosen = select(all, names);
  const filters = names.length > 0 ? chosen.map(({ name }) => `--filter=${name}`) : [];
  const turbo = (task, ...more) => [
    "turbo",
    "run",
    task,
    "--continue=dependencies-successful",
    "--log-order=grouped",
    ...filters,
    ...flags,
    ...more,
  ];

  const env = { ...environment(node), ONRECORD_TEST_HOST: testHost() };
  // Turborepo would have its tasks colour what goes into a file, too.
  if (!process.stdout.isTTY && !env.FORCE_COLOR) env.NO_COLOR = "1";
  const checks = [];
  const check = async (name, command) => checks.push({ name, passed: await step(name, command, env) });

  await check("Lint", ["biome", "check", ...(names.length > 0 ? chosen.map(({ dir }) => dir) : ["."])]);
  await check("Types", turbo("typecheck", "--output-logs=errors-only"));
  if (chosen.some(({ dir }) => dir === "schema"))
    await check("Schema", ["npm", "run", "check", "-w", "@onrecord/schema"]);
  await check("Build", turbo("build", "--output-logs=errors-only"));

  for (const { dir } of chosen) rmSync(join(root, dir, resultsFile), { force: true });
  // One package at a time: many tests start servers and databases of their own.
  const testsPassed = await step("Tests", turbo("test", "--concurrency=1"), env);
  process.exitCode = summarise({ checks, packages: chosen, testsPassed });
});

/** Runs one command under a heading, its output shown as it comes; resolves with whether it succeeded. */
function step(name, [file, ...args], env) {
  process.stdout.write(`\n=== ${name}: ${[file, ...args].join(" ")}\n`);
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, env, stdio: "inherit" });
    child.on("error", (err) => {
      process.stdout.write(`${file} could not be run: ${err.message}\n`);
      resolve(false);
    });
    child.on("close", (code) => resolve(code === 0));
  });
}
