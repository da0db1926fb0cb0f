import { isPermanent, message, readAck, sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import * as decoding from "lib0/decoding";
import { WebSocket } from "ws";
import * as Y from "yjs";

/** What a peer is told of, and has to answer for. */
export interface Acknowledged {
  readonly version: number;
  readonly stateVector: ReadonlyMap<number, number>;
}

/**
 * A client that does what a stock client does, over a network that can be held: nothing arrives then, in either direction, until it
 * is let go or the connection ends, and everything comes in its order.
 */
export class Peer {
  readonly doc = new Y.Doc();
  /** What came from the server since it was last compared. */
  received: Uint8Array[] = [];
  acknowledged: Acknowledged | undefined;
  /** The code after which a stock client does not come back. */
  closed: number | undefined;
  #socket: WebSocket | undefined;
  #held: (() => void)[] | undefined;

  constructor(
    readonly userId: string,
    readonly session: { readonly id: string; readonly token: string },
  ) {
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== "server") this.#send(syncFrame(sync.update, update));
    });
  }

  get connected(): boolean {
    return this.#socket !== undefined;
  }

  get text(): Y.Text {
    return this.doc.getText("content");
  }

  connect(url: string): void {
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#held = undefined;
    socket.on("open", () => {
      if (this.#socket === socket) this.#send(syncFrame(sync.step1, Y.encodeStateVector(this.doc)));
    });
    socket.on("message", (data: Buffer) =>
      this.#through(() => {
        if (this.#socket === socket) this.#receive(data);
      }),
    );
    socket.on("error", () => undefined);
    socket.on("close", (code) => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      if (isPermanent(code)) this.closed = code;
    });
  }

  /** Loses the connection, and what was on its way. */
  cut(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#held = undefined;
    socket?.terminate();
  }

  hold(): void {
    if (this.connected) this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const deliver of held) deliver();
  }

  #through(deliver: () => void): void {
    if (this.#held) this.#held.push(deliver);
    else deliver();
  }

  #send(frame: Uint8Array): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    this.#through(() => {
      if (socket.readyState === WebSocket.OPEN) socket.send(frame);
    });
  }

  #receive(data: Buffer): void {
    const decoder = decoding.createDecoder(data);
    const type = decoding.readVarUint(decoder);
    if (type === message.ack) {
      const { version, stateVector } = readAck(decoder);
      this.acknowledged = { version, stateVector: Y.decodeStateVector(stateVector) };
    }
    if (type !== message.sync) return;
    const step = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    if (step === sync.step1) return this.#send(syncFrame(sync.step2, Y.encodeStateAsUpdate(this.doc, bytes)));
    this.received.push(bytes);
    Y.applyUpdate(this.doc, bytes, "server");
  }
}
