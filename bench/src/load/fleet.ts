import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../failure.js";
import { Client } from "./client.js";
import type { Target } from "./job.js";

/** Connections that are opened at the same time; the join storm asks for more. */
const AT_ONCE = 20;
/** Without progress for this long a server is taken to have lost something, in milliseconds. */
const STALL = 20_000;

/** All clients of a run. A single one that is thrown out makes the run a failure. */
export class Fleet implements Disposable {
  readonly #clients: Client[] = [];
  readonly #broken = Promise.withResolvers<never>();
  #opened = 0;

  constructor(private readonly target: Target) {
    this.#broken.promise.catch(() => undefined);
  }

  /** Opens one client per document named; the order of the result is theirs. */
  async open(documentIds: readonly string[], atOnce = AT_ONCE): Promise<Client[]> {
    const opened: Client[] = new Array(documentIds.length);
    let next = 0;
    const worker = async () => {
      while (next < documentIds.length) {
        const index = next++;
        opened[index] = await this.openOne(documentIds[index]!);
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, documentIds.length) }, worker));
    return opened;
  }

  async openOne(documentId: string, onPresence?: (update: Uint8Array) => void): Promise<Client> {
    const token = this.target.tokens[this.#opened++ % this.target.tokens.length]!;
    const client = await Client.open(this.target, documentId, token, onPresence);
    client.onLost = (why) => this.#broken.reject(new Failure(why));
    this.#clients.push(client);
    return client;
  }

  /** Rejects when a client is lost. */
  get broken(): Promise<never> {
    return this.#broken.promise;
  }

  /** Waits, unless a client is lost. */
  async wait(milliseconds: number): Promise<void> {
    await Promise.race([delay(milliseconds), this.#broken.promise]);
  }

  /** Waits until something is true; fails when `progress` stands still for long. */
  async until(condition: () => boolean, progress: () => number, what: string): Promise<void> {
    let last = progress();
    let since = performance.now();
    while (!condition()) {
      await this.wait(5);
      if (progress() !== last) {
        last = progress();
        since = performance.now();
      } else if (performance.now() - since > STALL) throw new Failure(`waited in vain for ${what}`);
    }
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client.leave();
  }
}
