import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "@onrecord/core/errors";

/** What the data directory remembers of its Postgres between runs, in `postgres.json`. */
export interface State {
  readonly ownerPassword: string;
  readonly appPassword: string;
  /** The port of the last run: kept while it is free, so that a connection string in someone's editor stays good. */
  readonly port?: number;
  /** Where the database lies, seen from the data directory; absent until it has been initialised there. */
  readonly cluster?: string;
}

/** Reads the state; undefined in a new data directory. */
export async function readState(dataDir: string): Promise<State | undefined> {
  const path = stateFile(dataDir);
  const text = await readFile(path, "utf8").catch((err: NodeJS.ErrnoException) => {
    if (err.code === "ENOENT") return undefined;
    throw err;
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as State;
  } catch (cause) {
    throw new AppError("BAD_CONFIG", `${path} is damaged: it is not JSON. Put it back from a backup.`, {
      cause,
    });
  }
}

/** A state with new passwords. */
export function newState(): State {
  return {
    ownerPassword: randomBytes(24).toString("base64url"),
    appPassword: randomBytes(24).toString("base64url"),
  };
}

/** Replaces the state in one step, so that a power cut leaves the old or the new one and never half a password. */
export async function writeState(dataDir: string, state: State): Promise<void> {
  const path = stateFile(dataDir);
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(`${JSON.stringify(state, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncDirectory(dirname(path));
}

/** Makes renames in a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const dir = await open(path, "r");
  try {
    await dir.sync();
  } finally {
    await dir.close();
  }
}

function stateFile(dataDir: string): string {
  return join(dataDir, "postgres.json");
}
