import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "@onrecord/core/errors";
import type { RequestHandler, RequestInfo } from "@onrecord/http/http-server";
import { namedSessions } from "@onrecord/policy/named-session";
import type { Caller } from "@onrecord/policy/principal";
import { asUnavailable } from "@onrecord/postgres/unavailable";
import { LargeValues, takesLargeValues } from "@onrecord/subgraph/large-values";
import { BodyTooLarge } from "@onrecord/subgraph/read-body";
import { discard, isStream, sendResponse } from "@onrecord/subgraph/send-response";
import { spanKind } from "@onrecord/telemetry/trace/span";
import { ending, parentOf, type Tracer } from "@onrecord/telemetry/trace/tracer";
import type { Authenticator } from "./authenticator.js";
import type { Bodies } from "./bodies.js";
import type { LiveSessions } from "./live-sessions.js";
import type { OperationCounts } from "./operation-counts.js";
import { respondError } from "./respond.js";
import type { Runtime } from "./runtime.js";

/** What GraphiQL, which there is outside production only, may load; it talks to nobody but us. */
const graphiqlPolicy =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' https://unpkg.com blob:; style-src 'unsafe-inline' https://unpkg.com; font-src https://unpkg.com data:; img-src 'self' data: https:; worker-src blob: https://unpkg.com; connect-src 'self' https://unpkg.com; base-uri 'none'; frame-ancestors 'none'";

/** What GraphQL over HTTP is served with. */
export interface HttpOptions {
  readonly runtime: Runtime;
  readonly authenticator: Authenticator;
  readonly live: LiveSessions;
  readonly bodies: Bodies;
  readonly counts: OperationCounts;
  readonly tracer: Tracer | undefined;
}

/** GraphQL over HTTP (POST and GET) and over SSE. */
export function graphqlOverHttp(options: HttpOptions): RequestHandler {
  const answer = answerOverHttp(options);
  const { tracer } = options;
  if (tracer === undefined) return answer;
  return async (request, response, info) => {
    const method = request.method === "GET" ? "GET" : "POST";
    const span = tracer.begin(`${method} /graphql`, parentOf(request), {
      kind: spanKind.server,
      attributes: { "http.request.method": method, "http.route": "/graphql", "onrecord.request_id": info.id },
    });
    const whole = async () => {
      await answer(request, response, info);
      span?.set({ "http.response.status_code": response.statusCode });
    };
    await ending(span, () => tracer.run(span, whole));
  };
}

function answerOverHttp({
  runtime,
  authenticator,
  live,
  bodies,
  counts,
  tracer,
}: HttpOptions): RequestHandler {
  return async (request, response, info) => {
    try {
      const caller = await authenticator.ofRequest(request, info);
      const unread = async (error: unknown) => {
        // It may have been a sign-in.
        if (caller.principal === null && error instanceof BodyTooLarge)
          await authenticator.recordOversized(caller);
        throw error;
      };
      using body =
        request.method === "POST" ? await bodies.readOperation(request, caller).catch(unread) : undefined;
      await sendResponse(response, async (signal) => {
        const large = takesLargeValues(request.headers.accept) ? new LargeValues() : undefined;
        const given = { caller, gone: signal, bodyBytes: body?.bytes.length ?? 0, large };
        const answer = await runtime.fetch(fetchRequest(request, info, body?.bytes, signal), given);
        // The one page that is not ours, for developers: it loads itself from elsewhere.
        if (answer.headers.get("content-type")?.startsWith("text/html"))
          response.setHeader("content-security-policy", graphiqlPolicy);
        // What a stream sends later is not traced: it may be open for days.
        if (isStream(answer)) tracer?.current()?.end();
        if (isStream(answer)) await keepWatch(answer, caller, live, request, response, info);
        return large ? large.put(answer) : answer;
      });
    } catch (thrown) {
      const error = asUnavailable(thrown);
      if (!(error instanceof AppError) || response.headersSent) throw error;
      counts.failed(undefined, error.code);
      tracer?.current()?.fail(error.code);
      respondError(response, error, info.id);
    }
  };
}

/** The request as the runtime sees it: without credentials, which have done their work and could only leak. */
function fetchRequest(
  request: IncomingMessage,
  { id, url }: RequestInfo,
  body: Buffer | undefined,
  signal: AbortSignal,
): Request {
  const headers = new Headers({ "x-request-id": id });
  for (const name of ["accept", "content-type"] as const) {
    const value = request.headers[name];
    if (value !== undefined) headers.set(name, value);
  }
  return new Request(`http://gateway${url.pathname}${url.search}`, {
    method: request.method ?? "GET",
    headers,
    signal,
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
}

/** A stream ends with its session, and counts among its person's. */
async function keepWatch(
  answer: Response,
  { principal }: Caller,
  live: LiveSessions,
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
): Promise<void> {
  // Nobody proven gets no events, only the error that says so.
  if (principal === null) return;
  try {
    const ofPage = namedSessions(request, info.url.searchParams).length > 0;
    const release = live.openStream(principal, ofPage);
    response.once("close", release);
    const connection = { renewed: () => undefined, end: () => void response.end() };
    const forget = await live.watch(principal, connection);
    if (response.closed) forget();
    else response.once("close", forget);
  } catch (error) {
    await discard(answer);
    throw error;
  }
  // A peer that vanished without a word is noticed by the system, not by waiting for an event to send.
  request.socket.setKeepAlive(true, 15_000);
}
