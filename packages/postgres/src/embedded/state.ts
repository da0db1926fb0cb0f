import { randomBytes } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type LoginName, loginNames } from "@onrecord/core/config";
import { AppError } from "@onrecord/core/errors";

/** What the data directory remembers of its Postgres between runs, in `postgres.json`. */
export interface State {
  readonly ownerPassword: string;
  readonly appPassword: string;
  /** Of the services' logins; absent in what builds wrote that had one login for all. */
  readonly passwords?: Readonly<Record<LoginName, string>>;
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
export function newState(): WholeState {
  return whole({ ownerPassword: newPassword(), appPassword: newPassword() });
}

/** A state in which every service has a password. */
export type WholeState = State & Required<Pick<State, "passwords">>;

/** The state with a new password for each service that has none yet. */
export function whole(state: State): WholeState {
  const passwords = loginNames.map((name) => [name, state.passwords?.[name] ?? newPassword()]);
  return { ...state, passwords: Object.fromEntries(passwords) };
}

function newPassword(): string {
  return randomBytes(24).toString("base64url");
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
