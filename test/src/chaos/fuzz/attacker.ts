import { closeCode, message, readAck, sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import type { Random } from "@onrecord/core/testing/random";
import * as decoding from "lib0/decoding";
import { WebSocket } from "ws";
import type * as Y from "yjs";
import { type Frame, type FrameLimits, makeFrame } from "./frames.js";
import { Target } from "./target.js";
import type { Traffic } from "./traffic.js";

/** What an attacker works with. */
export interface AttackerOptions {
  readonly url: string;
  readonly random: Random;
  readonly doc: Y.Doc;
  readonly traffic: Traffic;
  readonly victims: () => readonly number[];
  readonly limits: FrameLimits;
  /** Frames after which it is enough. */
  readonly frames: number;
  /** Codes with which this attacker may be closed. */
  readonly codes: ReadonlySet<number>;
  /** Told what must not happen, with the last frames before it. */
  readonly onFault: (fault: string) => void;
  readonly onClose: (code: number) => void;
}

/** An answer that takes longer than this, in milliseconds, is none: the server is stuck. */
const PATIENCE = 60_000;
/** What is sent when there is nothing to tell. */
const nothing = syncFrame(sync.step2, Uint8Array.of(0, 0));
/** Frames of a connection before it leaves by itself, as people do. */
const LIFE = 400;

/** The codes that the protocol has for what an attacker does. */
export const codesForAttackers: ReadonlySet<number> = new Set([
  closeCode.malformed,
  closeCode.tooLarge,
  closeCode.slow,
]);

/** One connection's worth of attack, of at most so many frames. Resolves with how many the server is known to have handled. */
export async function attack(options: AttackerOptions): Promise<number> {
  using connection = new Connection(options);
  return await connection.spend();
}

class Connection implements Disposable {
  readonly #socket: WebSocket;
  readonly #target: Target;
  #answer = Promise.withResolvers<"answered" | number>();
  #sent: Frame[] = [];
  /** The state vector of the last acknowledgement. */
  #known: Uint8Array = Uint8Array.of(0);
  /** Changes that were sent, as the server counts them, and how many of them an acknowledgement must cover. */
  #changes = 0;
  #wanted = 0;

  constructor(private readonly options: AttackerOptions) {
    const { random, doc, traffic } = options;
    const fresh = [random.int(1, 2 ** 32), random.int(2 ** 32, 2 ** 53 - 1)];
    this.#target = new Target(random.branch(), doc, fresh, options.victims(), traffic);
    this.#socket = new WebSocket(options.url);
    this.#socket.on("message", (data: Buffer) => this.#receive(data));
    this.#socket.on("close", (code) => this.#answer.resolve(code));
    this.#socket.on("error", () => undefined);
  }

  async spend(): Promise<number> {
    const { random } = this.#target;
    const life = Math.min(LIFE, this.options.frames);
    let handled = 0;
    if (!(await this.#ask())) return 0;
    while (handled < life) {
      this.#sent = Array.from({ length: random.pick([1, 4, 16, 32]) }, () =>
        makeFrame(this.#target, this.options.limits),
      );
      for (const frame of this.#sent) this.#send(frame);
      // Of a burst that ends the connection nobody can tell how far it was handled: its first frame at least was.
      if (!(await this.#ask())) return handled + 1;
      handled += this.#sent.length;
      // Another takes its place, with clientIDs of its own.
      if (!(await this.#target.settle(this.#known))) return handled;
    }
    return handled;
  }

  #send({ data, text, fragments = 1 }: Pick<Frame, "data" | "text" | "fragments">): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (!text && data[0] === message.sync && (data[1] === sync.step2 || data[1] === sync.update))
      this.#changes++;
    const size = Math.ceil(data.length / fragments) || 1;
    for (let at = 0; at === 0 || at < data.length; at += size) {
      const fin = at + size >= data.length;
      this.#socket.send(data.subarray(at, at + size), { binary: !text, fin });
    }
  }

  /**
   * Sends a change that changes nothing: it is acknowledged when all that was sent before has been handled and is durable. Resolves
   * with whether it is; if the server closes instead, looks whether it may with that code.
   */
  async #ask(): Promise<boolean> {
    this.#answer = Promise.withResolvers();
    if (this.#socket.readyState === WebSocket.CONNECTING)
      await new Promise((resolve) => this.#socket.once("open", resolve).once("close", resolve));
    this.#send({ data: nothing });
    this.#wanted = this.#changes;
    const { promise, resolve } = this.#answer;
    const late = setTimeout(() => resolve(0), PATIENCE);
    const answer = await promise;
    clearTimeout(late);
    if (answer === "answered") return true;
    this.options.onClose(answer);

    const after = this.#sent
      .map(({ name, data }) => `${name} ${Buffer.from(data).toString("hex").slice(0, 200)}`)
      .join("; ");
    if (answer === 0)
      this.options.onFault(`the server did not answer for ${PATIENCE / 1000} s after: ${after}`);
    else if (!this.options.codes.has(answer))
      this.options.onFault(`a connection was closed with ${answer} after: ${after}`);
    return false;
  }

  #receive(data: Buffer): void {
    const decoder = decoding.createDecoder(data);
    const type = decoding.readVarUint(decoder);
    if (type === message.ack) {
      const { received, stateVector } = readAck(decoder);
      if (received >= this.#wanted) {
        this.#known = stateVector;
        this.#answer.resolve("answered");
      }
    }
    // Until it is answered nothing is acknowledged.
    if (type === message.sync && data[1] === sync.step1) this.#send({ data: nothing });
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }
}
