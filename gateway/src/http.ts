import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "@onrecord/platform/door";
import { AppError } from "@onrecord/platform/errors";
import type { Authenticator } from "./authenticator.js";
import type { LiveSessions } from "./live-sessions.js";
import { respondError } from "./respond.js";
import type { Runtime } from "./runtime.js";

/** What GraphQL over HTTP is served with. */
export interface HttpOptions {
  readonly runtime: Runtime;
  readonly authenticator: Authenticator;
  readonly live: LiveSessions;
  readonly requestBytes: number;
}

/** GraphQL over HTTP (POST and GET) and over SSE. */
export function graphqlOverHttp({ runtime, authenticator, live, requestBytes }: HttpOptions): RequestHandler {
  return async (request, response, info) => {
    try {
      bound(request, requestBytes);
      const caller = await authenticator.ofRequest(request, info.id);
      if (caller.principal && request.headers.accept?.includes("text/event-stream")) {
        const forget = live.add(caller.principal, () => response.end());
        response.once("close", forget);
      }
      await runtime(request, response, { caller });
    } catch (error) {
      if (!(error instanceof AppError) || response.headersSent) throw error;
      request.resume();
      respondError(response, error, info.id);
    }
  };
}

/** Refuses a body that is announced too large, and cuts off one that turns out so. */
function bound(request: IncomingMessage, limit: number): void {
  if (Number(request.headers["content-length"] ?? 0) > limit) {
    throw new AppError("BAD_USER_INPUT", `The request is larger than ${limit} bytes.`);
  }
  let size = 0;
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) size += chunk.length;
    if (size > limit) {
      request.destroy(new AppError("BAD_USER_INPUT", `The request is larger than ${limit} bytes.`));
      return false;
    }
    return push(chunk, encoding);
  };
}
