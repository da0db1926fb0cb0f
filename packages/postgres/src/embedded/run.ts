import { spawn } from "node:child_process";
import { once } from "node:events";

/** An OS user by number: what a child process is started as. */
export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

/** How a program ended. `code` is its exit code, an errno name where it could not be started, or the signal that ended it. */
export interface Ending {
  readonly code: number | string;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Runs a program to its end, as another user if one is given (which only root may do); never throws. */
export async function run(file: string, args: readonly string[], user?: OsUser): Promise<Ending> {
  const said: string[] = [];
  try {
    const child = spawn(file, args, {
      ...identity(user),
      ...surroundings,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => said.push(text));
    }
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return { code: code ?? signal ?? "unknown", output: said.join("") };
  } catch (err) {
    // Node throws some refusals of the system at once (EPERM) and reports others later (ENOENT).
    return {
      code: err instanceof Error && "code" in err ? String(err.code) : String(err),
      output: said.join(""),
    };
  }
}

/** The spawn options that start a child as the given user. */
export function identity(user: OsUser | undefined): { uid?: number; gid?: number } {
  // macOS gives `nobody` the id 2^32 - 2, which Node wants as the signed number.
  return user ? { uid: user.uid | 0, gid: user.gid | 0 } : {};
}

/**
 * The same for every child: a directory that every user may enter, English messages (some are recognised), and none of
 * our environment, which holds secrets that Postgres has no use for.
 */
export const surroundings = {
  cwd: "/",
  env: { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", TZ: "UTC" },
};
