import type { Entry } from "./entry.js";

/** The columns of `audit.entry` as an `Entry`: timestamps to the millisecond in UTC, hashes in hex. Select it from the table or an alias `e`. */
export const entryColumns = `
  e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, e.action,
  e.actor_kind as "actorKind", e.actor_id as "actorId", e.session_id as "sessionId", e.request_id as "requestId",
  e.object_kind as "objectKind", e.object_id as "objectId", e.outcome,
  encode(e.origin_commitment, 'hex') as "originCommitment", e.detail`;

/** An entry with its place in the order of the record. */
export interface PlacedEntry extends Entry {
  readonly txid: string;
  /** It tells what somebody did whose duty it is to look: only those of such a duty are shown it. */
  readonly discreet: boolean;
}

/** How far a reader has come: everything up to this entry has been seen. */
export interface Position {
  /** Decimal, since it is 64 bits wide. */
  readonly txid: string;
  readonly entryId: string;
}

/** Before everything. */
export const start: Position = { txid: "0", entryId: "00000000-0000-0000-0000-000000000000" };

/** Where an entry stands in the order of the record. */
export function positionOf({ txid, id }: PlacedEntry): Position {
  return { txid, entryId: id };
}

/** The order of the record. */
export function comparePositions(a: Position, b: Position): number {
  const [x, y] = [BigInt(a.txid), BigInt(b.txid)];
  if (x !== y) return x < y ? -1 : 1;
  return a.entryId < b.entryId ? -1 : a.entryId > b.entryId ? 1 : 0;
}
