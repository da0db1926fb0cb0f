import type { EntityManager } from "@mikro-orm/postgresql";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { Bus } from "@onrecord/platform/bus";
import type { Database } from "@onrecord/platform/database";
import type { DecisionPoint } from "@onrecord/policy/decide";
import type { Guard } from "@onrecord/policy/guard";
import type { Caller } from "@onrecord/policy/principal";

/** What lives as long as the subgraph. */
export interface PermissionsServices {
  readonly db: Database;
  readonly bus: Bus;
  readonly ledger: Ledger;
  readonly decisions: DecisionPoint;
  readonly guard: Guard;
  em(): EntityManager;
}

/** What one execution works with. */
export interface PermissionsContext extends Omit<PermissionsServices, "em"> {
  readonly caller: Caller;
  /** This execution's own unit of work. */
  readonly em: EntityManager;
}
