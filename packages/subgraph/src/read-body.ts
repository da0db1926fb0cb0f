import type { IncomingMessage } from "node:http";
import { AppError } from "@onrecord/core/errors";

/** A body that was larger than its reader takes: answered with 413. */
export class BodyTooLarge extends AppError {
  constructor(limit: number) {
    super("BAD_USER_INPUT", `The request body is larger than ${limit} bytes.`);
  }

  override get status(): number {
    return 413;
  }
}

/** Reads a request's body whole. Throws BodyTooLarge beyond `limit` bytes, before it has read them. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw new BodyTooLarge(limit);
  const chunks: Buffer[] = [];
  let size = 0;
  // Ending the loop early must not destroy the socket: the answer still has to go out on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new BodyTooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
