import type { GatewayPlugin } from "@graphql-hive/gateway-runtime";
import { isAsyncIterable, mapAsyncIterator } from "@graphql-tools/utils";
import type { Logger } from "@onrecord/core/log";
import { knownCode, toGraphQLError } from "@onrecord/subgraph/errors";
import type { Tracer } from "@onrecord/telemetry/trace/tracer";
import { type ExecutionResult, GraphQLError } from "graphql";
import type { GatewayContext } from "./executors.js";
import type { OperationCounts } from "./operation-counts.js";

/** Gives every error that leaves the gateway its code of the catalogue and the request's id, and masks what nobody outside should read. */
export function useCatalogueErrors(
  log: Logger,
  counts: OperationCounts,
  tracer: Tracer | undefined,
): GatewayPlugin<GatewayContext> {
  return {
    onExecutionResult({ result, setResult, context }) {
      const { caller } = context as Partial<GatewayContext>;
      const present = (one: ExecutionResult): ExecutionResult => {
        if (!one.errors) return one;
        const errors = one.errors.map((error) => presentError(error, caller?.requestId ?? "", log));
        for (const { extensions } of errors) {
          const code = knownCode(extensions.code) ?? "INTERNAL";
          counts.failed(caller, code);
          tracer?.current()?.fail(code);
        }
        return { ...one, errors };
      };
      // Not an async generator: ending one waits for the event that it waits for, which may never come.
      if (isAsyncIterable(result))
        setResult(mapAsyncIterator(result as AsyncIterable<ExecutionResult>, present) as never);
      else if (result && !Array.isArray(result)) setResult(present(result as ExecutionResult) as never);
    },
  };
}

function presentError(error: GraphQLError | Error, requestId: string, log: Logger): GraphQLError {
  const presented = toGraphQLError(error, { requestId, log });
  // How the answer is sent (its status) is the server's own affair and travels beside the code; of a field it is none.
  const http = error instanceof GraphQLError && !error.path ? error.extensions.http : undefined;
  if (http === undefined) return presented;
  const { nodes, source, positions, path, extensions } = presented;
  return new GraphQLError(presented.message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions: { ...extensions, http },
  });
}
