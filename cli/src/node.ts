import { setTimeout as delay } from "node:timers/promises";
import { Collab } from "@onrecord/collab/collab";
import { type AppContext, onLogin } from "@onrecord/context/context";
import { KeyProof } from "@onrecord/context/key-proof";
import { type SubgraphName, subgraphNames } from "@onrecord/core/config";
import type { Service } from "@onrecord/core/service";
import { createGateway } from "@onrecord/gateway/gateway";
import { checkKeys } from "@onrecord/history/keys/check-keys";
import { tellDisbelief } from "@onrecord/http/disbelief";
import { Door } from "@onrecord/http/door";
import { mountHealth } from "@onrecord/http/health";
import { HttpServer } from "@onrecord/http/http-server";
import { VisitorSeal } from "@onrecord/http/visitor-seal";
import { Visitors } from "@onrecord/http/visitors";
import { serveSubgraph } from "@onrecord/subgraph/serve";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { createAuditSubgraph } from "@onrecord/subgraph-audit/subgraph";
import { createDocumentsSubgraph } from "@onrecord/subgraph-documents/subgraph";
import { openSetup, SETUP_HOURS } from "@onrecord/subgraph-identity/setup";
import { createIdentitySubgraph } from "@onrecord/subgraph-identity/subgraph";
import { createPermissionsSubgraph } from "@onrecord/subgraph-permissions/subgraph";
import { createDemoFirm, readDemoFirm } from "./demo-firm.js";
import { allServices, type ServiceName } from "./service-names.js";
import { webRoot } from "./web-root.js";

/** How long sockets that were told to leave may take, in milliseconds, before they are cut. */
const FAREWELL = 1000;

/** A process that serves. */
export interface Node extends AsyncDisposable {
  /** Where it listens. */
  readonly url: string;
  /** Takes nothing new, finishes what is under way, sends everyone away. */
  drain(): Promise<void>;
}

/** A service with paths of its own. */
interface Mountable extends Service {
  mount(http: HttpServer): void;
}

/** A subgraph, with what some have besides: paths of their own, and work to begin. */
interface StartedSubgraph extends Subgraph {
  mount?(http: HttpServer): void;
  start?(): Promise<void>;
}

const subgraphMakers: Record<SubgraphName, (context: AppContext) => Promise<StartedSubgraph>> = {
  identity: createIdentitySubgraph,
  permissions: createPermissionsSubgraph,
  documents: createDocumentsSubgraph,
  audit: createAuditSubgraph,
};

/**
 * The composition root: makes the services on one context, mounts them on one HTTP server, and listens. The node owns the context from
 * here on, and disposes of it last, also when opening fails.
 */
export async function startNode(
  context: AppContext,
  names: readonly ServiceName[] = allServices,
  onProgress: (step: string) => void = () => undefined,
): Promise<Node> {
  await using opening = new AsyncDisposableStack();
  opening.use(context);
  const http = opening.use(new HttpServer(context.log, openDoor(context)));
  const { publicUrl, trustedProxies } = context.config;
  if (names.includes("gateway") && publicUrl?.startsWith("https:") && trustedProxies.length === 0)
    context.log.warn(
      { publicUrl },
      "a proxy with TLS stands before Onrecord and none is named in ONRECORD_TRUSTED_PROXIES: limits and the record take everybody for one visitor",
    );
  const readiness = mountHealth(http, context);
  // Only these open documents, and only their logins may read what opens with the keys.
  if (names.includes("collab")) await checkKeys(onLogin(context, "collab"));
  else if (names.includes("subgraph documents")) await checkKeys(onLogin(context, "documents"));
  if (names.includes("collab") || names.includes("subgraph documents"))
    opening.use(new KeyProof(context.keys));
  if (context.config.demo) await createDemoFirm(onLogin(context, "operator"), onProgress);

  const subgraphs: Partial<Record<SubgraphName, Subgraph>> = {};
  for (const name of subgraphNames.filter((name) => names.includes(`subgraph ${name}`))) {
    const subgraph = opening.use(await subgraphMakers[name](context));
    subgraph.mount?.(http);
    if (!names.includes("gateway")) serveSubgraph(subgraph, context, http);
    await subgraph.start?.();
    subgraphs[name] = subgraph;
  }

  // In the order in which they drain: editors are saved first, while the API still answers for them.
  const services: Mountable[] = [];
  if (names.includes("collab")) services.push(opening.use(new Collab(context)));
  if (names.includes("gateway")) {
    const { demo, production } = context.config;
    // A firm that works for real tells a stranger nothing about its people, whatever else is configured.
    const shown = demo && !production ? { demo: () => readDemoFirm(onLogin(context, "gateway")) } : {};
    services.push(opening.use(await createGateway(context, { subgraphs, webRoot, ...shown })));
  }
  for (const service of services) {
    service.mount(http);
    await service.start();
    const { check } = service;
    if (check) readiness.add(service.name, () => check.call(service));
  }
  const url = await http.listen(context.config.port, context.config.host);
  if (names.includes("subgraph identity")) await tellSetup(context, url);

  const owned = opening.move();
  let drained: Promise<void> | undefined;
  const drain = () => (drained ??= leave(http, services));
  return {
    url,
    drain,
    [Symbol.asyncDispose]: async () => {
      await drain();
      await owned.disposeAsync();
    },
  };
}

/** The one door of a process: which hosts it takes, and whom it believes about who asks. */
function openDoor({ config, log, metrics, serviceSecret }: AppContext): Door {
  const { trustedProxies } = config;
  const seal = new VisitorSeal(serviceSecret);
  return new Door(config, new Visitors({ trustedProxies, seal, disbelieved: tellDisbelief(log, metrics) }));
}

/** While there never was an administrator, the log shows the page on which the first one is made. */
async function tellSetup(context: AppContext, url: string): Promise<void> {
  const token = await openSetup(onLogin(context, "identity"));
  if (token === null) return;
  const page = `${(context.config.publicUrl ?? url).replace(/\/$/, "")}/first-run#${token}`;
  context.log.warn(
    { page, hours: SETUP_HOURS },
    "nobody administers this installation: the first administrator is made on this page, or with `onrecord admin create`",
  );
}

async function leave(http: HttpServer, services: readonly Service[]): Promise<void> {
  // Stops accepting at once; resolves only when the last socket is gone, and those are the services' to end.
  const empty = http.drain();
  for (const service of services) await service.drain();
  await Promise.race([empty, delay(FAREWELL, undefined, { ref: false })]);
}
