import { blockFieldSuggestionsPlugin } from "@escape.tech/graphql-armor-block-field-suggestions";
import { maxDepthPlugin } from "@escape.tech/graphql-armor-max-depth";
import { maxTokensPlugin } from "@escape.tech/graphql-armor-max-tokens";
import { createGatewayRuntime, type GatewayPlugin } from "@graphql-hive/gateway-runtime";
import type { Executor } from "@graphql-tools/utils";
import { type SubgraphName, subgraphNames } from "@onrecord/platform/config";
import type { AppContext } from "@onrecord/platform/context";
import { AppError } from "@onrecord/platform/errors";
import { readSupergraph } from "@onrecord/schema/supergraph";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { useCatalogueErrors } from "./errors-plugin.js";
import { type GatewayContext, inProcess, overHttp } from "./executors.js";

/** The federated schema, ready to execute: planned by the router, run in-process or over HTTP, subgraph by subgraph. */
export async function createRuntime(
  context: AppContext,
  subgraphs: Partial<Record<SubgraphName, Subgraph>>,
  supergraph = readSupergraph(),
) {
  const { config } = context;
  const log = context.log.child({ service: "gateway" });
  const planner = await loadPlanner(context);
  const runtime = createGatewayRuntime<GatewayContext>({
    supergraph,
    ...(planner ? { unifiedGraphHandler: planner } : {}),
    graphqlEndpoint: "/graphql",
    logging: false,
    landingPage: false,
    graphiql: !config.production,
    disableIntrospection: config.production ? {} : { disableIf: () => false },
    maskedErrors: false,
    batching: false,
    multipart: false,
    cors: false,
    healthCheckEndpoint: "/graphql/healthz",
    readinessCheckEndpoint: "/graphql/readyz",
    executionCancellation: true,
    plugins: () => [
      useSubgraphExecutors(executors(context, subgraphs)),
      maxTokensPlugin({ n: config.limits.queryTokens }) as GatewayPlugin<GatewayContext>,
      maxDepthPlugin({
        n: config.limits.queryDepth,
        ignoreIntrospection: true,
      }) as GatewayPlugin<GatewayContext>,
      ...(config.production ? [blockFieldSuggestionsPlugin() as GatewayPlugin<GatewayContext>] : []),
      useCatalogueErrors(log),
    ],
  });
  // The runtime loads its schema when the first HTTP request comes; a WebSocket that comes before would fail for ever.
  await runtime.getSchema();
  return runtime;
}

export type Runtime = Awaited<ReturnType<typeof createRuntime>>;

/** The Rust planner, or undefined for the portable one in JavaScript. */
async function loadPlanner({ config, log }: AppContext) {
  if (config.planner === "javascript") return undefined;
  try {
    const { unifiedGraphHandler } = await import("@graphql-hive/router-runtime");
    return unifiedGraphHandler;
  } catch (err) {
    log.warn({ err }, "the native planner cannot be loaded on this platform, so the one in JavaScript plans");
    return undefined;
  }
}

function executors(
  { config, log, serviceSecret }: AppContext,
  subgraphs: Partial<Record<SubgraphName, Subgraph>>,
): Map<string, Executor> {
  return new Map(
    subgraphNames.map((name) => {
      const subgraph = subgraphs[name];
      if (subgraph) return [name, inProcess(subgraph, log.child({ service: name }))];
      const url = config.subgraphUrls[name];
      if (!url)
        throw new AppError(
          "BAD_CONFIG",
          `The ${name} subgraph does not run in this process: set SUBGRAPH_${name.toUpperCase()}_URL to where it answers.`,
        );
      return [name, overHttp(name, url, serviceSecret)];
    }),
  );
}

function useSubgraphExecutors(executors: ReadonlyMap<string, Executor>): GatewayPlugin<GatewayContext> {
  return {
    onSubgraphExecute({ subgraphName, setExecutor }) {
      const executor = executors.get(subgraphName.toLowerCase());
      if (executor) setExecutor(executor);
    },
  };
}
