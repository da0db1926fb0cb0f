import type { EntityManager } from "@mikro-orm/postgresql";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { PlacedEntry, Position } from "@onrecord/ledger/read";
import type { DecisionPoint } from "@onrecord/policy/decision";
import type { Guard } from "@onrecord/policy/guard";
import type { LiveRights } from "@onrecord/policy/live-rights";
import type { Caller } from "@onrecord/policy/principal";
import type { Database } from "@onrecord/postgres/database";
import type { AlertPosition } from "./alerts/alert-cursor.js";
import type { RaisedAlert } from "./alerts/raised-alert.js";
import type { Feed } from "./live/feed.js";

/** What lives as long as the subgraph. */
export interface AuditServices {
  readonly db: Database;
  readonly ledger: Ledger;
  readonly decisions: DecisionPoint;
  readonly guard: Guard;
  readonly rights: LiveRights;
  readonly entryFeed: Feed<PlacedEntry, Position>;
  readonly alertFeed: Feed<RaisedAlert, AlertPosition>;
  em(): EntityManager;
}

/** What one execution works with. */
export interface AuditContext extends Omit<AuditServices, "em"> {
  readonly caller: Caller;
  /** This execution's own unit of work. */
  readonly em: EntityManager;
}
