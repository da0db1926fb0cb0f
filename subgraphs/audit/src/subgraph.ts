import { AlertEntity } from "@onrecord/alerts/alert";
import { AlertEngine } from "@onrecord/alerts/alert-engine";
import { type AppContext, onLogin } from "@onrecord/context/context";
import { Pump } from "@onrecord/ledger/pump";
import { endSittings } from "@onrecord/ledger/sittings";
import { openOrm } from "@onrecord/postgres/orm";
import { beginExecution, shared } from "@onrecord/subgraph/context";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { lagOf } from "@onrecord/telemetry/lag";
import type { AuditContext } from "./context.js";
import { alertFeed } from "./live/alert-feed.js";
import { entryFeed } from "./live/entry-feed.js";
import { buildSchema } from "./schema.js";

/** The audit subgraph: `start` begins to look for what deserves an alert, and to end sittings that are over. */
export interface AuditSubgraph extends Subgraph {
  start(): Promise<void>;
}

/** The subgraph of what happened: the record, and the alerts raised from it. */
export async function createAuditSubgraph(process: AppContext): Promise<AuditSubgraph> {
  const context = onLogin(process, "audit");
  const { bus, db, log, metrics, rights } = context;
  const follower = (reader: string) =>
    lagOf(
      metrics,
      {
        name: "onrecord_follower_lag_seconds",
        help: "time from an entry or alert to its being read for those who follow them live",
        reader,
      },
      () => rights.clock.now(),
    );
  await using owned = new AsyncDisposableStack();
  const orm = owned.use(await openOrm({ db, log, schema: "audit", entities: [AlertEntity] }));
  const entries = owned.use(entryFeed(db, log, follower("entries")));
  const alerts = owned.use(alertFeed(db, log, follower("alerts")));
  const engine = owned.use(new AlertEngine(context, orm));
  const sittings = owned.use(
    new Pump(async () => ((await endSittings(db)) > 0 ? 0 : undefined), {
      name: "sittings",
      log,
      idleMs: 15_000,
    }),
  );
  const wake = () => {
    entries.wake();
    alerts.wake();
  };
  owned.defer(bus.subscribe("entries.appended", () => entries.wake()));
  owned.defer(bus.subscribe("alert.changed", () => alerts.wake()));
  // Whoever follows something may have lost the right to.
  owned.defer(bus.subscribe("permissions.changed", wake));
  owned.defer(bus.onGap(wake));

  const services = { ...shared(context), entryFeed: entries, alertFeed: alerts };
  const resources = owned.move();
  return {
    name: "audit",
    ledger: context.ledger,
    ...buildSchema(),
    context: (caller): AuditContext => beginExecution(services, orm, caller),
    async start() {
      await engine.start();
      sittings.start();
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
