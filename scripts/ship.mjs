import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";
import { Failure, main } from "./failure.mjs";
import { root } from "./prepare.mjs";
import { workspaces } from "./workspaces.mjs";

/**
 * `node scripts/ship.mjs <directory>`: copies what an installation runs from a clone that is built: of each package that the command
 * needs, its package.json and what its `files` name, by default `dist`; and the built page. Dependencies are installed beside it.
 */
await main(() => {
  const [to] = process.argv.slice(2);
  if (to === undefined) throw new Failure("Say where to: node scripts/ship.mjs <directory>");
  const all = new Map(workspaces().map((it) => [it.name, it.dir]));
  for (const [dir, { files = ["dist"] }] of needed(all, "@onrecord/cli"))
    for (const file of ["package.json", ...files]) ship(join(dir, file), resolve(to));
  ship(join("web", "dist"), resolve(to));
});

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
