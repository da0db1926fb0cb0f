import type { Slices } from "@onrecord/core/lane";
import { sliceInSteps } from "@onrecord/filing/slice-update";
import * as Y from "yjs";
import { applyCommitted } from "./apply-committed.js";

/** At most so much of an update is applied before the clock is looked at: a few milliseconds. */
const MOST = { bytes: 16 * 1024, structs: 200 };

/**
 * Applies a committed update as `applyCommitted` does, in as many slices as it takes. The document must be nobody else's until then: in
 * between it has a part of the update. Its structs come in the order in which Yjs would take them from the whole, so that also where an
 * editor has left the order of what it wrote open, it is the same.
 */
export async function applyInSlices(
  doc: Y.Doc,
  update: Uint8Array,
  slices: Slices,
  most = MOST,
): Promise<void> {
  if (update.length <= most.bytes) {
    applyCommitted(doc, update);
    if (slices.isOver) await slices.next();
    return;
  }
  const steps = sliceInSteps(update, most.bytes, most.structs, { keepsOrder: true });
  while (!applyNext(doc, steps, slices)) await slices.next();
}

/** Applies steps until the slice is over, in one transaction: each costs as much as there are clients. True when there are no more. */
function applyNext(doc: Y.Doc, steps: ReturnType<typeof sliceInSteps>, slices: Slices): boolean {
  return doc.transact((transaction) => {
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      if (step.value !== undefined) Y.applyUpdate(doc, step.value);
      if (slices.isOver) break;
    }
    // As in `applyCommitted`.
    transaction.local = true;
    return step.done === true;
  });
}
