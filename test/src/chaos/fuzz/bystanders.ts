import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "@onrecord/core/testing/random";
import type { StockEditor } from "../stock-editor.js";

/** How long they pause between two edits, in milliseconds. */
const PAUSE = 25;
/** The longest text that they keep. */
const LONGEST = 5000;

/**
 * Two people at work on a document that nobody attacks. The first inserts and deletes, the second only inserts: no two deletions
 * ever meet, so that each edit must be exactly one version.
 */
export class Bystanders {
  #edits = 0;
  #losses = 0;
  #working = true;
  readonly #done: Promise<unknown>;

  constructor(
    readonly editors: readonly [StockEditor, StockEditor],
    random: Random,
  ) {
    for (const { provider } of editors) provider.on("connection-close", () => this.#losses++);
    this.#done = Promise.all(editors.map((editor, who) => this.#work(editor, random.branch(), who === 0)));
  }

  /** Edits that were made so far. */
  get edits(): number {
    return this.#edits;
  }

  /** How often one of them lost the connection; what was typed meanwhile is one version. */
  get losses(): number {
    return this.#losses;
  }

  /** Puts the pens down. */
  async stop(): Promise<void> {
    this.#working = false;
    await this.#done;
  }

  async #work({ text }: StockEditor, random: Random, deletes: boolean): Promise<void> {
    while (this.#working) {
      const at = random.int(0, text.length);
      if (deletes && text.length > LONGEST) text.delete(0, LONGEST / 2);
      else if (deletes && at < text.length && random.chance(0.3))
        text.delete(at, random.int(1, Math.min(8, text.length - at)));
      else text.insert(at, random.word());
      this.#edits++;
      await delay(PAUSE);
    }
  }
}
