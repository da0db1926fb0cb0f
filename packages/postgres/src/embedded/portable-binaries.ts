import { randomUUID } from "node:crypto";
import { chmod, cp, mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import { type Binaries, runs } from "./binaries.js";
import { shared } from "./place.js";
import type { OsUser } from "./run.js";

/**
 * The same build where the given user can run it: where npm put it, or a copy, made once for every data directory of the
 * machine, for when npm put it under a directory like /root that other users may not enter.
 */
export async function reachableBinaries(
  binaries: Binaries,
  user: OsUser | undefined,
  log: Logger,
): Promise<Binaries> {
  if (!user || (await runs(binaries, user))) return binaries;

  const copy = { root: join(shared, `postgresql-${binaries.version}`), version: binaries.version };
  if (await runs(copy, user)) return copy;

  await mkdir(shared, { recursive: true });
  await chmod(shared, 0o755);
  const attempt = `${copy.root}.new-${randomUUID()}`;
  try {
    await cp(binaries.root, attempt, { recursive: true, verbatimSymlinks: true });
    await letEveryoneRead(attempt);
    // Another start may have been quicker; then there is a good copy in the way, and the check below finds it.
    await rename(attempt, copy.root).catch(() => undefined);
  } finally {
    await rm(attempt, { recursive: true, force: true });
  }
  log.info({ from: binaries.root, to: copy.root }, "copied postgres to where its os user may run it");
  if (await runs(copy, user)) return copy;
  throw new AppError(
    "BAD_CONFIG",
    `The user ${user.uid} cannot run Postgres in ${copy.root}; start Onrecord as an ordinary user, or set DATABASE_URL.`,
  );
}

/** A umask of 077 at install time left every file to its owner alone. */
async function letEveryoneRead(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await letEveryoneRead(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}
