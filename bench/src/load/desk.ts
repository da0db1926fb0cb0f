import * as Y from "yjs";
import type { Recorder } from "../measure/window.js";
import type { Client } from "./client.js";
import type { Random } from "./random.js";
import { Typist } from "./typist.js";

/** A client that types. Its keystrokes are numbered by their Yjs clocks, so that whoever receives one can say which. */
export interface Writer {
  readonly client: Client;
  readonly typist: Typist;
  readonly sentAt: number[];
  /** Keystrokes that all watched clients have received. */
  acknowledged: number;
}

/** A client whose whole conversation is kept and looked at. */
interface Watched {
  readonly client: Client;
  /** Received keystrokes by the typist's clientID. */
  readonly seen: Map<number, number>;
  readonly kept: Uint8Array[];
}

/**
 * One document under load. Only the watched clients decode what they receive; the others take fingerprints. With the first and
 * the last to come among the watched, what both have received has passed everyone between them too.
 */
export class Desk {
  readonly writers: readonly Writer[];
  readonly watched: readonly Watched[];
  readonly #writers: ReadonlyMap<number, Writer>;
  /** Called for each writer that got further. */
  onProgress: ((writer: Writer) => void) | undefined;

  constructor(
    readonly documentId: string,
    writers: readonly Client[],
    watched: readonly Client[],
    random: Random,
    private readonly recorder: Recorder,
  ) {
    this.writers = writers.map((client) => ({
      client,
      typist: new Typist(random.clientId()),
      sentAt: [],
      acknowledged: 0,
    }));
    this.#writers = new Map(this.writers.map((writer) => [writer.typist.clientId, writer]));
    this.watched = watched.map((client) => ({ client, seen: new Map(), kept: [] }));
    for (const watched of this.watched) watched.client.onUpdate = (update) => this.#receive(watched, update);
    // Writers receive other streams than readers where a server does not echo.
    for (const { client } of this.writers)
      if (client.onUpdate === undefined) {
        const keeping: Watched = { client, seen: new Map(), kept: [] };
        this.keeping.push(keeping);
        client.onUpdate = (update) => void keeping.kept.push(update.slice());
      }
  }

  /** Writers that are not watched: what they receive is kept and looked at in the end. */
  readonly keeping: Watched[] = [];

  type(writer: Writer): void {
    writer.sentAt.push(performance.now());
    writer.client.sendUpdate(writer.typist.next());
  }

  get sent(): number {
    return this.writers.reduce((sum, { typist }) => sum + typist.clock, 0);
  }

  get acknowledged(): number {
    return this.writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  }

  #receive(watched: Watched, update: Uint8Array): void {
    const at = performance.now();
    watched.kept.push(update.slice());
    for (const [clientId, clock] of Y.parseUpdateMeta(update).to) {
      const writer = this.#writers.get(clientId);
      // A server may echo.
      if (writer === undefined || writer.client === watched.client) continue;
      for (let i = watched.seen.get(clientId) ?? 0; i < clock; i++)
        this.recorder.latency(at - writer.sentAt[i]!);
      watched.seen.set(clientId, clock);
      this.#acknowledge(writer);
    }
  }

  #acknowledge(writer: Writer): void {
    let least = Number.POSITIVE_INFINITY;
    for (const { client, seen } of this.watched)
      if (client !== writer.client) least = Math.min(least, seen.get(writer.typist.clientId) ?? 0);
    if (least <= writer.acknowledged) return;
    for (; writer.acknowledged < least; writer.acknowledged++) this.recorder.deliver();
    this.onProgress?.(writer);
  }
}
