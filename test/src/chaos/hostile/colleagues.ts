import { setTimeout as delay } from "node:timers/promises";
import { openStockEditor, type StockEditor } from "../stock-editor.js";

/** How long they pause between two looks, in milliseconds. */
const PAUSE = 25;

/** What somebody notices of a server, in milliseconds at the 99th percentile. */
export interface Noticed {
  readonly editMs: number;
  readonly meMs: number;
  readonly healthMs: number;
}

/** Two colleagues in a document that nobody attacks: one types, the other waits for it to appear, and both ask who they are. */
export class Colleagues implements Disposable {
  readonly #editors: readonly [StockEditor, StockEditor];
  #typed = 0;
  #losses = 0;

  constructor(
    private readonly url: string,
    documentId: string,
    private readonly tokens: readonly [string, string],
  ) {
    const open = (token: string) =>
      openStockEditor({ rooms: `${url.replace("http", "ws")}/collab`, documentId, token });
    this.#editors = [open(tokens[0]), open(tokens[1])];
    for (const { provider } of this.#editors) provider.on("connection-close", () => this.#losses++);
  }

  /** How often one of them lost the connection. */
  get losses(): number {
    return this.#losses;
  }

  /** Whether both have everything that was typed. */
  get agree(): boolean {
    return this.#editors.every(({ text }) => text.length === this.#typed);
  }

  /** They work until `attack` is done, and at least ten times. */
  async during<T>(attack: () => Promise<T>): Promise<{ result: T; noticed: Noticed }> {
    const seen = { edit: [] as number[], me: [] as number[], health: [] as number[] };
    let done = false;
    const attacked = attack().finally(() => {
      done = true;
    });
    while (!done || seen.edit.length < 10) {
      seen.edit.push(await timed(() => this.#type()));
      seen.me.push(await timed(() => this.#ask()));
      seen.health.push(await timed(async () => void (await (await fetch(`${this.url}/healthz`)).text())));
      await delay(PAUSE);
    }
    const noticed = { editMs: p99(seen.edit), meMs: p99(seen.me), healthMs: p99(seen.health) };
    return { result: await attacked, noticed };
  }

  /** Types a letter; resolves when the colleague has it. */
  async #type(): Promise<void> {
    const [writer, reader] = this.#editors;
    const { promise, resolve } = Promise.withResolvers<void>();
    const all = ++this.#typed;
    const look = () => {
      if (reader.text.length >= all) resolve();
    };
    reader.text.observe(look);
    writer.text.insert(writer.text.length, "a");
    await promise;
    reader.text.unobserve(look);
  }

  async #ask(): Promise<void> {
    const response = await fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.tokens[0]}` },
      body: JSON.stringify({ query: "{ me { user { id } } }" }),
    });
    const { data } = (await response.json()) as { data: { me: object } | null };
    if (!data) throw new Error(`a colleague was answered ${response.status}`);
  }

  [Symbol.dispose](): void {
    for (const editor of this.#editors) editor[Symbol.dispose]();
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function p99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0);
}
