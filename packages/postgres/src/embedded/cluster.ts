import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AppError } from "@onrecord/core/errors";
import type { Binaries } from "./binaries.js";
import { diskFull } from "./data-dir.js";
import { isCluster } from "./place.js";
import { type OsUser, run } from "./run.js";
import { syncDirectory } from "./state.js";

/** The login that owns everything; migrations use it, and nothing else does. */
export const ownerRole = "onrecord_owner";

/** Full-text search asks the system's locale what a letter is; without one, Chinese and typographic marks count as letters. */
const characterTypes = ["C.UTF-8", "en_US.UTF-8", "C"] as const;

/** Sees to it that the directory holds a database of this Postgres's major version, initialising one where there is none. */
export async function ensureCluster(
  cluster: string,
  options: { binaries: Binaries; user: OsUser | undefined; ownerPassword: string; durable: boolean },
): Promise<void> {
  await removeUnfinished(cluster);
  if (!(await isCluster(cluster))) return initialise(cluster, options);

  const theirs = (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  const ours = major(options.binaries);
  if (theirs === String(ours)) return;
  throw new AppError(
    "BAD_CONFIG",
    `The database in ${cluster} was made by Postgres ${theirs}, and this Onrecord brings Postgres ${ours}. ` +
      "Start it with the Onrecord that made it, back it up there, and restore the backup here.",
  );
}

/**
 * Initialises beside the final place and renames when everything is on disk: a database either is there whole or is not.
 * Each attempt has a directory of its own, since the initdb of a killed process may still be writing into the last one.
 */
async function initialise(
  cluster: string,
  options: { binaries: Binaries; user: OsUser | undefined; ownerPassword: string; durable: boolean },
): Promise<void> {
  const { binaries, user, durable } = options;
  const attempt = `${cluster}.new-${process.pid}-${Date.now()}`;
  const passwordFile = `${attempt}.password`;
  try {
    await mkdir(attempt, { mode: 0o700 });
    await writeFile(passwordFile, options.ownerPassword, { mode: 0o600 });
    if (user) for (const path of [attempt, passwordFile]) await chown(path, user.uid, user.gid);

    const flags = [
      `--pgdata=${attempt}`,
      `--username=${ownerRole}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      // Postgres's own collation sorts alike on every machine; ICU's are there for queries that ask by name.
      "--locale=C",
      // Before 17 there was none, and C sorts alike, too.
      ...(major(binaries) >= 17 ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] : []),
      "--no-instructions",
      ...(durable ? [] : ["--no-sync"]),
    ];
    const initdb = (ctype: string) =>
      run(join(binaries.root, "bin", "initdb"), [...flags, `--lc-ctype=${ctype}`], user);
    let ending = await initdb(characterTypes[0]);
    for (const ctype of characterTypes.slice(1)) {
      if (!/invalid locale name/.test(ending.output)) break;
      ending = await initdb(ctype);
    }
    if (ending.code !== 0) throw explain(cluster, ending.output.trim() || String(ending.code));
    await rename(attempt, cluster);
    if (durable) await syncDirectory(dirname(cluster));
  } catch (cause) {
    await rm(attempt, { recursive: true, force: true });
    if (cause instanceof Error && "code" in cause && cause.code === "ENOTEMPTY") {
      throw new AppError(
        "BAD_CONFIG",
        `${cluster} holds files that are not a database. Move them away and start again.`,
        { cause },
      );
    }
    throw cause;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function major({ version }: Binaries): number {
  return Number.parseInt(version, 10);
}

/** Removes what interrupted attempts left; one that is still being written to is left to a later start. */
async function removeUnfinished(cluster: string): Promise<void> {
  const parent = dirname(cluster);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${basename(cluster)}.new-`)) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function explain(cluster: string, output: string): AppError {
  if (/No space left on device|Disk quota exceeded/.test(output)) return diskFull(cluster);
  const fault =
    output.split("\n").findLast((line) => /error:|FATAL:|PANIC:/.test(line)) ?? output.split("\n").at(-1);
  return new AppError(
    "BAD_CONFIG",
    `Postgres could not initialise its database in ${cluster}: ${fault?.trim()}`,
    { cause: output },
  );
}
