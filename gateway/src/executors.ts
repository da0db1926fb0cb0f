import type { ExecutionRequest, Executor } from "@graphql-tools/utils";
import type { Logger } from "@onrecord/core/log";
import type { Caller } from "@onrecord/policy/principal";
import { executeOn } from "@onrecord/subgraph/execute";
import type { LargeValues } from "@onrecord/subgraph/large-values";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { type Tracer, traced } from "@onrecord/telemetry/trace/tracer";

/** What the gateway puts into the context of every operation. */
export interface GatewayContext {
  readonly caller: Caller;
  /** Fires when the client hangs up. */
  readonly gone?: AbortSignal;
  /** Takes the large values of the answer; none where it is not one JSON text. */
  readonly large?: LargeValues | undefined;
  /** How long the request's body was; none for what came over a socket. */
  readonly bodyBytes?: number;
}

/** A subgraph's part of a plan. */
export type SubgraphExecution = ExecutionRequest<Record<string, unknown>, Partial<GatewayContext>>;

/** Runs a subgraph's part of a plan in this process: no HTTP, no printing, no parsing. */
export function inProcess(subgraph: Subgraph, log: Logger, tracer: Tracer | undefined): Executor {
  return (async (request: SubgraphExecution) => {
    const { document, variables, operationName } = request;
    const caller = callerOf(request.context);
    const { gone, large } = request.context ?? {};
    const asked = { document, variables, operationName, caller, gone, large };
    const result = await traced(
      tracer,
      () => [`subgraph ${subgraph.name}`, {}],
      () => executeOn(subgraph, asked, log),
    );
    if (Symbol.asyncIterator in result) endWith(request.signal, result);
    return result;
  }) as Executor;
}

/** Ends a stream when its request does: what lies between would ask for the next event first, and that may never come. */
function endWith(signal: AbortSignal | undefined, stream: AsyncGenerator<unknown, void, void>): void {
  const end = () => void stream.return();
  if (signal?.aborted) end();
  else signal?.addEventListener("abort", end, { once: true });
}

/** Whose request an operation belongs to. */
export function callerOf(context: Partial<GatewayContext> | undefined): Caller {
  if (!context?.caller) throw new TypeError("an operation reached a subgraph without a caller");
  return context.caller;
}
