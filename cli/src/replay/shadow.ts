import * as Y from "yjs";
import { pastEnd } from "./check-positions.js";
import { SurrogatePairs } from "./surrogate-pairs.js";
import type { Trace, TraceChange } from "./trace.js";

/** The shared text of a TEXT document. */
export const TEXT_NAME = "content";

/** A change of a trace as the Yjs update that its agent's editor would have sent. */
export interface Keystroke {
  readonly agent: number;
  readonly needs: readonly number[];
  /** Milliseconds since the first. */
  readonly at: number;
  /** Null: it changes nothing. */
  readonly update: Uint8Array | null;
  /** The agent's Yjs clock after it: whoever has seen so much has seen its insertions. */
  readonly clock: number;
  /** What it deletes, where it inserts nothing and its clock says nothing: who has seen this deleted has seen it. */
  readonly deletes: Y.ID | null;
}

/**
 * Makes each change on exactly the state that it was typed on: a document per agent, with the clientID of that agent's live
 * editor, that has seen what the agent had seen and no more. `base` is the live document's state before all of it.
 */
export function* shadow(
  trace: Trace,
  clientIds: readonly number[],
  base?: Uint8Array,
): Generator<Keystroke, void, void> {
  const made: Keystroke[] = [];
  /** Of each agent, where its changes stand in `made`. */
  const places: number[][] = clientIds.map(() => []);
  const wide = trace.changes.some(({ patches }) =>
    patches.some(([, , text]) => /[\ud800-\udfff]/.test(text)),
  );
  const agents = clientIds.map((clientId) => new Shadow(clientId, wide, base));
  for (const change of trace.changes) {
    const agent = agents[change.agent]!;
    for (const place of agent.missing(change, places)) agent.receive(made[place]!);
    const keystroke = agent.type(change, made.length);
    places[change.agent]!.push(made.length);
    made.push(keystroke);
    yield keystroke;
  }
}

class Shadow {
  readonly #doc = new Y.Doc();
  readonly #text: Y.Text;
  readonly #pairs = new SurrogatePairs();
  readonly #seen: number[] = [];
  #update: Uint8Array | null = null;

  constructor(clientId: number, wide: boolean, base: Uint8Array | undefined) {
    this.#doc.clientID = clientId;
    this.#text = this.#doc.getText(TEXT_NAME);
    if (base) Y.applyUpdate(this.#doc, base);
    if (wide) {
      // Our own changes are followed patch by patch; Yjs tells of a transaction only when all of it is done.
      this.#text.observe(({ transaction, delta }) => {
        if (!transaction.local) this.#pairs.apply(delta);
      });
    }
    this.#doc.on("update", (update: Uint8Array) => {
      this.#update = update;
    });
  }

  /** Where those changes stand that the agent received before it typed this one, in causal order. */
  missing({ agent, needs }: TraceChange, places: readonly (readonly number[])[]): number[] {
    const missing: number[] = [];
    for (const [other, count] of needs.entries()) {
      if (other === agent) continue;
      missing.push(...places[other]!.slice(this.#seen[other] ?? 0, count));
      this.#seen[other] = count;
    }
    return missing.sort((a, b) => a - b);
  }

  receive({ update }: Keystroke): void {
    if (update) Y.applyUpdate(this.#doc, update);
  }

  type({ agent, needs, at, patches }: TraceChange, index: number): Keystroke {
    const { clientID } = this.#doc;
    const before = Y.getState(this.#doc.store, clientID);
    this.#update = null;
    this.#doc.transact(() => {
      for (const [position, deleted, inserted] of patches) {
        const offset = this.#pairs.offsetOf(position);
        const length = this.#pairs.offsetOf(position + deleted) - offset;
        if (offset + length > this.#text.length) throw pastEnd(index);
        if (length > 0) this.#text.delete(offset, length);
        if (inserted !== "") this.#text.insert(offset, inserted);
        this.#pairs.replace(offset, length, inserted);
      }
    });
    const clock = Y.getState(this.#doc.store, clientID);
    const update: Uint8Array | null = this.#update;
    return { agent, needs, at, update, clock, deletes: clock === before ? firstDeleted(update) : null };
  }
}

function firstDeleted(update: Uint8Array | null): Y.ID | null {
  if (update === null) return null;
  for (const [client, [range]] of Y.decodeUpdate(update).ds.clients)
    if (range) return Y.createID(client, range.clock);
  return null;
}
