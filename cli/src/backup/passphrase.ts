import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Secrets } from "@onrecord/core/config";
import { AppError } from "@onrecord/core/errors";
import { tell } from "../output.js";

/** A backup holds everything: whoever finds it has all the time in the world to guess. */
const SHORTEST = 12;

/** The passphrase of a backup: from a file, the environment or the terminal, and never from an argument, which every user of the machine can see. */
export async function readPassphrase(
  { backupPassphrase, backupPassphraseFile }: Pick<Secrets, "backupPassphrase" | "backupPassphraseFile">,
  { twice }: { twice: boolean },
): Promise<string> {
  const passphrase = await find();
  if (passphrase.length < SHORTEST)
    throw new AppError("BAD_CONFIG", `A backup's passphrase has at least ${SHORTEST} characters.`);
  return passphrase;

  async function find(): Promise<string> {
    if (backupPassphraseFile !== undefined) return firstLine(backupPassphraseFile);
    if (backupPassphrase !== undefined) return backupPassphrase;
    if (!process.stdin.isTTY)
      throw new AppError(
        "BAD_CONFIG",
        "A backup is sealed with a passphrase: set ONRECORD_BACKUP_PASSPHRASE_FILE to a file that holds it, or ONRECORD_BACKUP_PASSPHRASE.",
      );
    const typed = await ask("Passphrase of the backup: ");
    if (twice && (await ask("Once more: ")) !== typed)
      throw new AppError("BAD_CONFIG", "These two differ; begin again.");
    return typed;
  }
}

async function firstLine(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new AppError(
      "BAD_CONFIG",
      `ONRECORD_BACKUP_PASSPHRASE_FILE cannot be read: ${path} (${cause.code}).`,
      { cause },
    );
  });
  return text.split(/\r?\n/, 1)[0]!;
}

/** Asks on the terminal without showing what is typed. */
async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("SIGINT", () => reject(new AppError("BAD_CONFIG", "Nothing was done.")));
    });
  } finally {
    lines.close();
    tell("");
  }
}
