import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../failure.js";
import { Client } from "../load/client.js";
import { clock } from "./clock.js";
import { targetOf } from "./nodes.js";
import type { Seat } from "./writers.js";

const AT_ONCE = 20;
/** How long sockets may take to be closed, in milliseconds. */
const PATIENCE = 60_000;

/** One open editor in which nobody types. */
interface Holder {
  readonly client: Client;
  /** When the server closed it and with which code; undefined while it is open. */
  closed: { readonly at: number; readonly code: number | undefined } | undefined;
}

/** The open editors, by the number of their person. */
export class Holders implements Disposable {
  readonly #holders = new Map<number, Holder>();

  /** Opens one editor for each person. */
  async open(seats: ReadonlyMap<number, Seat>): Promise<void> {
    const rest = [...seats];
    const worker = async () => {
      for (let next = rest.shift(); next; next = rest.shift()) {
        const [person, { url, documentId, token }] = next;
        const client = await Client.open(targetOf(url), documentId, token);
        const holder: Holder = { client, closed: undefined };
        client.onLost = (_, code) => {
          holder.closed = { at: clock(), code };
        };
        this.#holders.set(person, holder);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  /** Waits until the server has closed all of these with one code; the time of the last on `clock`. */
  async closed(people: readonly number[], code: number): Promise<number> {
    const holders = people.map((person) => this.#holders.get(person)!);
    const end = clock() + PATIENCE;
    while (holders.some(({ closed }) => closed === undefined)) {
      if (clock() > end) {
        const open = holders.filter(({ closed }) => closed === undefined).length;
        throw new Failure(`${open} of ${holders.length} sockets were not closed`);
      }
      await delay(2);
    }
    const other = holders.find(({ closed }) => closed?.code !== code);
    if (other) throw new Failure(`a socket was closed with ${other.closed?.code} instead of ${code}`);
    return Math.max(...holders.map(({ closed }) => closed!.at));
  }

  /** Fails unless all of these are open. */
  checkOpen(people: readonly number[]): void {
    const closed = people.filter((person) => this.#holders.get(person)?.closed !== undefined);
    if (closed.length > 0) throw new Failure(`${closed.length} sockets were closed that nothing concerned`);
  }

  [Symbol.dispose](): void {
    for (const { client } of this.#holders.values()) client.leave();
  }
}
