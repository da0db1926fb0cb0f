import { access, chmod, constants, realpath } from "node:fs/promises";
import { AppError } from "@onrecord/core/errors";
import { makeDirectory } from "@onrecord/core/make-directory";

/** Creates the data directory where it is missing and returns its real path; throws BAD_CONFIG where it cannot be written. */
export async function openDataDir(path: string): Promise<string> {
  try {
    const isNew = await makeDirectory(path);
    // Another OS user may have to pass through on its way to the database; the names in here stay hidden from it.
    if (isNew) await chmod(path, process.getuid?.() === 0 ? 0o711 : 0o700);
    await access(path, constants.W_OK | constants.X_OK);
    return await realpath(path);
  } catch (cause) {
    throw explainFileError(path, cause, { ...refusals, ENOENT: "nothing can be created there" });
  }
}

/** Turns a file system's refusal into the sentence an operator can act on; anything else comes back as it was. */
export function explainFileError(path: string, cause: unknown, sentences = refusals): unknown {
  if (!(cause instanceof Error && "code" in cause)) return cause;
  const why = sentences[String(cause.code)];
  if (why === undefined) return cause;
  if (why === full) return diskFull(path, cause);
  const below = "path" in cause && cause.path !== path ? ` (${cause.path})` : "";
  return new AppError(
    "BAD_CONFIG",
    `The data directory ${path} cannot be written: ${why}${below}. Set ONRECORD_DATA to a directory that this user may write to.`,
    { cause },
  );
}

/** The error for a disk with no room left under the given path. */
export function diskFull(path: string, cause?: unknown): AppError {
  return new AppError("BAD_CONFIG", `The disk that holds ${path} is full. Free some space and start again.`, {
    cause,
  });
}

const full = "the disk is full";
const refusals: Readonly<Record<string, string>> = {
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "it lies on a read-only file system",
  ENOTDIR: "a part of its path is a file, not a directory",
  EEXIST: "it is a file, not a directory",
  ELOOP: "its symbolic links lead in a circle",
  ENAMETOOLONG: "its path is too long",
  ENOSPC: full,
  EDQUOT: full,
};
