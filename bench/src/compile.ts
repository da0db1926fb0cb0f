import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "./failure.js";

const home = fileURLToPath(new URL("..", import.meta.url));

/** The path of one of our compiled programs, e.g. `load/main`. */
export function programOf(name: string): string {
  return join(home, "dist", `${name}.js`);
}

/** Compiles this package: a loader that compiles on the way keeps a process of its own beside each server, and would be measured too. */
export function compile(): void {
  const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  const args = [join(typescript, "bin", "tsc"), "-p", join(home, "tsconfig.build.json")];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Failure(`The benchmark does not compile:\n${stdout}`);
}
