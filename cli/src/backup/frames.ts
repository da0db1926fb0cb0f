import type { Readable, Writable } from "node:stream";
import { AppError } from "@onrecord/core/errors";

/** What a backup is made of: JSON, or bytes of the table before. */
export type Frame =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "rows"; readonly bytes: Buffer };

const JSON_FRAME = 1;
const ROWS_FRAME = 2;
/** A list of all tables is some kilobytes; rows come in chunks. */
const LONGEST = 4 * 1024 * 1024;
const LONGEST_ROWS = 1024 * 1024;

/** Writes frames: `kind(1) ‖ length(4) ‖ …`. Waits while whoever reads is behind. */
export class FrameWriter {
  constructor(private readonly to: Writable) {}

  json(value: unknown): Promise<void> {
    return this.#write(JSON_FRAME, Buffer.from(JSON.stringify(value)));
  }

  async rows(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += LONGEST_ROWS)
      await this.#write(ROWS_FRAME, bytes.subarray(at, at + LONGEST_ROWS));
  }

  async #write(kind: number, bytes: Buffer): Promise<void> {
    const head = Buffer.alloc(5);
    head[0] = kind;
    head.writeUInt32BE(bytes.length, 1);
    await write(this.to, head);
    await write(this.to, bytes);
  }
}

function write(to: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    to.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Reads what a `FrameWriter` wrote. */
export async function* readFrames(from: Readable): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of from as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 5) {
      const kind = rest[0];
      const length = rest.readUInt32BE(1);
      if (length > LONGEST || (kind !== JSON_FRAME && kind !== ROWS_FRAME)) throw misshapen();
      if (rest.length < 5 + length) break;
      const bytes = rest.subarray(5, 5 + length);
      rest = rest.subarray(5 + length);
      yield kind === ROWS_FRAME
        ? { kind: "rows", bytes }
        : { kind: "json", value: JSON.parse(bytes.toString()) as unknown };
    }
  }
  if (rest.length > 0) throw misshapen();
}

/** What is sealed is what was written: only a fault of the program gets here. */
export function misshapen(): AppError {
  return new AppError("INTERNAL", "The backup opens, and what it holds has not the form of a backup.");
}
