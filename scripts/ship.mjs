import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { Failure, main } from "./failure.mjs";
import { root } from "./prepare.mjs";
import { workspaces } from "./workspaces.mjs";

/** Runs the command under the Node of the PATH, from wherever it is called. */
const LAUNCHER = `#!/bin/sh
app=$(dirname "$(dirname "$(readlink -f "$0")")")
exec node $(cat "$app/cli/node-flags.txt") "$app/cli/dist/main.js" "$@"
`;

/**
 * `node scripts/ship.mjs <directory>`: copies what an installation runs from a clone that is built: of each package that the command
 * needs, its package.json and what its `files` name, by default `dist`; the built page; `bin/onrecord`; and the commit in `commit.txt`. With `--install` the documentation
 * goes along and the dependencies are installed there too, by the lock file.
 */
await main(async () => {
  const [directory] = process.argv.slice(2).filter((word) => word !== "--install");
  if (directory === undefined)
    throw new Failure("Say where to: node scripts/ship.mjs [--install] <directory>");
  const to = resolve(directory);
  const all = new Map(workspaces().map((it) => [it.name, it.dir]));
  for (const [dir, { files = ["dist"] }] of needed(all, "@onrecord/cli"))
    for (const file of ["package.json", ...files]) ship(join(dir, file), to);
  ship(join("web", "dist"), to);
  ship("LICENSE", to);
  await writeCommit(to);
  mkdirSync(join(to, "bin"), { recursive: true });
  writeFileSync(join(to, "bin", "onrecord"), LAUNCHER, { mode: 0o755 });
  if (!process.argv.includes("--install")) return;
  // For whoever operates the machine; units name them.
  ship("docs", to);
  for (const dir of all.values()) ship(join(dir, "package.json"), to);
  for (const file of ["package.json", "package-lock.json", ".npmrc"]) ship(file, to);
  const args = ["ci", "--omit=dev", "--workspace=@onrecord/cli", "--loglevel=error"];
  const { status } = spawnSync("npm", args, { cwd: to, stdio: "inherit" });
  if (status !== 0) throw new Failure(`npm could not install the dependencies in ${to}.`);
});

/** What is shipped is no clone that could be asked for its commit: it stands in a file. Nothing where there is no clone here either. */
async function writeCommit(to) {
  const { checkedOut } = await import(pathToFileURL(join(root, "cli", "dist", "commit.js")));
  const commit = checkedOut(root);
  if (commit !== undefined) writeFileSync(join(to, "commit.txt"), `${commit}\n`);
}

/** A package and those of ours that it needs when it runs: directory and manifest of each. */
function needed(all, name, found = new Map()) {
  const dir = all.get(name);
  if (dir === undefined || found.has(dir)) return found;
  const manifest = JSON.parse(readFileSync(join(root, dir, "package.json"), "utf8"));
  found.set(dir, manifest);
  for (const dependency of Object.keys(manifest.dependencies ?? {})) needed(all, dependency, found);
  return found;
}

function ship(path, to) {
  const from = join(root, path);
  if (!existsSync(from)) throw new Failure(`${path} is not there: run \`npm run build\` first.`);
  mkdirSync(join(to, path, ".."), { recursive: true });
  cpSync(from, join(to, path), { recursive: true, filter: runs });
}

/** Declarations are for compilers; what is called testing or fixtures, for tests. */
function runs(path) {
  const inside = path.slice(root.length).split(sep);
  return !basename(path).endsWith(".d.ts") && !inside.includes("testing") && !inside.includes("fixtures");
}
