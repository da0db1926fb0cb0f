import { setTimeout as delay } from "node:timers/promises";
import { type AsyncFetchFn, buildHTTPExecutor } from "@graphql-tools/executor-http";
import {
  type ExecutionResult,
  type Executor,
  getOperationASTFromRequest,
  type MaybeAsyncIterable,
  mapAsyncIterator,
} from "@graphql-tools/utils";
import type { SubgraphName } from "@onrecord/core/config";
import type { Logger } from "@onrecord/core/log";
import { ENVELOPE_HEADER, EnvelopeSigner } from "@onrecord/subgraph/envelope";
import { knownCode } from "@onrecord/subgraph/errors";
import { spanKind } from "@onrecord/telemetry/trace/span";
import { type Tracer, traced } from "@onrecord/telemetry/trace/tracer";
import { GraphQLError } from "graphql";
import { callerOf, type GatewayContext, type SubgraphExecution } from "./executors.js";

/** Answers that come from something between us and the subgraph, or from one that is just starting or going. */
const passing = new Set([502, 503, 504]);
const ATTEMPTS = 3;
const FIRST_WAIT = 50;

/** What goes with every request to a subgraph. */
export interface Link {
  readonly secret: string;
  readonly log: Logger;
  readonly tracer: Tracer | undefined;
}

/** Runs a subgraph's part of a plan in another process, under a signature over who asks, what, and when. */
export function overHttp(name: SubgraphName, endpoint: string, link: Link): Executor {
  const { log, tracer } = link;
  const send = signedFetch(name, link);
  const options = {
    endpoint,
    // Only a body is signed; subscriptions would go by GET.
    method: "POST" as const,
    // Requests in flight are compared by body alone: two people's would be answered with the same data.
    deduplicateInflightRequests: false,
  };
  // Only what changes nothing may be sent twice.
  const query = buildHTTPExecutor({ ...options, fetch: patiently(send) });
  const other = buildHTTPExecutor({ ...options, fetch: untilGone(send) });
  return (async (request: SubgraphExecution) => {
    const isQuery = getOperationASTFromRequest(request).operation === "query";
    const result: MaybeAsyncIterable<ExecutionResult> = await traced(
      tracer,
      () => [`ask ${name}`, { kind: spanKind.client }],
      async () => (isQuery ? query : other)(request),
    );
    const present = (one: ExecutionResult) => presentable(one, name, log, request.context);
    return Symbol.asyncIterator in result ? mapAsyncIterator(result, present) : present(result);
  }) as Executor;
}

function signedFetch(name: SubgraphName, { secret, log, tracer }: Link): AsyncFetchFn {
  const signer = new EnvelopeSigner(secret);
  return async (url, init, context?: Partial<GatewayContext>) => {
    const caller = callerOf(context);
    if (typeof init?.body !== "string") throw new TypeError("a request to a subgraph must have a text body");
    const { body, signal } = init;
    const traceparent = tracer?.header();
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: {
        ...(init.headers as Record<string, string>),
        [ENVELOPE_HEADER]: signer.sign(name, caller, body),
        "x-request-id": caller.requestId,
        ...(traceparent === undefined ? {} : { traceparent }),
      },
      ...(signal ? { signal } : {}),
    });
    if (response.status !== 401) return response;
    // It is the gateway that was not believed, not the person: to them, the service is down.
    const { requestId } = caller;
    log.error(
      { subgraph: name, requestId, answer: await response.text() },
      "a subgraph refused our signature",
    );
    throw new Error("the subgraph refused our signature");
  };
}

/** Hangs up when the client does: the subgraph then ends what nobody waits for. */
function untilGone(send: AsyncFetchFn): AsyncFetchFn {
  return (url, init, context?: Partial<GatewayContext>, info?) => {
    const signals = [init?.signal, context?.gone].filter((signal) => signal instanceof AbortSignal);
    return send(url, { ...init, signal: AbortSignal.any(signals) }, context, info);
  };
}

/** Tries again a little later, as often as `ATTEMPTS`, when there was no answer. Each try is signed anew. */
function patiently(send: AsyncFetchFn): AsyncFetchFn {
  return async (...args) => {
    const signal = args[1]?.signal ?? undefined;
    for (let attempt = 1; ; attempt++) {
      const last = attempt === ATTEMPTS || signal?.aborted;
      try {
        const response = await send(...args);
        if (last || !passing.has(response.status)) return response;
        await response.body?.cancel();
      } catch (error) {
        if (last) throw error;
      }
      await delay(FIRST_WAIT * 2 ** attempt, undefined, signal ? { signal } : {});
    }
  };
}

/** An error without a code of ours is not the subgraph's answer but the lack of one; its words name addresses inside. */
function presentable(
  result: ExecutionResult,
  name: SubgraphName,
  log: Logger,
  { caller, gone }: Partial<GatewayContext> = {},
): ExecutionResult {
  // Nobody hears an answer that was not waited for.
  if (!result.errors || gone?.aborted) return result;
  return {
    ...result,
    errors: result.errors.map((error) => {
      if (knownCode(error.extensions?.code) !== undefined) return error;
      log.error(
        { subgraph: name, requestId: caller?.requestId, fault: error.message },
        "a subgraph did not answer",
      );
      return new GraphQLError(`The ${name} service does not answer now.`, {
        path: error.path ?? null,
        extensions: { code: "UNAVAILABLE" },
      });
    }),
  };
}
