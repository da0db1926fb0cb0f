import type { KeyObject } from "node:crypto";
import type { Lane } from "@onrecord/core/lane";
import type { KeyProvider } from "@onrecord/keys/vault";
import type { Sql } from "@onrecord/postgres/database";
import { openDataKey } from "../keys/data-key.js";
import { openCheckpoint } from "./checkpoint.js";
import { type EncodedState, requireState } from "./encoded-state.js";
import { type Start, startAt } from "./start.js";

/** Where a load at a version stands, and what opens it. */
export interface Standing {
  readonly version: number;
  /** When that version was committed; null for version 0. */
  readonly committedAt: Date | null;
  /** The entry of that version on the record; null for version 0. */
  readonly tip: string | null;
  /** How many changes were read after the checkpoint: what the next load would pay again. */
  readonly replayed: number;
  readonly key: KeyObject;
}

/** What a load begins with: the newest checkpoint that opens, or nothing. */
export interface Opened {
  readonly key: KeyObject;
  readonly encoded: EncodedState | undefined;
  /** The version of `encoded`; 0 without one. */
  readonly from: number;
  at(version: number): Standing;
}

/** A checkpoint that does not open as what it should be. */
export interface UnusableState {
  readonly documentId: string;
  readonly version: number;
  readonly cause: unknown;
}
export type ToldOfUnusable = (state: UnusableState) => void;

/** How a start is opened. */
export interface Opening {
  readonly lane: Lane;
  /** A checkpoint of more bytes is not read. */
  readonly mostBytes?: number;
  readonly unusable?: ToldOfUnusable | undefined;
}

/** So many checkpoints that do not open are passed over in one load; whoever plants thousands does not have each of them read. */
const MOST_PASSED_OVER = 4;

/**
 * Opens what a load at a version, or at the head, begins with. A checkpoint is a cache: one that was altered, belongs elsewhere or is no
 * state is told of, and the one before it is taken, or the versions alone. Not `whole`: the checkpoint is larger than `mostBytes`.
 */
export async function openStart(
  sql: Sql,
  keys: KeyProvider,
  documentId: string,
  version: number | undefined,
  { lane, mostBytes, unusable }: Opening,
): Promise<{ opened: Opened; target: number; whole: boolean }> {
  let below: number | undefined;
  for (let passed = 0; ; passed++) {
    const { start, target } = await startAt(sql, documentId, version, { below, mostBytes });
    const key = await openDataKey(keys, documentId, start.wrapped_key);
    const { checkpoint, sealed } = start;
    const whole = checkpoint === null || sealed !== null;
    if (checkpoint === null || sealed === null)
      return { opened: openedAt(start, key, undefined), target, whole };
    try {
      const encoded = openCheckpoint(key, documentId, checkpoint, sealed);
      await requireState(encoded, lane.begin());
      return { opened: openedAt(start, key, encoded), target, whole };
    } catch (cause) {
      unusable?.({ documentId, version: checkpoint, cause });
      below = passed + 1 < MOST_PASSED_OVER ? checkpoint : 0;
    }
  }
}

function openedAt(
  { checkpoint, at: committedAt, tip }: Start,
  key: KeyObject,
  encoded: EncodedState | undefined,
): Opened {
  const from = checkpoint ?? 0;
  const at = (version: number) => ({ version, committedAt, tip, replayed: version - from, key });
  return { key, encoded, from, at };
}
