import { decodeMessage, sync } from "@onrecord/collab-protocol/protocol";
import type { Random } from "@onrecord/core/testing/random";
import * as decoding from "lib0/decoding";
import * as Y from "yjs";
import { type Line, openLine } from "./line.js";
import type { OrderedNode } from "./ordered-node.js";

/** Text that an editor keeps at most. */
const LONGEST = 2000;

/** Somebody at work with a stock editor; its line carries one message at a time, each way, when it is told to. */
export class Honest {
  readonly doc = new Y.Doc();
  #line: Line;
  readonly #outbox: { readonly update: Uint8Array; readonly step: "update" | "step2" }[] = [];

  constructor(
    clientId: number,
    private readonly userId: string,
    private node: OrderedNode,
    private readonly onRefused: (reason: string) => void,
  ) {
    this.doc.clientID = clientId;
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#outbox.push({ update, step: "update" });
    });
    this.#line = this.#connect();
  }

  /** Whether nothing is on its way in either direction. */
  get isQuiet(): boolean {
    return this.#outbox.length === 0 && this.#line.inbox.length === 0;
  }

  /** Comes back, perhaps to another node: says what it lacks, and is asked for what the server does. */
  reconnect(node: OrderedNode): void {
    this.leave();
    this.node = node;
    this.#outbox.length = 0;
    this.#line = this.#connect();
  }

  leave(): void {
    this.node.room.leave(this.#line.connection);
  }

  /** Sends the next message, if the room hears it. */
  send(): void {
    if (this.#line.closed) return this.reconnect(this.node);
    if (this.node.room.ready()) return;
    const next = this.#outbox.shift();
    if (!next) return;
    const { connection } = this.#line;
    this.node.room.receive(connection, next.update, next.step, (reception) => {
      if (reception.outcome === "refused") this.onRefused(reception.reason);
      if (reception.outcome === "gap") void this.node.room.ask(connection);
    });
  }

  /** Reads the next message. */
  read(): void {
    const next = this.#line.inbox.shift();
    if (!next) return;
    // The server's messages have the layout of a client's.
    const message = decodeMessage(next);
    if (message.type === "step1")
      this.#outbox.push({ update: Y.encodeStateAsUpdate(this.doc, message.stateVector), step: "step2" });
    else if (message.type === "change") Y.applyUpdate(this.doc, message.update, this);
  }

  /** Does one thing that people do. */
  edit(random: Random): void {
    const text = this.doc.getText("content");
    const at = random.int(0, text.length);
    const length = Math.min(random.int(1, 6), text.length - at);
    const acts: (() => void)[] = [
      () => text.insert(at, random.word()),
      () => text.insert(at, random.word()),
      () => length > 0 && text.delete(at, text.length > LONGEST ? text.length - at : length),
      () => length > 0 && text.format(at, length, { bold: random.chance(0.5) ? true : null }),
      () => void this.doc.getMap("other").set(random.pick(["a", "b"]), random.int(0, 9)),
      () => this.doc.getArray("list").insert(0, [random.word()]),
    ];
    random.pick(acts)();
  }

  #connect(): Line {
    const line = openLine(this.userId);
    const { room } = this.node;
    room.connections.add(line.connection);
    room.authors.claim(line.connection, this.doc.clientID);
    void room.ask(line.connection);
    room.join(line.connection, Y.encodeStateVector(this.doc));
    return line;
  }
}

/** The clocks that a document must have to show what is in an encoded state vector. */
export function shows(doc: Y.Doc, stateVector: Uint8Array): boolean {
  for (const [client, clock] of Y.decodeStateVector(stateVector))
    if (Y.getState(doc.store, client) < clock) return false;
  return true;
}

/** The state of a room as a newcomer is told it. */
export function told(node: OrderedNode): Y.Doc {
  const line = openLine("newcomer");
  const doc = new Y.Doc();
  node.room.connections.add(line.connection);
  node.room.join(line.connection, new Uint8Array());
  for (const frame of line.inbox) {
    const decoder = decoding.createDecoder(frame);
    decoding.readVarUint(decoder);
    if (decoding.readVarUint(decoder) !== sync.step1) Y.applyUpdate(doc, decoding.readVarUint8Array(decoder));
  }
  node.room.leave(line.connection);
  return doc;
}
