import { setTimeout as delay } from "node:timers/promises";
import { Collab } from "@onrecord/collab/collab";
import { createGateway } from "@onrecord/gateway/gateway";
import { History } from "@onrecord/history/history";
import { Ledger } from "@onrecord/ledger/ledger";
import { type SubgraphName, subgraphNames } from "@onrecord/platform/config";
import type { AppContext } from "@onrecord/platform/context";
import { Door } from "@onrecord/platform/door";
import { hangHealth } from "@onrecord/platform/health";
import type { Service } from "@onrecord/platform/service";
import { serveSubgraph } from "@onrecord/subgraph/serve";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { createAuditSubgraph } from "@onrecord/subgraph-audit/subgraph";
import { createDocumentsSubgraph } from "@onrecord/subgraph-documents/subgraph";
import { createIdentitySubgraph } from "@onrecord/subgraph-identity/subgraph";
import { createPermissionsSubgraph } from "@onrecord/subgraph-permissions/subgraph";
import { createDemoFirm, readDemoFirm } from "./demo-firm.js";
import { allParts, type Part } from "./parts.js";
import { webRoot } from "./web-root.js";

/** How long sockets that were told to leave may take, in milliseconds, before they are cut. */
const FAREWELL = 1000;

/** A process that serves. */
export interface House extends AsyncDisposable {
  /** Where the door listens. */
  readonly url: string;
  /** Takes nothing new, finishes what is under way, sends everyone away. */
  drain(): Promise<void>;
}

/** A service with paths on the door. */
interface Hung extends Service {
  hang(door: Door): void;
}

/** A subgraph, with what some have besides: paths of their own, and work to begin. */
interface Made extends Subgraph {
  hang?(door: Door): void;
  start?(): Promise<void>;
}

const subgraphMakers: Record<SubgraphName, (context: AppContext) => Promise<Made>> = {
  identity: createIdentitySubgraph,
  permissions: createPermissionsSubgraph,
  documents: createDocumentsSubgraph,
  audit: createAuditSubgraph,
};

/**
 * The composition root: makes the parts on one context, hangs them on one door, and listens. The house owns the context from
 * here on, and disposes of it last, also when opening fails.
 */
export async function openHouse(
  context: AppContext,
  parts: readonly Part[] = allParts,
  onProgress: (step: string) => void = () => undefined,
): Promise<House> {
  await using opening = new AsyncDisposableStack();
  opening.use(context);
  const door = opening.use(new Door(context.log));
  hangHealth(door, context);
  await new History(context, new Ledger(context.db, context.bus)).checkKeys();
  if (context.config.demo) await createDemoFirm(context, onProgress);

  const subgraphs: Partial<Record<SubgraphName, Subgraph>> = {};
  for (const name of subgraphNames.filter((name) => parts.includes(`subgraph ${name}`))) {
    const subgraph = opening.use(await subgraphMakers[name](context));
    subgraph.hang?.(door);
    if (!parts.includes("gateway")) serveSubgraph(subgraph, context, door);
    await subgraph.start?.();
    subgraphs[name] = subgraph;
  }

  // In the order in which they drain: editors are saved first, while the API still answers for them.
  const services: Hung[] = [];
  if (parts.includes("collab")) services.push(opening.use(new Collab(context)));
  if (parts.includes("gateway")) {
    const { demo, production } = context.config;
    // A firm that works for real tells a stranger nothing about its people, whatever else is configured.
    const shown = demo && !production ? { demo: () => readDemoFirm(context) } : {};
    services.push(opening.use(await createGateway(context, { subgraphs, webRoot, ...shown })));
  }
  for (const service of services) {
    service.hang(door);
    await service.start();
  }
  const url = await door.listen(context.config.port, context.config.host);

  const owned = opening.move();
  let drained: Promise<void> | undefined;
  const drain = () => (drained ??= leave(door, services));
  return {
    url,
    drain,
    [Symbol.asyncDispose]: async () => {
      await drain();
      await owned.disposeAsync();
    },
  };
}

async function leave(door: Door, services: readonly Service[]): Promise<void> {
  // Stops accepting at once; resolves only when the last socket is gone, and those are the services' to end.
  const empty = door.drain();
  for (const service of services) await service.drain();
  await Promise.race([empty, delay(FAREWELL, undefined, { ref: false })]);
}
