import { AppError } from "@onrecord/core/errors";
import { beginEra } from "@onrecord/ledger/era";
import { nameOf } from "@onrecord/postgres/backup/kept-tables";
import { loadDatabase } from "@onrecord/postgres/backup/load";
import { countLines } from "./count-lines.js";
import type { Beginning } from "./manifest.js";
import type { Progress } from "./progress.js";
import { BackupReader } from "./read-backup.js";
import { mustNotDiffer, writeSecrets } from "./secrets.js";

/**
 * Brings a backup into an empty database and its keys into the data directory. All of the database is one transaction: what is torn, altered
 * or does not fit leaves nothing behind. The keys come before its commit, so that nothing is ever there that they do not open.
 */
export async function restoreBackup(request: {
  readonly adminUrl: string;
  readonly dataDir: string;
  readonly file: string;
  readonly passphrase: string;
  readonly progress: Progress;
}): Promise<Beginning> {
  const { adminUrl, dataDir, file, passphrase, progress } = request;
  await using reader = await BackupReader.open(file, passphrase);
  const { beginning } = reader;
  await mustNotDiffer(dataDir, beginning.secrets);
  await loadDatabase(adminUrl, beginning, async (load) => {
    for (const table of beginning.tables) {
      const name = nameOf(table);
      const kept = await load.rows(
        table,
        told(reader.rows(table), (bytes) => progress.add(name, bytes)),
      );
      if (kept !== reader.part.rows)
        throw new AppError(
          "INTERNAL",
          `${name} has ${reader.part.rows} rows in the backup, and ${kept} were kept: nothing was restored.`,
        );
    }
    await load.finish((await reader.ending()).sequences);
    await beginEra(load.sql, beginning.place);
    await writeSecrets(dataDir, beginning.secrets);
  });
  progress.done();
  return beginning;
}

/** Reads a backup to its end and keeps nothing: whether it is whole, and what it holds. */
export async function checkBackup(file: string, passphrase: string, progress: Progress): Promise<Beginning> {
  await using reader = await BackupReader.open(file, passphrase);
  for (const table of reader.beginning.tables) {
    let rows = 0;
    for await (const chunk of reader.rows(table)) {
      rows += countLines(chunk);
      progress.add(nameOf(table), chunk.length);
    }
    if (rows !== reader.part.rows)
      throw new AppError("INTERNAL", `${nameOf(table)} has not the rows that the backup says it has.`);
  }
  await reader.ending();
  progress.done();
  return reader.beginning;
}

async function* told(chunks: AsyncIterable<Buffer>, tell: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    tell(chunk.length);
    yield chunk;
  }
}
