import { sliceUpdate } from "@onrecord/filing/slice-update";
import * as decoding from "lib0/decoding";
import type { Step } from "../authorship/authorship.js";
import { countStructs } from "../updates/count-structs.js";

/** A part is smaller than a change may be: while one is taken, everyone else on the node waits. */
const PART_BYTES = 1024 * 1024;
const PART_STRUCTS = 20_000;

/** What a change and a document may have. */
interface Bounds {
  readonly updateBytes: number;
  readonly updateStructs: number;
  readonly documentBytes: number;
}

/** A part of a message, and how it is to be judged. */
export interface Part {
  readonly update: Uint8Array;
  readonly step: Step;
  readonly isLast: boolean;
}

/** Whether an update is small enough to be one change. */
export function fitsOneChange(update: Uint8Array, { updateBytes, updateStructs }: Bounds): boolean {
  return update.length <= updateBytes && hasAtMost(update, updateStructs);
}

/** Whether an update that is not may be taken as several: it has no more structs than as many changes as make a document. */
export function isDivisible(
  update: Uint8Array,
  { updateBytes, updateStructs, documentBytes }: Bounds,
): boolean {
  return hasAtMost(update, updateStructs * Math.ceil(documentBytes / updateBytes));
}

/**
 * Divides an update into parts. What was not typed so as a whole is not in any part of it: an Update of several clientIDs comes out of a
 * store, and a part of it may have only one. A sync is answered with its last part. Throws where the update is malformed.
 */
export function* partsOf(
  update: Uint8Array,
  step: "step2" | "update",
  { updateBytes, updateStructs }: Bounds,
): Generator<Part, undefined> {
  const clients = decoding.readVarUint(decoding.createDecoder(update));
  const isTyped = step === "update" && clients <= 1;
  const bytes = Math.min(updateBytes, PART_BYTES);
  const slices = sliceUpdate(update, bytes, Math.min(updateStructs, PART_STRUCTS));
  let slice = slices.next();
  while (!slice.done) {
    const next = slices.next();
    const isLast = next.done === true;
    yield {
      update: slice.value,
      step: isTyped ? "update" : isLast && step === "step2" ? step : "part",
      isLast,
    };
    slice = next;
  }
}

function hasAtMost(update: Uint8Array, structs: number): boolean {
  // A struct has two bytes or more.
  if (update.length / 2 <= structs) return true;
  try {
    return countStructs(update, structs) <= structs;
  } catch {
    // Whoever applies it finds out why.
    return true;
  }
}
