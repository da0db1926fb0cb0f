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
