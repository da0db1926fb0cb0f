import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import type { Slices } from "@onrecord/core/lane";
import { applyCommitted } from "@onrecord/history/store/apply-committed";
import { applyInSlices } from "@onrecord/history/store/apply-in-slices";
import { type EncodedState, encodeState } from "@onrecord/history/store/encoded-state";
import type { StoredDocument } from "@onrecord/history/store/load";
import { structsOf } from "@onrecord/history/store/made";
import * as Y from "yjs";
import { framed } from "../connection/connection.js";
import { merged } from "../updates/merged.js";

/** A state that was told once and can be told again, with what was committed since. */
interface CachedState {
  /** The answer to somebody who has nothing. */
  readonly frame: Buffer;
  readonly encoded: EncodedState;
  /** The newest change in it. */
  readonly seq: number;
  readonly later: Uint8Array[];
  bytes: number;
  /** The first of `later` as they go out, and how many these are. */
  laterFrames: readonly Buffer[];
  framed: number;
  /** The state vector with the first of `later`, which of these are in it. */
  clocks: Map<number, number> | undefined;
  counted: number;
}

/** A state of more bytes is not encoded anew for each version that somebody joins at: what was committed since goes before it. */
const LARGE = 1024 * 1024;
/** What was committed since may grow to this many updates, or this part of the state. */
const MAX_LATER = 500;
const LATER_PART = 1 / 4;
/** What is made of more bytes than this is not woken in one go: half of them take 10 ms. */
const AT_ONCE = 64 * 1024;
/** More than this part of a document is much to lack. */
const MUCH = 1 / 8;
/** A document that nobody has changed for so long rests, and a large one, which is slow to wake, later: by this much for each byte. */
const REST_MS = 2000;
const REST_MS_PER_BYTE = 0.01;
/** A document wakes within so long, on a slow machine. */
const WAKING_MS = 100;
const WAKING_MS_PER_STRUCT = 0.003;

/**
 * A document's content in a room. At rest it is bytes, as it was stored: enough for everybody who only comes and looks. A change wakes
 * it, and then it is a Y.Doc until it has been quiet for a while. What is told to those who come with nothing is encoded once for all of
 * them.
 */
export class Content {
  #doc: Y.Doc | undefined;
  #cached: CachedState | undefined;
  #changedAt = 0;
  #toldAt = 0;
  #dearMs = 0;

