import type { EntityManager } from "@mikro-orm/postgresql";
import type { Bus } from "@onrecord/bus/bus";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { DecisionPoint } from "@onrecord/policy/decision";
import type { Guard } from "@onrecord/policy/guard";
import type { LiveRights } from "@onrecord/policy/live-rights";
import type { Caller } from "@onrecord/policy/principal";
import type { Database } from "@onrecord/postgres/database";

/** What lives as long as the subgraph. */
export interface PermissionsServices {
  readonly db: Database;
  readonly bus: Bus;
  readonly ledger: Ledger;
  readonly decisions: DecisionPoint;
  readonly guard: Guard;
  readonly rights: LiveRights;
  em(): EntityManager;
}

/** What one execution works with. */
export interface PermissionsContext extends Omit<PermissionsServices, "em"> {
  readonly caller: Caller;
  /** This execution's own unit of work. */
  readonly em: EntityManager;
}
