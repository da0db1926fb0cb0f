import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "@onrecord/core/errors";
import { explainFileError } from "./data-dir.js";

/**
 * Holds a directory for this process alone; throws CONFLICT while another holds it.
 *
 * Node has no flock of its own, but SQLite takes the same kind of lock on its file. The kernel drops it however the
 * process ends, and it holds between containers that share the volume: a pid file does neither.
 */
export function lockDirectory(dir: string): Disposable {
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(join(dir, "instance.lock"), { timeout: 0 });
    file.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    file?.close();
    throw explain(dir, cause);
  }
  const held = file;
  return { [Symbol.dispose]: () => held.close() };
}

/** SQLite's result codes: https://www.sqlite.org/rescode.html */
const busy = 5;
const refusals: Readonly<Record<number, string>> = { 8: "EROFS", 13: "ENOSPC", 14: "EACCES" };

function explain(dir: string, cause: unknown): unknown {
  const code = cause instanceof Error && "errcode" in cause ? Number(cause.errcode) & 0xff : undefined;
  if (code === busy) {
    return new AppError(
      "CONFLICT",
      `Another Onrecord is already running on ${dir}. Stop it first, or set ONRECORD_DATA to another directory.`,
      { cause },
    );
  }
  const errno = code === undefined ? undefined : refusals[code];
  return errno ? explainFileError(dir, Object.assign(new Error(errno, { cause }), { code: errno })) : cause;
}
