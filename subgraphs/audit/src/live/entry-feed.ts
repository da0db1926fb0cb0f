import type { Logger } from "@onrecord/core/log";
import type { PlacedEntry, Position } from "@onrecord/ledger/read";
import { newest, readAfter } from "@onrecord/ledger/tail";
import { readRevision } from "@onrecord/policy/resources";
import type { Sql } from "@onrecord/postgres/database";
import { comparePositions, positionOf } from "../entries/entry-cursor.js";
import { isSettled } from "../entries/is-settled.js";
import { Feed } from "./feed.js";

/** The record, live. */
export function entryFeed(sql: Sql, log: Logger): Feed<PlacedEntry, Position> {
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
  );
}
