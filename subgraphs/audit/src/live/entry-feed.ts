import type { Logger } from "@onrecord/core/log";
import { isSettled } from "@onrecord/ledger/is-settled";
import type { PlacedEntry, Position } from "@onrecord/ledger/read";
import { comparePositions, positionOf } from "@onrecord/ledger/read";
import { newest, readAfter } from "@onrecord/ledger/tail";
import { readRevision } from "@onrecord/policy/resources";
import type { Sql } from "@onrecord/postgres/database";
import type { Lag } from "@onrecord/telemetry/lag";
import { Feed } from "./feed.js";

/** The record, live. */
export function entryFeed(sql: Sql, log: Logger, lag: Lag): Feed<PlacedEntry, Position> {
  return new Feed<PlacedEntry, Position>(
    {
      name: "entries",
      newest: () => newest(sql),
      read: (after, limit) => readAfter(sql, after, limit),
      positionOf,
      compare: comparePositions,
      settled: () => isSettled(sql),
      revision: () => readRevision(sql),
    },
    log,
    ({ at }) => lag.seen(Date.parse(at)),
  );
}
