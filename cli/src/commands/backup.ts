import { createLogger } from "@onrecord/core/log";
import { readPassphrase } from "../backup/passphrase.js";
import { megabytes, progressOn } from "../backup/progress.js";
import { reachOwner } from "../backup/reach-owner.js";
import { writeBackup } from "../backup/write-backup.js";
import { print, printJson, tell } from "../output.js";
import { readOperated } from "../place.js";

/** `onrecord backup --out <file or directory>`: everything as it is at one moment, while people work on, sealed into one file. */
export async function backup({ out, json }: { out: string; json?: boolean }): Promise<void> {
  const { config, secrets } = readOperated();
  const passphrase = await readPassphrase(secrets, { twice: true });
  await using owner = await reachOwner(config, secrets, createLogger(config.logLevel));
  const written = await writeBackup({
    adminUrl: owner.adminUrl,
    dataDir: config.dataDir,
    out,
    passphrase,
    progress: progressOn(process.stderr),
  });
  const { file, bytes, at, counts } = written;
  tell(
    `${counts.documents} documents with ${counts.versions} versions and ${counts.entries} entries, as of ${at}: ${megabytes(bytes)}.`,
  );
  if (json) printJson(written);
  else print(file);
}
