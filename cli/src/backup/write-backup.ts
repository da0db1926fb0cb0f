import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { link, open, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { readCounts } from "@onrecord/history/check/counts";
import { nextPlace } from "@onrecord/ledger/era";
import { type KeptTable, nameOf } from "@onrecord/postgres/backup/kept-tables";
import { explainFailure } from "@onrecord/postgres/backup/session";
import { type Snapshot, withSnapshot } from "@onrecord/postgres/backup/snapshot";
import { countLines } from "./count-lines.js";
import { FrameWriter } from "./frames.js";
import type { Beginning, Ending, Part } from "./manifest.js";
import type { Progress } from "./progress.js";
import { sealStream } from "./seal-stream.js";
import { readSecrets } from "./secrets.js";

/** What was written. */
export interface Written extends Omit<Beginning, "secrets" | "tables" | "form"> {
  readonly file: string;
  readonly bytes: number;
  readonly parts: readonly Part[];
}

/**
 * Writes one moment of the database, and the keys, into one sealed file. Until it is whole it has another name; a file that is there is never
 * replaced. What is held in memory does not grow with the database.
 */
export async function writeBackup(request: {
  readonly adminUrl: string;
  readonly dataDir: string;
  /** A file that is not there, or a directory that is. */
  readonly out: string;
  readonly passphrase: string;
  readonly progress: Progress;
}): Promise<Written> {
  const { adminUrl, dataDir, passphrase, progress } = request;
  const file = await fileFor(request.out);
  const draft = `${file}.${newId()}.part`;
  const gzip = createGzip({ level: 1 });
  try {
    const seal = await sealStream(passphrase);
    const to = createWriteStream(draft, { flags: "wx", mode: 0o600, flush: true });
    const written = pipeline(gzip, seal, to);
    written.catch(() => undefined);
    const read = withSnapshot(adminUrl, async (snapshot) => {
      const found = await writeAll(snapshot, dataDir, new FrameWriter(gzip), progress);
      gzip.end();
      await written;
      return found;
    });
    // A full disk ends both, and not only the one that noticed.
    read.catch((error: Error) => gzip.destroy(error));
    const [{ secrets: _, tables: __, form: ___, ...beginning }, ending] = await Promise.race([
      read,
      written.then(() => read),
    ]);
    const { size } = await stat(draft);
    await keep(draft, file);
    progress.done();
    return { file, bytes: size, ...beginning, parts: ending.parts };
  } catch (error) {
    gzip.destroy();
    await unlink(draft).catch(() => undefined);
    throw explain(error, file);
  }
}

async function writeAll(
  snapshot: Snapshot,
  dataDir: string,
  frames: FrameWriter,
  progress: Progress,
): Promise<[Beginning, Ending]> {
  const { sql, tables, migrations, serverVersion } = snapshot;
  const [clock] = await sql.query<{ at: Date }>("select clock_timestamp() as at");
  const beginning: Beginning = {
    form: 1,
    at: clock!.at.toISOString(),
    serverVersion,
    migrations,
    place: await nextPlace(sql),
    counts: await readCounts(sql),
    tables,
    // After the snapshot began: a key that wraps anything in it was there before.
    secrets: await readSecrets(dataDir),
  };
  await frames.json(beginning);
  const parts: Part[] = [];
  for (const table of tables) parts.push(await writeTable(snapshot, table, frames, progress));
  const ending: Ending = { parts, sequences: await snapshot.sequences() };
  await frames.json(ending);
  return [beginning, ending];
}

async function writeTable(
  snapshot: Snapshot,
  table: KeptTable,
  frames: FrameWriter,
  progress: Progress,
): Promise<Part> {
  const hash = createHash("sha256");
  let [rows, bytes] = [0, 0];
  for await (const chunk of snapshot.rows(table)) {
    hash.update(chunk);
    bytes += chunk.length;
    rows += countLines(chunk);
    await frames.rows(chunk);
    progress.add(nameOf(table), chunk.length);
  }
  const part = { table: nameOf(table), rows, bytes, sha256: hash.digest("hex") };
  await frames.json(part);
  return part;
}

async function fileFor(out: string): Promise<string> {
  const there = await stat(out).catch(() => undefined);
  if (there === undefined) return out;
  if (there.isDirectory())
    return join(out, `onrecord-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}.backup`);
  throw alreadyThere(out);
}

/** Gives a whole file its name, where nothing has that name. */
async function keep(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
    await unlink(draft);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw alreadyThere(file);
    // Some network disks know no links.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
    if (await stat(file).catch(() => undefined)) throw alreadyThere(file);
    await rename(draft, file);
  }
  await using directory = await open(dirname(file));
  await directory.sync();
}

function alreadyThere(file: string): AppError {
  return new AppError("CONFLICT", `${file} is there already, and a backup never replaces one.`);
}

function explain(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new AppError("BAD_CONFIG", `The disk that holds ${dirname(file)} is full; nothing was kept.`, {
      cause: error,
    });
  if (code === "ENOENT" || code === "EACCES" || code === "EROFS" || code === "ENOTDIR")
    return new AppError("BAD_CONFIG", `${file} cannot be written (${code}).`, { cause: error });
  return explainFailure(error, "nothing was kept");
}
