import { createHash } from "node:crypto";
import { access, chmod, rename, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import { makeDirectory } from "@onrecord/core/make-directory";
import { type OsUser, run } from "./run.js";
import type { State } from "./state.js";

/** Where root keeps what Postgres's OS user cannot reach in its usual place. */
export const shared = "/var/lib/onrecord";

/** The directory outside the data directory that stands in for it where Postgres's OS user cannot enter. */
export function standIn(dataDir: string): string {
  return join(shared, createHash("sha256").update(dataDir).digest("hex").slice(0, 12));
}

/** Creates the stand-in, and lets every user pass through it whatever the umask says. */
async function openStandIn(dataDir: string): Promise<string> {
  const dir = standIn(dataDir);
  await makeDirectory(dir);
  await chmod(shared, 0o755);
  await chmod(dir, 0o755);
  return dir;
}

/** The places where the database of a data directory may lie already, likeliest first. */
export function possibleClusters(dataDir: string, state: State | undefined): string[] {
  const known = state?.cluster === undefined ? [] : [resolve(dataDir, state.cluster)];
  return [...known, join(dataDir, "postgres"), join(standIn(dataDir), "postgres")];
}

/** Decides where the database lies or will lie. Never picks a fresh place while an older one may hold data. */
export async function chooseCluster(
  dataDir: string,
  state: State | undefined,
  user: OsUser | undefined,
): Promise<string> {
  const inside = join(dataDir, "postgres");
  if (state?.cluster !== undefined) {
    const known = resolve(dataDir, state.cluster);
    if (await isCluster(known)) return mustEnter(known, user);
    throw new AppError(
      "BAD_CONFIG",
      `The database of ${dataDir} is gone: it should be in ${known}. Put it back from a backup, or remove ${dataDir} to begin anew.`,
    );
  }
  if (await isCluster(inside)) {
    if (state) return mustEnter(inside, user);
    throw new AppError(
      "BAD_CONFIG",
      `${dataDir} holds a database but not the postgres.json with its passwords. Put that file back from a backup.`,
    );
  }
  if (!user || (await canEnter(dataDir, user))) return inside;

  return join(await openStandIn(dataDir), "postgres");
}

/** Moves a stand-in's database away whose data directory was removed, and the keys with it: unreadable, yet not ours to delete. */
export async function setAside(cluster: string, log: Logger): Promise<void> {
  if (!(await isCluster(cluster))) return;
  const aside = `${cluster}.before-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
  await rename(cluster, aside);
  log.warn({ aside }, "the database of a removed data directory was set aside");
}

/** Tells people who look into the data directory where the database went. */
export async function noteStandIn(dataDir: string, cluster: string, log: Logger): Promise<void> {
  if (!relative(dataDir, cluster).startsWith("..")) return;
  const sentence = `The database of ${dataDir} is kept in ${cluster}, because the user that Postgres runs as may not enter ${dataDir}.`;
  await writeFile(join(dataDir, "WHERE-IS-POSTGRES.txt"), `${sentence}\n`);
  log.warn({ dataDir, cluster }, sentence);
}

async function mustEnter(cluster: string, user: OsUser | undefined): Promise<string> {
  if (!user || (await canEnter(cluster, user))) return cluster;
  throw new AppError(
    "BAD_CONFIG",
    `The user ${user.uid}, whom Postgres runs as, may not enter ${cluster}. Let it pass the directories above (chmod o+x), or own it (chown).`,
  );
}

/** Whether a user may pass every directory down to this one; the kernel answers, so access lists count too. */
export async function canEnter(dir: string, user: OsUser): Promise<boolean> {
  return (await run("/bin/sh", ["-c", 'cd -- "$0"', dir], user)).code === 0;
}

/** Whether a database was completely initialised here. */
export async function isCluster(dir: string): Promise<boolean> {
  try {
    await access(join(dir, "PG_VERSION"));
    return true;
  } catch (err) {
    const code = err instanceof Error && "code" in err ? err.code : undefined;
    if (code === "ENOENT") return false;
    if (code !== "EACCES") throw err;
    throw new AppError(
      "BAD_CONFIG",
      `The database in ${dir} belongs to another OS user. Start Onrecord as that user or as root, or set ONRECORD_DATA to another directory.`,
      { cause: err },
    );
  }
}
