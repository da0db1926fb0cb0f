import { AppError } from "@onrecord/core/errors";
import * as Y from "yjs";
import { showsTheSame } from "../attribution/plain-content.js";
import { applyCommitted } from "../store/apply-committed.js";
import { type Made, make } from "../store/made.js";
import { effectiveUpdate } from "./effective-update.js";
import { revertTo } from "./revert.js";

/** What is to be brought back. It may go to another thread. */
export interface RevertQuestion {
  readonly version: number;
  readonly old: Made;
  readonly head: Made;
}

/** The change that does it. */
export interface Reverted {
  /** What it changes: a Yjs v1 update. */
  readonly update: Uint8Array;
  /** How large the document is with it, in bytes. */
  readonly bytes: number;
  /** The clocks from which on it writes, by client. */
  readonly from: ReadonlyMap<number, number>;
}

/**
 * The change that makes the head show what an older version showed; null when it does. CONFLICT where it cannot be brought back exactly: it
 * is tried in a copy.
 */
export function revert({ version, old, head }: RevertQuestion): Reverted | null {
  const [wanted, doc] = [make(old), make(head)];
  const change = revertTo(wanted, doc);
  const copy = new Y.Doc();
  applyCommitted(copy, Y.encodeStateAsUpdate(doc));
  const update = change && effectiveUpdate(copy, change);
  if (!showsTheSame(wanted, copy))
    throw new AppError(
      "CONFLICT",
      `Version ${version} cannot be brought back exactly as it was, so nothing was changed.`,
    );
  if (update === null) return null;
  return { update, bytes: Y.encodeStateAsUpdate(copy).length, from: Y.parseUpdateMeta(update).from };
}
