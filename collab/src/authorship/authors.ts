import type { ClientBinding, NewChange } from "@onrecord/history/store/commit";
import * as Y from "yjs";
import { type Inspection, inspect, isGone } from "../updates/inspect.js";
import { type AcceptedChange, type Judgement, judge, type Knowledge, type Step } from "./authorship.js";
import { Bindings } from "./bindings.js";
import { ClockRanges } from "./clock-ranges.js";
import { type Speaker, Speakers } from "./speakers.js";

/** What is known in a room of whose clientIDs are whose, and what follows from it for each change. */
export class Authors implements Knowledge {
  readonly bindings: Bindings;
  readonly cameEmpty = new ClockRanges();
  readonly #speakers = new Speakers();
  /** Those that have told what they had when they came: what they write now comes in order. */
  readonly #answered = new WeakSet<Speaker>();

  constructor(
    committed: Iterable<ClientBinding>,
    /** Who has the document open. */
    private readonly open: Iterable<Speaker>,
  ) {
    this.bindings = new Bindings(committed);
  }

  /** A connection has told what its editor had when it came. */
  hasAnswered(speaker: Speaker): void {
    this.#answered.add(speaker);
  }

  /** Decides on a change before it is applied. */
  judge(doc: Y.Doc, from: Speaker, step: Step, inspection: Inspection): Judgement {
    if (step === "step2") this.hasAnswered(from);
    const { userId } = from.principal;
    return judge(this, { doc, userId, spokenBy: this.#speakers.clientOf(from), step, inspection });
  }

  /** Says whose a change is that has just been applied: what was new and is not in the document now has built on something unseen. */
  attribute(
    doc: Y.Doc,
    from: Speaker,
    { newStructs, relayed }: AcceptedChange,
    effective: Uint8Array,
  ): Pick<NewChange, "proven" | "relayed"> & { readonly bindings: readonly ClientBinding[] } {
    let proven = true;
    const bindings: ClientBinding[] = [];
    for (const { clientId, clock, userId } of newStructs) {
      if (Y.getState(doc.store, clientId) === clock) continue;
      if (userId === null) proven = false;
      else if (!relayed) this.#speakers.claim(from, clientId);
      const binding = this.bindings.note(clientId, clock, userId);
      if (binding) bindings.push(binding);
    }
    if (!proven) this.remember(effective);
    return { proven, relayed, bindings };
  }

  /** Keeps in mind what came without content in a change that is in the document and was relayed for an owner. */
  remember(effective: Uint8Array): void {
    for (const [clientId, { structs }] of inspect(effective).claims) {
      if (this.ownerOf(clientId) === undefined) continue;
      for (const struct of structs) {
        const { clock } = struct.id;
        const end = clock + struct.length;
        if (isGone(struct) && this.bindings.unproven(clientId, clock, end))
          this.cameEmpty.add(clientId, clock, end);
      }
    }
  }

  /**
   * The state vector to ask a client with, of that of the document, for what the server lacks; and for what others brought under the clientIDs of its user, to
   * see whether that is what its editor has.
   */
  askFor(stateVector: Uint8Array, { principal }: Speaker): Uint8Array {
    const { unprovenFrom } = this.bindings;
    if (unprovenFrom.size === 0) return stateVector;
    const clocks = Y.decodeStateVector(stateVector);
    for (const [clientId, clock] of unprovenFrom)
      if (this.ownerOf(clientId) === principal.userId) clocks.set(clientId, clock);
    return Y.encodeStateVector(clocks);
  }

  /** A connection says which clientID its editor writes with; what it has said first stands. Returns false when it is another user's. */
  claim(speaker: Speaker, clientId: number): boolean {
    const owner = this.ownerOf(clientId);
    if (owner !== undefined && owner !== speaker.principal.userId) return false;
    this.#speakers.claim(speaker, clientId);
    return true;
  }

  /** One that has not said which clientID it writes with may show itself with any that is nobody else's. */
  maySpeak(speaker: Speaker, clientId: number): boolean {
    const spoken = this.#speakers.clientOf(speaker);
    if (spoken !== undefined) return spoken === clientId;
    const owner = this.ownerOf(clientId);
    return owner === undefined || owner === speaker.principal.userId;
  }

  /** A connection has closed. */
  leave(speaker: Speaker): void {
    this.#speakers.leave(speaker);
  }

  /** A clientID is bound by a change, or else said by an editor. */
  ownerOf(clientId: number): string | undefined {
    return this.bindings.ownerOf(clientId) ?? this.#speakers.userOf(clientId);
  }

  isHere(userId: string): boolean {
    for (const { principal } of this.open) if (principal.userId === userId) return true;
    return false;
  }

  isWriting(userId: string, clientId: number): boolean {
    if (this.#speakers.isOpen(clientId)) return true;
    // One that has not said yet which clientID it writes with, or what it has, may be the one.
    for (const speaker of this.open)
      if (
        speaker.principal.userId === userId &&
        !(this.#answered.has(speaker) && this.#speakers.clientOf(speaker) !== undefined)
      )
        return true;
    return false;
  }
}
