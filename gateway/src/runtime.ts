import { blockFieldSuggestionsPlugin } from "@escape.tech/graphql-armor-block-field-suggestions";
import { maxDepthPlugin } from "@escape.tech/graphql-armor-max-depth";
import { maxTokensPlugin } from "@escape.tech/graphql-armor-max-tokens";
import { createGatewayRuntime, type GatewayPlugin } from "@graphql-hive/gateway-runtime";
import { filterInternalFieldsAndTypes } from "@graphql-tools/federation";
import type { Executor } from "@graphql-tools/utils";
import type { AppContext } from "@onrecord/context/context";
import { type SubgraphName, subgraphNames } from "@onrecord/core/config";
import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import { readSupergraph } from "@onrecord/schema/supergraph";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { useBounds } from "./bounds-plugin.js";
import { useCatalogueErrors } from "./errors-plugin.js";
import { type GatewayContext, inProcess } from "./executors.js";
import { useMetrics } from "./metrics-plugin.js";
import type { OperationCounts } from "./operation-counts.js";
import { overHttp } from "./over-http.js";
import { planExecutor } from "./plan/executor.js";
import { Planner } from "./plan/planner.js";

type Plugin = GatewayPlugin<GatewayContext>;

/** The federated schema, ready to execute: planned by the router, run in-process or over HTTP, subgraph by subgraph. */
export async function createRuntime(
  context: AppContext,
  subgraphs: Partial<Record<SubgraphName, Subgraph>>,
  counts: OperationCounts,
  supergraph = readSupergraph(),
) {
  const { config } = context;
  const log = context.log.child({ service: "gateway" });
  const planner = await Planner.load(supergraph);
  const subgraphExecutors = executors(context, subgraphs, namesIn(supergraph), log);
  const runtime = createGatewayRuntime<GatewayContext>({
    supergraph,
    // The runtime's own executors merge and project otherwise than graphql-js: see INTERNALS.md.
    unifiedGraphHandler: ({ unifiedGraph }) => {
      const schema = filterInternalFieldsAndTypes(unifiedGraph);
      const executor = planExecutor({ schema, planner, subgraphs: subgraphExecutors });
      return { unifiedGraph: schema, executor, getSubgraphSchema: notAsked };
    },
    graphqlEndpoint: "/graphql",
    // Its logger would write connection parameters, which hold tokens.
    logging: false,
    landingPage: false,
    graphiql: !config.production,
    disableIntrospection: { disableIf: () => config.production },
    // Errors are made presentable by our own plugin, which knows the catalogue.
    maskedErrors: false,
    batching: false,
    multipart: false,
    cors: false,
    healthCheckEndpoint: "/graphql/healthz",
    readinessCheckEndpoint: "/graphql/readyz",
    executionCancellation: true,
    plugins: () => [
      maxTokensPlugin({ n: config.limits.queryTokens }) as Plugin,
      useBounds(config.limits),
      maxDepthPlugin({ n: config.limits.queryDepth, ignoreIntrospection: true }) as Plugin,
      ...(config.production ? [blockFieldSuggestionsPlugin() as Plugin] : []),
      useMetrics(context.metrics, log, counts, context.tracer),
      useCatalogueErrors(log, counts, context.tracer),
    ],
  });
  // The runtime loads its schema when the first HTTP request comes; a WebSocket that comes before would fail for ever.
  await runtime.getSchema();
  return runtime;
}

export type Runtime = Awaited<ReturnType<typeof createRuntime>>;

/** The runtime would ask for a subgraph's schema where it executes by itself. */
function notAsked(name: string): never {
  throw new TypeError(`the runtime must not ask ${name} by itself`);
}

/** The subgraphs that a supergraph is composed of. */
function namesIn(supergraph: string): SubgraphName[] {
  return subgraphNames.filter((name) => supergraph.includes(`@join__graph(name: "${name}"`));
}

function executors(
  { config, serviceSecret, tracer }: AppContext,
  subgraphs: Partial<Record<SubgraphName, Subgraph>>,
  names: readonly SubgraphName[],
  log: Logger,
): Map<string, Executor> {
  return new Map(
    names.map((name) => {
      const subgraph = subgraphs[name];
      if (subgraph) return [name, inProcess(subgraph, log.child({ subgraph: name }), tracer)];
      const url = config.subgraphUrls[name];
      if (url) return [name, overHttp(name, url, { secret: serviceSecret, log, tracer })];
      throw new AppError(
        "BAD_CONFIG",
        `The ${name} subgraph does not run in this process: set SUBGRAPH_${name.toUpperCase()}_URL to where it answers.`,
      );
    }),
  );
}
