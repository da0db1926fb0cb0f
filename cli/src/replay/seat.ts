import * as Y from "yjs";
import type { Keystroke } from "./shadow.js";

/** One client of a replay: what it has still to type, and how much of everybody's typing has reached it. */
export class Seat {
  /** How many changes of each agent are in this document; its own too. */
  readonly seen: number[];
  /** When it sent its changes, by their number. */
  readonly sentAt: number[] = [];

  constructor(
    readonly doc: Y.Doc,
    /** Its agent's number; a seat without changes only reads. */
    readonly agent: number,
    private readonly typing: readonly (readonly Keystroke[])[],
  ) {
    this.seen = typing.map(() => 0);
  }

  get mine(): readonly Keystroke[] {
    return this.typing[this.agent] ?? [];
  }

  /** The change to type next. */
  get next(): Keystroke | undefined {
    return this.mine[this.sentAt.length];
  }

  /** Whether the document is where the agent was when it typed this. */
  mayType({ needs }: Keystroke): boolean {
    return needs.every((count, agent) => agent === this.agent || this.seen[agent]! >= count);
  }

  type({ update }: Keystroke): void {
    this.sentAt.push(performance.now());
    this.seen[this.agent] = this.sentAt.length;
    if (!update) return;
    this.doc.transact((transaction) => {
      Y.applyUpdate(this.doc, update);
      // It counts as typed here: Yjs gives a document a new clientID when changes of its own seem to come from elsewhere.
      transaction.local = true;
    }, "typing");
  }

  /** Notices what has arrived from another seat and reports how long each took. */
  notice(sender: Seat, report: (milliseconds: number) => void): void {
    const now = performance.now();
    let count = this.seen[sender.agent]!;
    for (; count < sender.sentAt.length && this.#has(sender.mine[count]!, sender.doc.clientID); count++)
      report(now - sender.sentAt[count]!);
    this.seen[sender.agent] = count;
  }

  #has({ clock, deletes }: Keystroke, clientId: number): boolean {
    const { store } = this.doc;
    if (Y.getState(store, clientId) < clock) return false;
    if (deletes === null) return true;
    return Y.getState(store, deletes.client) > deletes.clock && Y.getItem(store, deletes).deleted;
  }
}
