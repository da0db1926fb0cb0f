import type { ClientBinding, NewChange } from "@onrecord/history/commit";
import * as Y from "yjs";
import { type Judgement, judge, type Novelty, ownerOf, type Step } from "./authorship.js";
import { Bindings } from "./bindings.js";
import { inspect } from "./inspect.js";
import { type Speaker, Speakers } from "./speakers.js";

/** What is known in a room of whose clientIDs are whose, and what follows from it for each change. */
export class Authors {
  readonly bindings: Bindings;
  readonly #speakers = new Speakers();

  constructor(
    committed: Iterable<ClientBinding>,
    /** Who has the document open. */
    private readonly open: Iterable<Speaker>,
  ) {
    this.bindings = new Bindings(committed);
  }

  /** Decides on a change before it is applied. What cannot be decoded is refused. */
  judge(doc: Y.Doc, from: Speaker, step: Step, update: Uint8Array): Judgement {
    const { bindings } = this;
    const connected = (userId: string) => {
      for (const { principal } of this.open) if (principal.userId === userId) return true;
      return false;
    };
    try {
      return judge({ doc, bindings, speakers: this.#speakers, connected }, from, step, inspect(update));
    } catch {
      return { outcome: "refused", reason: "the update is malformed" };
    }
  }

  /** Says whose a change is that has just been applied: what was new and is not in the document now has built on something unseen. */
  attribute(
    doc: Y.Doc,
    from: Speaker,
    step: Step,
    novelties: readonly Novelty[],
  ): Pick<NewChange, "authorId"> & { readonly bindings: readonly ClientBinding[] } {
    let authorId: string | null = from.principal.userId;
    const bindings: ClientBinding[] = [];
    for (const { clientId, clock, userId } of novelties) {
      if (Y.getState(doc.store, clientId) === clock) continue;
      if (userId === null) authorId = null;
      else if (step === "update") this.#speakers.claim(from, clientId);
      const binding = this.bindings.note(clientId, clock, userId);
      if (binding) bindings.push(binding);
    }
    return { authorId, bindings };
  }

  /**
   * The state vector to ask a client with for what the server lacks; and for what others brought under the clientIDs of its user, to
   * see whether that is what its editor has.
   */
  askFor(doc: Y.Doc, { principal }: Speaker): Uint8Array {
    const stateVector = Y.encodeStateVector(doc);
    const { unprovenFrom } = this.bindings;
    if (unprovenFrom.size === 0) return stateVector;
    const clocks = Y.decodeStateVector(stateVector);
    for (const [clientId, clock] of unprovenFrom)
      if (this.#ownerOf(clientId) === principal.userId) clocks.set(clientId, clock);
    return Y.encodeStateVector(clocks);
  }

  /** A connection says which clientID its editor writes with; what it has said first stands. Returns false when it is another user's. */
  claim(speaker: Speaker, clientId: number): boolean {
    const owner = this.#ownerOf(clientId);
    if (owner !== undefined && owner !== speaker.principal.userId) return false;
    this.#speakers.claim(speaker, clientId);
    return true;
  }

  /** One that has not said which clientID it writes with may show itself with any that is nobody else's. */
  maySpeak(speaker: Speaker, clientId: number): boolean {
    const spoken = this.#speakers.clientOf(speaker);
    if (spoken !== undefined) return spoken === clientId;
    const owner = this.#ownerOf(clientId);
    return owner === undefined || owner === speaker.principal.userId;
  }

  /** A connection has closed. */
  leave(speaker: Speaker): void {
    this.#speakers.leave(speaker);
  }

  #ownerOf(clientId: number): string | undefined {
    return ownerOf({ bindings: this.bindings, speakers: this.#speakers }, clientId);
  }
}
