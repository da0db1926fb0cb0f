import { AppError } from "@onrecord/core/errors";
import { readBindings } from "@onrecord/history/store/bindings";
import type { ClientBinding } from "@onrecord/history/store/commit";
import type { History } from "@onrecord/history/store/history";
import { relayedChanges } from "@onrecord/history/store/relayed";
import type { Sql } from "@onrecord/postgres/database";
import { Room } from "./room.js";
import type { RoomHost } from "./room-host.js";

/** An empty room is kept this long: a reload of the page finds it warm. */
const LINGER_MS = 10_000;

/** The documents this node holds open: each loaded once, however many come at once, and let go when everyone has left. */
export class Rooms {
  readonly #rooms = new Map<string, Promise<Room>>();
  readonly #open = new Map<string, Room>();
  readonly #lingering = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly sql: Sql,
    private readonly history: History,
    private readonly host: RoomHost<Room>,
    private readonly capacity: number,
  ) {}

  /** The room of a document, loading it if need be. RATE_LIMITED when the node holds as many as it may. */
  enter(documentId: string): Promise<Room> {
    this.#stay(documentId);
    let room = this.#rooms.get(documentId);
    if (!room) {
      if (this.#rooms.size >= this.capacity) this.#makeRoom();
      if (this.#rooms.size >= this.capacity)
        return Promise.reject(
          new AppError("RATE_LIMITED", "This node holds as many documents open as it may."),
        );
      room = this.#load(documentId);
      this.#rooms.set(documentId, room);
      room.catch(() => this.#rooms.delete(documentId));
    }
    return room;
  }

  /** The committed head of a document, without opening it. NOT_FOUND without such a document, GONE when it was destroyed. */
  async peek(documentId: string): Promise<{ head: number }> {
    const open = this.#open.get(documentId);
    if (open) return { head: open.version };
    const head = await this.history.head(documentId);
    if (!head) throw await this.history.missing(documentId);
    return { head: head.version };
  }

  /** The room if it is open. */
  get(documentId: string): Room | undefined {
    return this.#open.get(documentId);
  }

  all(): Iterable<Room> {
    return this.#open.values();
  }

  get size(): number {
    return this.#open.size;
  }

  /** A connection left: an empty room goes after a while, never with changes that are not durable. */
  left(room: Room): void {
    if (room.connections.size > 0 || this.#lingering.has(room.documentId)) return;
    const timer = setTimeout(() => {
      this.#lingering.delete(room.documentId);
      if (!this.#letGo(room)) this.left(room);
    }, LINGER_MS);
    this.#lingering.set(room.documentId, timer.unref());
  }

  /** Lets go of a room where nobody is and nothing waits; false when it still has changes that are not durable. */
  #letGo(room: Room): boolean {
    if (room.connections.size > 0 || this.#open.get(room.documentId) !== room) return true;
    if (!room.idle) return false;
    room.check();
    this.forget(room);
    return true;
  }

  /** An empty room that only stays warm gives way to one that is wanted. */
  #makeRoom(): void {
    for (const documentId of this.#lingering.keys()) {
      const room = this.#open.get(documentId);
      if (room?.connections.size === 0 && this.#letGo(room)) return;
    }
  }

  /** Lets go of a room without further ado. */
  forget(room: Room): void {
    if (this.#open.get(room.documentId) !== room) return;
    this.#open.delete(room.documentId);
    this.#rooms.delete(room.documentId);
    this.#stay(room.documentId);
    room.presence.end();
  }

  #stay(documentId: string): void {
    clearTimeout(this.#lingering.get(documentId));
    this.#lingering.delete(documentId);
  }

  /** Whose clientIDs are whose in a document, as committed, in the order of their clocks; of all of them, or of these. */
  bindings(documentId: string, clientIds?: readonly number[]): Promise<ClientBinding[]> {
    return readBindings(this.sql, documentId, clientIds);
  }

  async #load(documentId: string): Promise<Room> {
    const loaded = await this.history.read(documentId);
    // Read after the document: a row too many is harmless, one too few would let somebody else's clientID be taken over.
    const room = new Room(documentId, loaded, await this.bindings(documentId), this.host);
    if (room.authors.bindings.relayedForOwners)
      for (const update of await relayedChanges(this.sql, loaded.key, documentId, loaded.version))
        room.authors.remember(update);
    this.#open.set(documentId, room);
    return room;
  }
}
