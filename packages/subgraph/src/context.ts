import type { EntityManager } from "@mikro-orm/postgresql";
import type { AppContext } from "@onrecord/context/context";
import type { Caller } from "@onrecord/policy/principal";
import type { Orm } from "@onrecord/postgres/orm";

/** What every subgraph takes of its process. */
export type Shared = Pick<
  AppContext,
  "config" | "log" | "db" | "bus" | "ledger" | "decisions" | "guard" | "rights"
>;

/** What one execution works with, in every subgraph; each adds what is its own. */
export interface SubgraphContext extends Shared {
  readonly caller: Caller;
  /** This execution's own unit of work, for reading; changes are made in that of a transaction (`unitOfWork`). */
  readonly em: EntityManager;
}

/** The part of a process's context that a subgraph shares. */
export function shared({ config, log, db, bus, ledger, decisions, guard, rights }: AppContext): Shared {
  return { config, log, db, bus, ledger, decisions, guard, rights };
}

/** Begins an execution: what lives as long as the subgraph, with who asks and a unit of work of their own. */
export function beginExecution<Services extends Shared>(
  services: Services,
  orm: Orm,
  caller: Caller,
): Services & SubgraphContext {
  return { ...services, caller, em: orm.em() };
}