  constructor({ encoded, later, clocks }: Pick<StoredDocument, "encoded" | "later" | "clocks">) {
    this.#cached = tell(encoded, 0);
    if (clocks) Object.assign(this.#cached, { clocks: new Map(clocks), counted: later.length });
    for (const update of later) add(this.#cached, update);
  }

  /** Whether there is a Y.Doc; asking for one makes it. */
  get isAwake(): boolean {
    return this.#doc !== undefined;
  }

  get doc(): Y.Doc {
    const begun = performance.now();
    this.#changedAt = begun;
    if (this.#doc) return this.#doc;
    const doc = new Y.Doc();
    const { encoded, later } = this.#cached!;
    applyCommitted(doc, encoded.state);
    for (const update of later) applyCommitted(doc, update);
    return this.#awake(doc, performance.now() - begun);
  }

  /** Whether it should be woken in slices before anybody asks for its Y.Doc: it rests, and is large. */
  get isDeepAsleep(): boolean {
    return this.#doc === undefined && !this.#isSmall;
  }

  /** Makes the Y.Doc in slices. Nothing else may change it meanwhile. */
  async wake(slices: Slices): Promise<void> {
    const doc = new Y.Doc();
    const { encoded, later } = this.#cached!;
    await applyInSlices(doc, encoded.state, slices);
    for (const update of later) await applyInSlices(doc, update, slices);
    this.#changedAt = performance.now();
    if (this.#doc === undefined) this.#awake(doc, slices.spentMs);
    if (this.isOutgrown) this.#cached = undefined;
  }

  #awake(doc: Y.Doc, tookMs: number): Y.Doc {
    this.#doc = doc;
    this.#dearMs = Math.max(0, tookMs - WAKING_MS - WAKING_MS_PER_STRUCT * structsOf(doc));
    return doc;
  }

  get #isSmall(): boolean {
    const { encoded, bytes } = this.#cached!;
    return encoded.state.length + bytes <= AT_ONCE;
  }

  /** How much longer it took to wake than documents of its size do, in milliseconds: it has been written into at one place by many. */
  get dearMs(): number {
    return this.#dearMs;
  }

  /** Another document takes its place. */
  replace(doc: Y.Doc): void {
    this.#doc?.destroy();
    this.#doc = doc;
    this.#cached = undefined;
  }

  /** Encoded; with everything that was applied. */
  stateVector(): Uint8Array {
    if (this.#doc) return Y.encodeStateVector(this.#doc);
    const told = this.#cached!;
    const { encoded, later } = told;
    if (later.length === 0) return encoded.stateVector;
    const clocks = told.clocks ?? Y.decodeStateVector(encoded.stateVector);
    told.clocks = clocks;
    // Each is read over once.
    for (; told.counted < later.length; told.counted++)
      for (const [client, clock] of Y.parseUpdateMeta(later[told.counted]!).to) clocks.set(client, clock);
    return Y.encodeStateVector(clocks);
  }

  /** Whether an update is certainly known, as far as that can be told without waking: it says nothing, or repeats the deletes. */
  repeats(update: Uint8Array): boolean {
    if (update.length === 2 && update[0] === 0 && update[1] === 0) return true;
    if (this.#doc || this.#cached!.later.length > 0) return false;
    return Buffer.compare(update, this.#deletes()) === 0;
  }

  /** What somebody with this state vector lacks: a SyncStep2. */
  missing(stateVector: Uint8Array): Uint8Array {
    if (!this.#doc && !this.needsDoc(stateVector)) return this.#deletes();
    return Y.encodeStateAsUpdate(this.doc, stateVector);
  }

  /**
   * What is told to somebody who has nothing, once change `seq` is durable. `newest` is the newest change that was applied. What was
   * committed after a large state was encoded goes before the state: a client keeps it until it has that, and has all when it is told
   * that it is synced.
   */
  whole(newest: number): { readonly seq: number; frames(): Buffer[] } {
    this.#toldAt = performance.now();
    if (this.#cached?.later.length && this.#cached.encoded.state.length <= LARGE && !this.isDeepAsleep)
      this.#tellAnew();
    this.#cached ??= tell(encodeState(this.doc), newest);
    const told = this.#cached;
    return { seq: told.seq, frames: () => [...framesOfLater(told), told.frame] };
  }

  /** An update was committed that ends with change `seq`: whoever comes later gets it too. */
  committed(update: Uint8Array, seq: number): void {
    const told = this.#cached;
    if (!told || seq <= told.seq) return;
    if (this.#doc && told.encoded.state.length <= LARGE) return this.#tellAnew();
    add(told, update);
    if (this.isOutgrown && !this.isDeepAsleep) this.#tellAnew();
  }

  /** Whether so much was committed since the state was encoded that it should be encoded anew, for which it has to be awake. */
  get isOutgrown(): boolean {
    const told = this.#cached;
    if (!told) return false;
    return told.later.length > MAX_LATER || told.bytes > told.encoded.state.length * LATER_PART;
  }

  /**
   * Whether somebody with these clocks lacks so much of a large document, `bytes` long, that they are told all of it: that is encoded once
   * for all, what one lacks for each by itself. Clients pass over what they have.
   */
  lacksMuch(known: ReadonlyMap<number, number>, bytes: number): boolean {
    if (bytes <= AT_ONCE) return false;
    let [all, lacked] = [0, 0];
    for (const [client, clock] of Y.decodeStateVector(this.stateVector())) {
      all += clock;
      lacked += Math.max(0, clock - (known.get(client) ?? 0));
    }
    return lacked > all * MUCH;
  }

  /** Whether telling what somebody with this state vector lacks takes a Y.Doc. */
  needsDoc(stateVector: Uint8Array): boolean {
    if (this.#doc) return false;
    return this.#cached!.later.length > 0 || Buffer.compare(stateVector, this.stateVector()) !== 0;
  }

  /** The next to come is told a state that is encoded then. */
  #tellAnew(): void {
    void this.doc;
    this.#cached = undefined;
  }

  /** All of it as it is now. */
  encode(): EncodedState {
    const told = this.#cached;
    return !this.#doc && told?.later.length === 0 ? told.encoded : encodeState(this.doc);
  }

  /**
   * Lets go of what has not been used for a while. Everything that was applied must be durable; `newest` is the newest of it, and `bytes`
   * about what the state has. True when the document has gone to rest just now.
   */
  rest(newest: number, bytes: number): boolean {
    if (!this.#doc) return false;
    const now = performance.now();
    if (now - this.#changedAt > REST_MS + REST_MS_PER_BYTE * bytes) {
      if (this.#cached?.seq !== newest) this.#cached = tell(encodeState(this.#doc), newest);
      this.#doc.destroy();
      this.#doc = undefined;
      return true;
    }
    if (now - this.#toldAt > REST_MS) this.#cached = undefined;
    return false;
  }

  /** What it is made of: a state, and what was committed after that. Encodes it where it is awake. */
  held(): { readonly encoded: EncodedState; readonly later: readonly Uint8Array[] } {
    if (this.#doc) return { encoded: encodeState(this.#doc), later: [] };
    const { encoded, later } = this.#cached!;
    return { encoded, later: [...later] };
  }

  destroy(): void {
    this.#doc?.destroy();
  }

  /** What somebody who has every struct is told: the deletes, behind a zero. */
  #deletes(): Uint8Array {
    const { state, deletes } = this.#cached!.encoded;
    return Buffer.concat([Uint8Array.of(0), state.subarray(state.length - deletes)]);
  }
}

function add(told: CachedState, update: Uint8Array): void {
  told.later.push(update);
  told.bytes += update.length;
}

/** Encoded once for all who come before the next change. */
function framesOfLater(told: CachedState): readonly Buffer[] {
  if (told.framed < told.later.length) {
    told.laterFrames = [...merged(told.later)].map(updateFrame);
    told.framed = told.later.length;
  }
  return told.laterFrames;
}

/** An update as it goes out. */
export function updateFrame(update: Uint8Array): Buffer {
  return framed(syncFrame(sync.update, update));
}

function tell(encoded: EncodedState, seq: number): CachedState {
  // What is kept long must not keep a pool of buffers with it; nor is the state kept twice, since it stands in the frame.
  const frame = framed(syncFrame(sync.step2, encoded.state), Buffer.allocUnsafeSlow);
  const state = frame.subarray(frame.length - encoded.state.length);
  const stateVector = Uint8Array.from(encoded.stateVector);
  return {
    frame,
    encoded: { state, stateVector, deletes: encoded.deletes },
    seq,
    later: [],
    bytes: 0,
    laterFrames: [],
    framed: 0,
    clocks: undefined,
    counted: 0,
  };
}
