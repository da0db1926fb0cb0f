import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AppError } from "@onrecord/core/errors";
import { type KeptTable, nameOf } from "@onrecord/postgres/backup/kept-tables";
import { type Frame, misshapen, readFrames } from "./frames.js";
import type { Beginning, Ending, Part } from "./manifest.js";
import { unsealStream } from "./seal-stream.js";

/** A backup that is being read, from its beginning to its end, once. */
export class BackupReader implements AsyncDisposable {
  readonly #parts: Part[] = [];

  private constructor(
    readonly beginning: Beginning,
    private readonly frames: AsyncGenerator<Frame>,
  ) {}

  static async open(file: string, passphrase: string): Promise<BackupReader> {
    const frames = readFrames(opened(file, passphrase));
    const first = await frames.next();
    if (first.done || first.value.kind !== "json") throw misshapen();
    return new BackupReader(first.value.value as Beginning, frames);
  }

  /** The rows of the next table, whose part is checked when they have been read. */
  async *rows(table: KeptTable): AsyncGenerator<Buffer> {
    const hash = createHash("sha256");
    let bytes = 0;
    for (;;) {
      const next = await this.frames.next();
      if (next.done) throw misshapen();
      if (next.value.kind === "json") {
        const part = next.value.value as Part;
        if (part.table !== nameOf(table) || part.bytes !== bytes || part.sha256 !== hash.digest("hex"))
          throw misshapen();
        this.#parts.push(part);
        return;
      }
      hash.update(next.value.bytes);
      bytes += next.value.bytes.length;
      yield next.value.bytes;
    }
  }

  /** The part of the table whose rows were read last. */
  get part(): Part {
    return this.#parts.at(-1)!;
  }

  /** The end, after the last table: from here on the backup is known to be whole. */
  async ending(): Promise<Ending> {
    const next = await this.frames.next();
    if (next.done || next.value.kind !== "json") throw misshapen();
    const ending = next.value.value as Ending;
    if (JSON.stringify(ending.parts) !== JSON.stringify(this.#parts)) throw misshapen();
    if (!(await this.frames.next()).done) throw misshapen();
    return ending;
  }

  /** Lets go of the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.frames.return(undefined);
  }
}

/** The file that a path means: itself, or the newest backup of a directory. */
export async function findBackup(path: string): Promise<string> {
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) throw new AppError("BAD_CONFIG", `There is no ${path}.`);
  if (!there.isDirectory()) return path;
  const newest = (await readdir(path))
    .filter((name) => /^onrecord-.*\.backup$/.test(name))
    .sort()
    .at(-1);
  if (newest === undefined) throw new AppError("BAD_CONFIG", `There is no backup in ${path}.`);
  return join(path, newest);
}

function opened(file: string, passphrase: string): Readable {
  // Errors come out where the frames are read.
  return pipeline(createReadStream(file), unsealStream(passphrase), createGunzip(), () => undefined);
}
