import { WebSocket } from "ws";
import { Failure, sentence } from "../failure.js";
import type { Address } from "./job.js";
import { Tally } from "./tally.js";
import { type Framing, framing, type Message } from "./wire.js";

/** An update without content, and the state vector of someone who has nothing. */
const NOTHING = Uint8Array.of(0, 0);
const EMPTY_VECTOR = Uint8Array.of(0);
/** How long a server may take to let a client in and send it the document, in milliseconds. */
const PATIENCE = 120_000;

type OnPresence = (update: Uint8Array) => void;

/** One editor on one document: the protocol and nothing more, so that many of them fit into one process. */
export class Client {
  /** The document as it was when the client came, a Yjs update. */
  initial: Uint8Array = NOTHING;
  /** What came since, of changes and of presence. */
  updates = new Tally();
  presence = new Tally();
  onUpdate: ((update: Uint8Array) => void) | undefined;
  onPresence: OnPresence | undefined;
  /** Told how many of its changes are durable, where it asked for that. */
  onAck: ((received: number) => void) | undefined;
  /** Called with a sentence, and the close code if there was one, when something else than the client ends its connection. */
  onLost: ((why: string, code?: number) => void) | undefined;
  /** Changes that it sent, the answers to the server's own first steps included: what acknowledgements count. */
  changes = 0;
  readonly #socket: WebSocket;
  readonly #framing: Framing;
  #synced = Promise.withResolvers<void>();
  #leaving = false;

  private constructor(target: Address, documentId: string, token: string) {
    this.#framing = framing(target, documentId, token);
    this.#socket = new WebSocket(this.#framing.url, { perMessageDeflate: false, maxPayload: 0 });
    this.#socket.on("open", () => {
      if (this.#framing.hello) this.#socket.send(this.#framing.hello);
      else this.#ask();
    });
    this.#socket.on("message", (data, binary) => {
      try {
        if (binary && Buffer.isBuffer(data)) this.#take(this.#framing.read(data));
      } catch (error) {
        this.#lost(`a client did not understand the server: ${sentence(error)}`);
      }
    });
    this.#socket.on("error", (error) => this.#lost(`a client lost its connection: ${error.message}`));
    this.#socket.on("close", (code, reason) =>
      this.#lost(`a client was closed with ${code} ${reason.toString()}`, code),
    );
  }

  /** Connects, is let in, and has the document. Presence may come before it. */
  static async open(
    target: Address,
    documentId: string,
    token: string,
    onPresence?: OnPresence,
  ): Promise<Client> {
    const client = new Client(target, documentId, token);
    client.onPresence = onPresence;
    const timer = setTimeout(
      () => client.#synced.reject(new Failure("the document did not come in time")),
      PATIENCE,
    );
    try {
      await client.#synced.promise;
      return client;
    } catch (error) {
      client.leave();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks for the whole document again, and resolves when it is in `initial`. */
  async sync(): Promise<void> {
    this.#synced = Promise.withResolvers<void>();
    this.#ask();
    await this.#synced.promise;
  }

  sendUpdate(update: Uint8Array): void {
    this.changes++;
    this.#socket.send(this.#framing.update(update));
  }

  sendPresence(update: Uint8Array): void {
    this.#socket.send(this.#framing.presence(update));
  }

  leave(): void {
    this.#leaving = true;
    this.#socket.terminate();
  }

  #take(message: Message): void {
    switch (message.kind) {
      case "admitted":
        return this.#ask();
      case "denied":
        return this.#synced.reject(new Failure(`the server denied access: ${message.reason}`));
      case "step1":
        // A stock client always answers, here with nothing.
        this.changes++;
        return this.#socket.send(this.#framing.step2(NOTHING));
      case "step2":
        this.initial = message.bytes;
        return this.#synced.resolve();
      case "update":
        this.updates.add(message.bytes);
        return this.onUpdate?.(message.bytes);
      case "presence":
        this.presence.add(message.bytes);
        return this.onPresence?.(message.bytes);
      case "ack":
        return this.onAck?.(message.received);
      case "other":
    }
  }

  #ask(): void {
    this.#socket.send(this.#framing.step1(EMPTY_VECTOR));
  }

  #lost(why: string, code?: number): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#socket.terminate();
    this.#synced.reject(new Failure(why));
    this.onLost?.(why, code);
  }
}
