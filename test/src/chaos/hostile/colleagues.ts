import { setTimeout as delay } from "node:timers/promises";
import type { StockEditor } from "../stock-editor.js";

/** How long they pause between two acts, in milliseconds. */
const PAUSE_MS = 50;
/** An act that takes longer is told as having taken so long. */
const PATIENCE_MS = 60_000;

/** How long what they did took, in milliseconds, in order. */
export interface Noticed {
  readonly edits: readonly number[];
  readonly me: readonly number[];
  readonly healthz: readonly number[];
  /** What did not succeed, a sentence each. */
  readonly failures: readonly string[];
}

/** Two people at work in a document that nobody attacks: one types, the other reads along, and both look around. */
export class Colleagues {
  #typed = 0;

  constructor(
    private readonly editors: readonly [StockEditor, StockEditor],
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** Works until it is told to stop, and tells what it was like. */
  async work(signal: AbortSignal): Promise<Noticed> {
    const failures: string[] = [];
    const time = async (name: string, act: () => Promise<unknown>) => {
      const taken: number[] = [];
      while (!signal.aborted) {
        const begun = performance.now();
        await act().catch((error: unknown) => failures.push(`${name}: ${String(error)}`));
        taken.push(performance.now() - begun);
        await delay(PAUSE_MS);
      }
      return taken;
    };
    const [edits, me, healthz] = await Promise.all([
      time("an edit", () => this.#edit()),
      time("{ me }", () => this.#me()),
      time("/healthz", () => this.#healthz()),
    ]);
    return { edits, me, healthz, failures };
  }

  /** What both have in the end is what was typed, in order. */
  get expected(): string {
    return Array.from({ length: this.#typed }, (_, nth) => `${nth} `).join("");
  }

  async #edit(): Promise<void> {
    const [{ text }, reader] = this.editors;
    const word = `${this.#typed++} `;
    const seen = Promise.withResolvers<void>();
    const look = () => {
      if (reader.text.toString().endsWith(word)) seen.resolve();
    };
    reader.text.observe(look);
    text.insert(text.length, word);
    try {
      await within(seen.promise, "it was not seen");
    } finally {
      reader.text.unobserve(look);
    }
  }

  async #me(): Promise<void> {
    const response = await fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ query: "{ me { sessionId } }" }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = (await response.json()) as { data?: { me?: { sessionId?: string } } };
    if (!answer.data?.me?.sessionId) throw new Error(JSON.stringify(answer));
  }

  async #healthz(): Promise<void> {
    const response = await fetch(`${this.url}/healthz`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    await response.text();
  }
}

async function within(promise: Promise<void>, otherwise: string): Promise<void> {
  const late = delay(PATIENCE_MS, undefined, { ref: false }).then(() => {
    throw new Error(otherwise);
  });
  await Promise.race([promise, late]);
}
