import { type Bus, MAX_MESSAGE_BYTES, type PresenceState } from "@onrecord/bus/bus";
import type { Room } from "../room/room.js";
import type { Rooms } from "../room/rooms.js";

/** Other nodes are told of moves at most this often: each message costs the database something. */
const SHARE_EVERY = 100;
/** Everything is told again this often, so that a lost message heals. */
const RENEW_EVERY = 4000;
/** What was not heard of for this long is gone, as is the node that fell silent: three renewals were lost. */
const SILENCE_MS = 13_000;
/** Ids of documents, of 39 bytes each, in one message. */
const IDS_PER_MESSAGE = 150;

/**
 * Presence across nodes. Nodes tell which documents they hold; who holds the same one is told of the connections here, and nobody
 * else. All of it is hints: what gets lost comes with the next renewal, and what is not renewed goes.
 */
export class PresenceRelay {
  /** By document that is held here: the other nodes that hold it, and when they were last heard. */
  readonly #holders = new Map<string, Map<string, number>>();
  /** Nodes that have drained. What they said may still arrive. */
  readonly #ended = new Set<string>();
  readonly #announced = new WeakSet<Room>();
  readonly #release: (() => void)[] = [];
  /** Rooms that were opened, or where presence has changed, since others were told. */
  readonly #changed = new Set<Room>();
  #sharing: NodeJS.Timeout | undefined;
  /** When others may be told again. */
  #next = 0;
  #over = false;

  constructor(
    private readonly bus: Bus,
    private readonly rooms: Rooms,
  ) {}

  start(): void {
    this.#release.push(
      this.bus.subscribe("presence.held", ({ documentIds, asks }, origin, node) => {
        if (origin === "local" || this.#ended.has(node)) return;
        for (const documentId of documentIds) {
          const room = this.rooms.get(documentId);
          if (room && (this.#note(documentId, node) || asks)) this.#publish(room, room.presence.own());
        }
      }),
      this.bus.subscribe("presence.changed", ({ documentId, states }, origin, node) => {
        if (origin === "local" || this.#ended.has(node)) return;
        const room = this.rooms.get(documentId);
        if (!room) return;
        room.presence.hear(node, states, performance.now());
        if (this.#note(documentId, node)) this.#publish(room, room.presence.own());
      }),
      this.bus.subscribe("presence.ended", (_, origin, node) => {
        if (origin === "local") return;
        this.#ended.add(node);
        for (const room of this.rooms.all()) room.presence.leaveNode(node);
        for (const nodes of this.#holders.values()) nodes.delete(node);
      }),
      this.bus.onGap(() => this.#announce([...this.rooms.all()], true)),
      () => clearTimeout(this.#sharing),
      every(RENEW_EVERY, () => this.#renew()),
    );
  }

  /** Tells the other nodes that nobody is connected here any more. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    for (const release of this.#release) release();
    this.bus.publish("presence.ended", {});
  }

  /** A room was opened, or presence in it has changed: others are told, at once where they were not told just before. */
  changed(room: Room): void {
    this.#changed.add(room);
    if (this.#over) return;
    this.#sharing ??= setTimeout(() => this.#share(), Math.max(0, this.#next - performance.now()));
  }

  #share(): void {
    this.#sharing = undefined;
    this.#next = performance.now() + SHARE_EVERY;
    const opened: Room[] = [];
    for (const room of this.#changed) {
      if (this.rooms.get(room.documentId) !== room) continue;
      if (!this.#announced.has(room)) opened.push(room);
      const news = room.presence.takeNews();
      if (news.length > 0 && this.#holders.has(room.documentId)) this.#publish(room, news);
    }
    this.#changed.clear();
    this.#announce(opened, true);
  }

  #renew(): void {
    const since = performance.now() - SILENCE_MS;
    for (const [documentId, nodes] of this.#holders) {
      for (const [node, heardAt] of nodes) if (heardAt < since) nodes.delete(node);
      if (nodes.size === 0) this.#holders.delete(documentId);
    }
    const rooms = [...this.rooms.all()];
    this.#announce(rooms, false);
    for (const room of rooms) {
      room.presence.leaveUnheard(since);
      if (this.#holders.has(room.documentId)) this.#publish(room, room.presence.own());
    }
  }

  /** Notes that a node holds a document; whether that is new. */
  #note(documentId: string, node: string): boolean {
    const nodes = this.#holders.get(documentId) ?? new Map<string, number>();
    const isNew = !nodes.has(node);
    this.#holders.set(documentId, nodes.set(node, performance.now()));
    return isNew;
  }

  #announce(rooms: readonly Room[], asks: boolean): void {
    for (const room of rooms) this.#announced.add(room);
    for (let i = 0; i < rooms.length; i += IDS_PER_MESSAGE) {
      const documentIds = rooms.slice(i, i + IDS_PER_MESSAGE).map(({ documentId }) => documentId);
      this.bus.publish("presence.held", { documentIds, asks });
    }
  }

  #publish({ documentId }: Room, states: readonly PresenceState[]): void {
    for (const part of inMessages(states)) this.bus.publish("presence.changed", { documentId, states: part });
  }
}

/** Divides states into messages that the bus carries. At least one: that a node has nobody to tell of is also worth telling. */
export function inMessages(states: readonly PresenceState[]): PresenceState[][] {
  // What a message has besides: its envelope and the document.
  const room = MAX_MESSAGE_BYTES - 200;
  const messages: PresenceState[][] = [[]];
  let size = 0;
  for (const whole of states) {
    const state = [whole, onlyUser(whole), nothing(whole)].find((state) => sizeOf(state) <= room)!;
    size += sizeOf(state);
    if (size > room) {
      messages.push([]);
      size = sizeOf(state);
    }
    messages.at(-1)!.push(state);
  }
  return messages;
}

/** Of a state that is too large for the bus, other nodes learn who it is. */
function onlyUser([clientId, clock, userId, value]: PresenceState): PresenceState {
  const user = typeof value === "object" && value !== null && "user" in value ? value.user : undefined;
  return [clientId, clock, userId, { user }];
}

function nothing([clientId, clock, userId]: PresenceState): PresenceState {
  return [clientId, clock, userId, {}];
}

function sizeOf(state: PresenceState): number {
  return Buffer.byteLength(JSON.stringify(state)) + 1;
}

function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms);
  return () => clearInterval(timer);
}
