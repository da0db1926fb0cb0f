import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import type { Recorder } from "../measure/window.js";
import type { Client } from "./client.js";
import type { Random } from "./random.js";

/** A client that moves its cursor. Its states are numbered by their awareness clocks. */
export interface Mover {
  readonly client: Client;
  readonly clientId: number;
  readonly sentAt: number[];
  /** The newest state that all watched clients know. */
  acknowledged: number;
}

/** Cursors in one document. Servers may leave out what a newer state of the same cursor has overtaken; the newest must arrive. */
export class Cursors {
  readonly movers: readonly Mover[];
  onProgress: ((mover: Mover) => void) | undefined;
  readonly #movers: ReadonlyMap<number, Mover>;
  readonly #seen: ReadonlyMap<Client, Map<number, number>>;

  constructor(
    clients: readonly Client[],
    watched: readonly Client[],
    random: Random,
    private readonly recorder: Recorder,
  ) {
    this.movers = clients.map((client) => ({
      client,
      clientId: random.clientId(),
      sentAt: [performance.now()],
      acknowledged: 0,
    }));
    this.#movers = new Map(this.movers.map((mover) => [mover.clientId, mover]));
    this.#seen = new Map(watched.map((client) => [client, new Map<number, number>()]));
    for (const [client, seen] of this.#seen) client.onPresence = (update) => this.#receive(seen, update);
  }

  move(mover: Mover): void {
    const clock = mover.sentAt.push(performance.now()) - 1;
    mover.client.sendPresence(encodeState(mover.clientId, clock));
  }

  sent(mover: Mover): number {
    return mover.sentAt.length - 1;
  }

  /** Moves that somebody watched does not know of yet. */
  get open(): number {
    return this.movers.reduce((sum, mover) => sum + this.sent(mover) - mover.acknowledged, 0);
  }

  /** Whether a presence update has the newest state of every cursor. */
  isComplete(update: Uint8Array): boolean {
    const clocks = decodeClocks(update);
    return this.movers.every((mover) => clocks.get(mover.clientId) === this.sent(mover));
  }

  #receive(seen: Map<number, number>, update: Uint8Array): void {
    const at = performance.now();
    for (const [clientId, clock] of decodeClocks(update)) {
      const mover = this.#movers.get(clientId);
      if (mover === undefined || clock <= (seen.get(clientId) ?? 0)) continue;
      seen.set(clientId, clock);
      // How old the position is that is shown from now on.
      this.recorder.latency(at - mover.sentAt[clock]!);
      const least = Math.min(...[...this.#seen.values()].map((of) => of.get(clientId) ?? 0));
      if (least <= mover.acknowledged) continue;
      for (; mover.acknowledged < least; mover.acknowledged++) this.recorder.deliver();
      this.onProgress?.(mover);
    }
  }
}

/** A presence state as editors' cursor plugins write it. */
function encodeState(clientId: number, clock: number): Uint8Array {
  const position = { type: null, tname: "content", item: { client: clientId, clock }, assoc: 0 };
  const state = {
    user: { name: `Cursor ${clientId % 1000}`, color: "#30bced" },
    cursor: { anchor: position, head: position },
  };
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, clientId);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(state));
  });
}

function decodeClocks(update: Uint8Array): Map<number, number> {
  const decoder = decoding.createDecoder(update);
  const clocks = new Map<number, number>();
  for (let rest = decoding.readVarUint(decoder); rest > 0; rest--) {
    const clientId = decoding.readVarUint(decoder);
    clocks.set(clientId, decoding.readVarUint(decoder));
    const jsonBytes = decoding.readVarUint(decoder);
    decoder.pos += jsonBytes;
  }
  return clocks;
}
