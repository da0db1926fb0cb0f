import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "@onrecord/core/errors";
import type { Caller } from "@onrecord/policy/principal";
import { type Bodies, isJson } from "./bodies.js";

/** When to try again what was too much, in seconds. */
const RETRY_AFTER = 2;

/** Answers with an error of the catalogue in the shape of a GraphQL response, so that clients read one form only. */
export function respondError(response: ServerResponse, error: AppError, requestId: string): void {
  const { code, reasons, message } = error;
  // The rest of a body that nobody reads must not be taken for the next request.
  if (!response.req.complete) response.setHeader("connection", "close");
  respondJson(response, error.status, {
    errors: [{ message, extensions: { code, requestId, ...(reasons.length > 0 ? { reasons } : {}) } }],
  });
}

export function respondJson(response: ServerResponse, status: number, body: unknown): void {
  if (status === 429 || status === 503) response.setHeader("retry-after", RETRY_AFTER);
  response
    .writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" })
    .end(JSON.stringify(body));
}

/** Reads a JSON object of at most `limit` bytes. A form of another site cannot send one without asking first. */
export async function readJson(
  bodies: Bodies,
  request: IncomingMessage,
  caller: Caller,
  limit: number,
): Promise<Record<string, unknown>> {
  if (!isJson(request)) {
    throw new AppError("BAD_USER_INPUT", "Send JSON with the content type application/json.");
  }
  using body = await bodies.read(request, caller, limit);
  const value = parse(body.bytes.toString());
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AppError("BAD_USER_INPUT", "The request's body is no JSON object.");
  }
  return value as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("BAD_USER_INPUT", "The request's body is not JSON.", { cause });
  }
}
