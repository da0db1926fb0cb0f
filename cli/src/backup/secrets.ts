import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@onrecord/core/errors";
import { keepFile } from "@onrecord/core/kept-file";

/** The files of a data directory without which a restored database would not open. Passwords of the database are not among them: a new one gets new ones. */
const FILES = ["keys.json", "service.secret"] as const;

/** What of them there is. With a key provider elsewhere, or a configured secret, a file is missing and its content is not ours to keep. */
export async function readSecrets(dataDir: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of FILES) {
    const text = await readFile(join(dataDir, name), "utf8").catch(unlessMissing);
    if (text !== undefined) found[name] = text;
  }
  return found;
}

/** Fails when the data directory holds other secrets than these: they may be all that opens another database. */
export async function mustNotDiffer(
  dataDir: string,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  const there = await readSecrets(dataDir);
  for (const name of FILES)
    if (there[name] !== undefined && secrets[name] !== undefined && there[name] !== secrets[name])
      throw new AppError(
        "CONFLICT",
        `${join(dataDir, name)} is not the backup's: move it to a safe place, or restore into another data directory (ONRECORD_DATA).`,
      );
}

/** Puts them where they are missing, for this user's eyes only. */
export async function writeSecrets(
  dataDir: string,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  for (const name of FILES)
    if (secrets[name] !== undefined) await keepFile(join(dataDir, name), secrets[name]);
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT") return undefined;
  throw new AppError(
    "BAD_CONFIG",
    `${error.path} cannot be read (${error.code}): run this as the user that Onrecord runs as.`,
    {
      cause: error,
    },
  );
}
