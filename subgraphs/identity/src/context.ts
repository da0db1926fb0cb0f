import type { EntityManager } from "@mikro-orm/postgresql";
import type { Bus } from "@onrecord/bus/bus";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { DecisionPoint } from "@onrecord/policy/decision";
import type { Guard } from "@onrecord/policy/guard";
import type { LiveRights } from "@onrecord/policy/live-rights";
import type { Caller } from "@onrecord/policy/principal";
import type { Database } from "@onrecord/postgres/database";
import type { SignInLimits } from "./sign-in-limits.js";

/** What lives as long as the subgraph. */
export interface IdentityServices {
  readonly db: Database;
  readonly bus: Bus;
  readonly ledger: Ledger;
  readonly decisions: DecisionPoint;
  readonly guard: Guard;
  readonly rights: LiveRights;
  readonly signInLimits: SignInLimits;
  readonly sessionHours: number;
  em(): EntityManager;
}

/** What one execution works with. */
export interface IdentityContext extends Omit<IdentityServices, "em"> {
  readonly caller: Caller;
  /** This execution's own unit of work. */
  readonly em: EntityManager;
}
