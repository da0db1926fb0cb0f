import { AlertEngine } from "@onrecord/alerts/alert-engine";
import type { AppContext } from "@onrecord/context/context";
import { Ledger } from "@onrecord/ledger/ledger";
import { DecisionPoint } from "@onrecord/policy/decision";
import { Guard } from "@onrecord/policy/guard";
import type { Caller } from "@onrecord/policy/principal";
import { openOrm } from "@onrecord/postgres/orm";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import type { AuditContext, AuditServices } from "./context.js";
import { AlertEntity } from "./entities/alert.js";
import { alertFeed } from "./live/alert-feed.js";
import { entryFeed } from "./live/entry-feed.js";
import { buildSchema } from "./schema.js";

/** The audit subgraph: `start` begins to look for what deserves an alert. */
export interface AuditSubgraph extends Subgraph {
  start(): Promise<void>;
}

/** The subgraph of what happened: the record, and the alerts raised from it. */
export async function createAuditSubgraph(context: AppContext): Promise<AuditSubgraph> {
  const { bus, db, log } = context;
  await using owned = new AsyncDisposableStack();
  const orm = owned.use(await openOrm({ db, log, schema: "audit", entities: [AlertEntity] }));
  const entries = owned.use(entryFeed(db, log));
  const alerts = owned.use(alertFeed(db, log));
  const engine = owned.use(new AlertEngine(context));
  const wake = () => {
    entries.wake();
    alerts.wake();
  };
  owned.defer(bus.subscribe("entries.appended", () => entries.wake()));
  owned.defer(bus.subscribe("alert.changed", () => alerts.wake()));
  // Whoever follows something may have lost the right to.
  owned.defer(bus.subscribe("permissions.changed", wake));
  owned.defer(bus.onGap(wake));

  const ledger = new Ledger(db, bus);
  const decisions = new DecisionPoint(db);
  const services: AuditServices = {
    db,
    ledger,
    decisions,
    guard: new Guard(decisions, ledger),
    rights: context.rights,
    entryFeed: entries,
    alertFeed: alerts,
    em: orm.em,
  };
  const resources = owned.move();
  return {
    name: "audit",
    ...buildSchema(),
    context: (caller: Caller): AuditContext => ({ ...services, caller, em: services.em() }),
    start: () => engine.start(),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
