import type { PlacedEntry, Position } from "@onrecord/ledger/read";
import type { SubgraphContext } from "@onrecord/subgraph/context";
import type { AlertPosition } from "./alerts/alert-cursor.js";
import type { RaisedAlert } from "./alerts/raised-alert.js";
import type { Feed } from "./live/feed.js";

/** What one execution works with. */
export interface AuditContext extends SubgraphContext {
  readonly entryFeed: Feed<PlacedEntry, Position>;
  readonly alertFeed: Feed<RaisedAlert, AlertPosition>;
}
