import type { GatewayPlugin } from "@graphql-hive/gateway-runtime";
import type { Logger } from "@onrecord/core/log";
import type { Tracer } from "@onrecord/telemetry/trace/tracer";
import { getOperationAST } from "graphql";
import { Histogram, type Registry } from "prom-client";
import type { GatewayContext } from "./executors.js";
import type { OperationCounts } from "./operation-counts.js";

/** Times every operation by its type, and writes a line for it that its request id joins to the subgraphs' lines and the record. */
export function useMetrics(
  registry: Registry,
  log: Logger,
  counts: OperationCounts,
  tracer: Tracer | undefined,
): GatewayPlugin<GatewayContext> {
  const seconds = new Histogram({
    name: "onrecord_gateway_operation_seconds",
    help: "time from plan to result of GraphQL operations; of subscriptions, until they are open",
    labelNames: ["operation"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const measure = (args: Parameters<typeof describe>[0]) => {
    const started = performance.now();
    const { operation, name, requestId } = describe(args);
    counts.began(args.contextValue.caller, operation);
    // Its name is the client's own words, and stays out of traces and metrics.
    tracer?.current()?.set({ "graphql.operation.type": operation });
    return () => {
      const ms = performance.now() - started;
      seconds.observe({ operation }, ms / 1000);
      log.info({ operation, name, requestId, ms: Math.round(ms) }, "answered an operation");
    };
  };
  return {
    onExecute: ({ args }) => ({ onExecuteDone: measure(args) }),
    onSubscribe: ({ args }) => ({ onSubscribeResult: measure(args) }),
  };
}

interface Operation {
  readonly document: Parameters<typeof getOperationAST>[0];
  readonly operationName?: string | null | undefined;
  readonly contextValue: Partial<GatewayContext>;
}

function describe({ document, operationName, contextValue }: Operation) {
  const ast = getOperationAST(document, operationName);
  return {
    operation: ast?.operation ?? ("none" as const),
    name: ast?.name?.value,
    requestId: contextValue.caller?.requestId,
  };
}
