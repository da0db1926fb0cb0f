import { type AppContext, onLogin } from "@onrecord/context/context";
import type { SubgraphName } from "@onrecord/core/config";
import type { Service } from "@onrecord/core/service";
import type { HttpServer } from "@onrecord/http/http-server";
import { VisitorSeal } from "@onrecord/http/visitor-seal";
import { Arrivals } from "@onrecord/policy/arrivals";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { authRoutes, type DemoFirm } from "./auth-routes.js";
import { Authenticator } from "./authenticator.js";
import { Bodies } from "./bodies.js";
import { graphqlOverHttp } from "./http.js";
import { LiveSessions } from "./live-sessions.js";
import { OperationCounts } from "./operation-counts.js";
import { proxyTo, proxyUpgrade } from "./proxy.js";
import { createRuntime } from "./runtime.js";
import { serveWeb } from "./web.js";
import { GraphqlSockets } from "./websocket.js";

/** What a gateway is made of besides its context. */
export interface GatewayOptions {
  /** The subgraphs of this process; the others are asked at their URLs. */
  readonly subgraphs: Partial<Record<SubgraphName, Subgraph>>;
  /** Folder of the built web app. */
  readonly webRoot?: string;
  /** The composed schema; the committed one unless a test brings its own. */
  readonly supergraph?: string;
  /** Tells who can sign in to the demo firm; only given where strangers may know. */
  readonly demo?: () => Promise<DemoFirm | null>;
}

/** The one API: federation, authentication, subscriptions, limits, and the web app. */
export interface Gateway extends Service {
  mount(http: HttpServer): void;
}

export async function createGateway(
  process: AppContext,
  { subgraphs, webRoot, supergraph, demo }: GatewayOptions,
): Promise<Gateway> {
  const context = onLogin(process, "gateway");
  const { config, db, tracer } = context;
  const log = context.log.child({ service: "gateway" });
  const counts = new OperationCounts(context.metrics);
  const runtime = await createRuntime(context, subgraphs, counts, supergraph);
  const arrivals = new Arrivals(db);
  const authenticator = new Authenticator(arrivals, context.ledger, context.sessionUse);
  const live = new LiveSessions(context);
  const bodies = new Bodies(config.limits, arrivals, context.metrics);
  const sockets = new GraphqlSockets({ runtime, authenticator, live, log, tracer, metrics: context.metrics });
  return {
    name: "gateway",
    start: async () => undefined,
    mount(http) {
      http.route("/graphql", graphqlOverHttp({ runtime, authenticator, live, bodies, counts, tracer }));
      sockets.mount(http);
      const secure = config.production || config.publicUrl?.startsWith("https:") === true;
      http.route("/auth", authRoutes(runtime, authenticator, bodies, secure, demo));
      const seal = new VisitorSeal(context.serviceSecret);
      if (config.collabUrl) http.upgrade("/collab", proxyUpgrade(new URL(config.collabUrl), seal));
      if (config.subgraphUrls.documents)
        http.route("/download", proxyTo(new URL(config.subgraphUrls.documents), seal));
      http.route("/", serveWeb(webRoot));
    },
    async drain() {
      live.stop();
      // Those that have not said who they are yet are not among the live sessions.
      sockets.close();
    },
    async [Symbol.asyncDispose]() {
      live.stop();
      await runtime[Symbol.asyncDispose]();
    },
  };
}
