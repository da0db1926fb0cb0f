import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "@onrecord/platform/errors";

/** Answers with an error of the catalogue in the shape of a GraphQL response, so that clients read one form only. */
export function respondError(response: ServerResponse, error: AppError, requestId: string): void {
  const { code, reasons, message } = error;
  respondJson(response, error.status, {
    errors: [{ message, extensions: { code, requestId, ...(reasons.length > 0 ? { reasons } : {}) } }],
  });
}

export function respondJson(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" })
    .end(JSON.stringify(body));
}

/** Reads a JSON body of at most `limit` bytes. */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new AppError("BAD_USER_INPUT", `The request is larger than ${limit} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch (cause) {
    throw new AppError("BAD_USER_INPUT", "The request's body is not JSON.", { cause });
  }
}
