import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.mjs";
import { root } from "./prepare.mjs";

/** The packages of the repository: name, directory seen from the root, and whether they have tests. */
export function workspaces() {
  const { workspaces: patterns } = readJson(join(root, "package.json"));
  const dirs = patterns.flatMap((pattern) => {
    if (!pattern.endsWith("/*")) return [pattern];
    const parent = pattern.slice(0, -2);
    return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
  });
  return dirs
    .filter((dir) => existsSync(join(root, dir, "package.json")))
    .map((dir) => ({ dir, name: readJson(join(root, dir, "package.json")).name, hasTests: hasTests(dir) }));
}

/** The workspaces that the given names mean: a package's name, that name without its scope, or its directory. */
export function select(all, names) {
  const chosen = names.map((wanted) => {
    const name = wanted.replace(/^\.\//, "").replace(/\/$/, "");
    const found = all.find((it) =>
      [it.name, it.name.replace(/^@[^/]+\//, ""), it.dir, it.dir.split("/").at(-1)].includes(name),
    );
    if (!found)
      throw new Failure(`There is no package ${wanted}. Packages: ${all.map(({ dir }) => dir).join(", ")}.`);
    return found;
  });
  return chosen.length > 0 ? [...new Set(chosen)] : all;
}

function hasTests(dir) {
  const sources = join(root, dir, "src");
  return (
    existsSync(sources) &&
    readdirSync(sources, { recursive: true }).some((name) => /\.test\.tsx?$/.test(String(name)))
  );
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
