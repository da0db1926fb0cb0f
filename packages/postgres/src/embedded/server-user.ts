import { stat } from "node:fs/promises";
import { AppError } from "@onrecord/core/errors";
import { type OsUser, run } from "./run.js";

/**
 * Whom Postgres runs as. It refuses to be root, so root starts it as whoever owns the database already, else as the OS user
 * `postgres`, else as `nobody`. Undefined when we are an ordinary user: then it runs as ourselves.
 */
export async function findServerUser(clusters: readonly string[]): Promise<OsUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const user = (await ownerOf(clusters)) ?? (await lookUp("postgres")) ?? (await lookUp("nobody"));
  if (!user) {
    throw new AppError(
      "BAD_CONFIG",
      "Postgres refuses to run as root, and this system has neither a user postgres nor nobody; start Onrecord as an ordinary user.",
    );
  }
  const trial = await run("/bin/sh", ["-c", ":"], user);
  if (trial.code !== 0) {
    throw new AppError(
      "BAD_CONFIG",
      `Postgres refuses to run as root, and this root may not become the user ${user.uid} (${trial.code}); start Onrecord as an ordinary user.`,
    );
  }
  return user;
}

async function ownerOf(directories: readonly string[]): Promise<OsUser | undefined> {
  for (const directory of directories) {
    const owner = await stat(directory).catch(() => undefined);
    if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  return undefined;
}

/** Asks `id` rather than /etc/passwd: users may live in a directory service, and on macOS they do. */
async function lookUp(name: string): Promise<OsUser | undefined> {
  const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  return { uid: Number(uid.output.trim()), gid: Number(gid.output.trim()) };
}
