import type { Slices } from "@onrecord/core/lane";
import { findInSteps, type Layout, readStructs } from "@onrecord/filing/update-structs";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

/** A document as bytes, with what can be told of it without decoding it again. */
export interface EncodedState {
  /** All of it: a Yjs v1 update. */
  readonly state: Uint8Array;
  /** Encoded, as Yjs does. */
  readonly stateVector: Uint8Array;
  /** How many bytes at the end of `state` are its delete set. */
  readonly deletes: number;
}

/** The state of a document. Nothing of it may be pending. */
export function encodeState(doc: Y.Doc): EncodedState {
  const stateVector = Y.encodeStateVector(doc);
  // Of somebody who has every struct Yjs tells the deletes only, behind a zero: no structs.
  const deletes = Y.encodeStateAsUpdate(doc, stateVector).length - 1;
  return { state: Y.encodeStateAsUpdate(doc), stateVector, deletes };
}

/** The state of a document that a single update makes, which is then that update. It is not decoded, only read over. */
export async function stateOf(update: Uint8Array, slices: Slices): Promise<EncodedState> {
  const clocks = new Map<number, number>();
  const { deletes } = await raiseClocks(clocks, update, slices);
  const stateVector = Y.encodeStateVector(clocks);
  return { state: update, stateVector, deletes: update.length - deletes };
}

/** Raises clocks to what an update brings them to. */
export async function raiseClocks(
  clocks: Map<number, number>,
  update: Uint8Array,
  slices: Slices,
): Promise<Layout> {
  const layout = await inSlices(findInSteps(update), slices);
  for (const section of layout.sections) {
    let read = 0;
    for (const { client, clock, length } of readStructs(update, section)) {
      clocks.set(client, Math.max(clocks.get(client) ?? 0, clock + length));
      if (++read % STEP === 0 && slices.isOver) await slices.next();
    }
  }
  return layout;
}

/** The clock is looked at after so many structs. */
const STEP = 1000;

async function inSlices<T>(steps: Generator<undefined, T>, slices: Slices): Promise<T> {
  let step = steps.next();
  for (; !step.done; step = steps.next()) if (slices.isOver) await slices.next();
  return step.value;
}

/** Throws where a state is none: reads over its structs up to its deletes, and makes nothing of them. */
export async function requireState(
  { state, stateVector, deletes }: EncodedState,
  slices: Slices,
): Promise<void> {
  Y.decodeStateVector(stateVector);
  const layout = await inSlices(findInSteps(state), slices);
  if (layout.deletes !== state.length - deletes)
    throw new Error("its deletes are not where they are said to be");
}

/** An encoded state as one value, to be sealed. */
export function packState({ state, stateVector, deletes }: EncodedState): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint8Array(encoder, stateVector);
    encoding.writeVarUint(encoder, deletes);
    encoding.writeUint8Array(encoder, state);
  });
}

/** What `packState` made of it. */
export function unpackState(packed: Uint8Array): EncodedState {
  const decoder = decoding.createDecoder(packed);
  const stateVector = decoding.readVarUint8Array(decoder);
  const deletes = decoding.readVarUint(decoder);
  return { state: decoding.readTailAsUint8Array(decoder), stateVector, deletes };
}
