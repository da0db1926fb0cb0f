import { AppError } from "@onrecord/core/errors";
import { createLogger } from "@onrecord/core/log";
import type { Beginning } from "../backup/manifest.js";
import { readPassphrase } from "../backup/passphrase.js";
import { progressOn } from "../backup/progress.js";
import { reachOwner } from "../backup/reach-owner.js";
import { findBackup } from "../backup/read-backup.js";
import { checkBackup, restoreBackup } from "../backup/restore-backup.js";
import { examineData } from "../doctor/examine-data.js";
import { readEnvironment } from "../env.js";
import { print, printJson, tell } from "../output.js";

/** What `onrecord restore` is told. */
export interface RestoreOptions {
  /** Only read it: whether it is whole, and what it holds. */
  readonly check?: boolean;
  readonly json?: boolean;
}

/**
 * `onrecord restore <file or directory>`: brings a backup into an empty database and its keys into the data directory, and holds everything there
 * against everything else, as `onrecord doctor --data` does. Exit code 1 where that finds something.
 */
export async function restore(path: string, { check, json }: RestoreOptions): Promise<void> {
  const { config, secrets } = readEnvironment();
  const file = await findBackup(path);
  const passphrase = await readPassphrase(secrets, { twice: false });
  const progress = progressOn(process.stderr);
  if (check) return say(await checkBackup(file, passphrase, progress), "is whole", json);
  await using owner = await reachOwner(config, secrets, createLogger(config.logLevel));
  const { adminUrl } = owner;
  const restored = await restoreBackup({ adminUrl, dataDir: config.dataDir, file, passphrase, progress });
  tell("It is there. Everything is held against everything else now …");
  const faults = await examineData(adminUrl, config, secrets, tell);
  for (const { subject, id, text } of faults) tell(`${subject} ${id ?? ""}  ${text}`);
  say(restored, "was restored", json);
  if (faults.length > 0)
    throw new AppError(
      "CONFLICT",
      `All of the backup was restored, and ${faults.length} things in it do not agree: they did not when it was made either. \`onrecord doctor --data\` lists them again.`,
    );
}

function say({ secrets: _, tables: __, ...told }: Beginning, what: string, json: boolean | undefined): void {
  const { at, counts } = told;
  if (json) printJson(told);
  else
    print(
      `The backup of ${at} ${what}: ${counts.documents} documents with ${counts.versions} versions, ${counts.entries} entries.`,
    );
}
