import type { PresenceState } from "@onrecord/platform/bus";
import type { Principal } from "@onrecord/policy/principal";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { isTooDeep } from "./nesting.js";

/** Someone who may own presence states: a connection. */
export interface PresenceOwner {
  readonly principal: Principal;
}

/** The connection that set a state, or the id of the node that it is connected to. */
type Owner = PresenceOwner | string;

interface Facts {
  readonly clientId: number;
  clock: number;
  /** What it says, signed; null once removed. */
  value: unknown;
  owner: Owner;
  userId: string;
  /** Of its JSON as it was sent. */
  bytes: number;
  /** When its node was last heard to have it, in milliseconds of `performance.now()`; 0 if it is connected here. */
  heardAt: number;
}

interface State extends Facts {
  /** `value` as the wire has it: made when somebody is to see it, which most moves of a fast cursor never are. */
  json: Uint8Array | undefined;
}

/** What an inbound presence update did. */
export interface PresenceOutcome {
  /** ClientIDs of other users that it tried to set: never taken over. */
  readonly foreign: readonly number[];
  /** ClientIDs whose states are not shown, because the document has as much presence as it may. */
  readonly crowdedOut: readonly number[];
}

/** A removed state is remembered this long, so that an echo of the old one does not bring it back. */
const TOMBSTONE_MS = 60_000;
/** What an entry costs besides its JSON: without it removed states would be free, and could be made without end. */
const ENTRY_BYTES = 64;

/**
 * Who is here, and where their cursors are. Like y-protocols' Awareness on the wire, but every state has one owner, the connection
 * that first set it (here or on another node): stock clients echo the states of others all the time, and a hostile one would
 * overwrite them. What a state says of its user is not believed: the server writes the authenticated name over it.
 */
export class Presence {
  readonly #states = new Map<number, State>();
  readonly #owned = new Map<Owner, Set<State>>();
  /** Changed since it was last shown to the connections here, and since it was last told to other nodes. */
  readonly #dirty = new Set<State>();
  readonly #news = new Set<State>();
  /** Of all states. */
  #bytes = 0;
  /** Of removed states. */
  readonly #timers = new Set<NodeJS.Timeout>();
  #ended = false;

  constructor(
    private readonly limits: {
      readonly awarenessBytes: number;
      readonly awarenessClients: number;
      readonly documentAwarenessBytes: number;
    },
    /** Whether a connection may set the state of a clientID that has none. */
    private readonly maySpeak: (owner: PresenceOwner, clientId: number) => boolean = () => true,
    /** Called when there is something to take that was not there before. */
    private readonly onChange: () => void = () => undefined,
  ) {}

  /** Takes an update from a connection. Throws a RangeError with a sentence when it is malformed or too large. */
  receive(owner: PresenceOwner, update: Uint8Array): PresenceOutcome {
    const decoder = decoding.createDecoder(update);
    const { userId } = owner.principal;
    const foreign: number[] = [];
    const crowdedOut: number[] = [];
    for (let rest = decoding.readVarUint(decoder); rest > 0; rest--) {
      const clientId = decoding.readVarUint(decoder);
      const clock = decoding.readVarUint(decoder);
      const json = decoding.readVarString(decoder);
      const known = this.#states.get(clientId);
      if (known && !mayFollow(known, owner, userId, clock, json === "null")) {
        // An echo has the clock we know; a newer one from another user is a forgery, or news that its owner will bring itself.
        if (known.userId !== userId && clock > known.clock) foreign.push(clientId);
        continue;
      }
      if (known?.owner !== owner) {
        // A state that is gone before it was seen is nobody's, and what a tab tells of another, that one says itself.
        if ((!known && json === "null") || !this.maySpeak(owner, clientId)) continue;
        if ((this.#owned.get(owner)?.size ?? 0) >= this.limits.awarenessClients)
          throw new RangeError("too many presence states on one connection");
      }
      const bytes = Buffer.byteLength(json);
      if (bytes > this.limits.awarenessBytes) throw new RangeError("a presence state is too large");
      const value = this.#sign(owner, json);
      if (value !== null && !this.#fits(bytes, known)) crowdedOut.push(clientId);
      else this.#set({ clientId, clock, value, owner, userId, bytes, heardAt: 0 });
    }
    return { foreign, crowdedOut };
  }

  /** Takes what another node says of its connections. Nothing that is connected here is overwritten. */
  hear(node: string, states: readonly PresenceState[], now: number): void {
    for (const [clientId, clock, userId, value] of states) {
      // Any login of the database can NOTIFY, and no encoder ends on Infinity.
      if (!Number.isSafeInteger(clientId) || !Number.isSafeInteger(clock)) continue;
      const known = this.#states.get(clientId);
      if (known?.owner === node) known.heardAt = now;
      if (!(known ? mayFollow(known, node, userId, clock, value === null) : value !== null)) continue;
      const bytes = Buffer.byteLength(JSON.stringify(value));
      if (value === null || this.#fits(bytes, known))
        this.#set({ clientId, clock, value, owner: node, userId, bytes, heardAt: now });
    }
  }

  /** Takes away what a closed connection owned. */
  leave(owner: PresenceOwner): void {
    for (const state of this.#owned.get(owner) ?? []) if (state.value !== null) this.#remove(state);
    this.#owned.delete(owner);
  }

  /** Takes away what connections on another node owned. They may already be here: nothing of theirs is refused as old. */
  leaveNode(node: string): void {
    for (const state of this.#owned.get(node) ?? []) this.#forget(state);
  }

  /** Takes away what no other node was heard to have since then. */
  leaveUnheard(since: number): void {
    for (const state of this.#states.values())
      if (typeof state.owner === "string" && state.heardAt < since) this.#forget(state);
  }

  /** The room is let go of: nothing here may keep it in memory. */
  end(): void {
    this.#ended = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** The user of the connection that has this clientID at the moment, on whatever node. */
  userOf(clientId: number): string | undefined {
    const state = this.#states.get(clientId);
    return state === undefined || state.value === null ? undefined : state.userId;
  }

  /** What changed since the last call, as one awareness update; null when nothing did. */
  takeChanges(): Uint8Array | null {
    if (this.#dirty.size === 0) return null;
    const update = encode([...this.#dirty]);
    this.#dirty.clear();
    return update;
  }

  /** What changed of the connections here since the last call, for other nodes. */
  takeNews(): PresenceState[] {
    if (this.#news.size === 0) return [];
    const news = [...this.#news].map(toShare);
    this.#news.clear();
    return news;
  }

  /** The states of all connections here, for other nodes. */
  own(): PresenceState[] {
    return this.#present().filter(isHere).map(toShare);
  }

  /** Everyone's state as one awareness update; null when nobody is here. */
  all(): Uint8Array | null {
    const present = this.#present();
    return present.length === 0 ? null : encode(present);
  }

  #present(): State[] {
    return [...this.#states.values()].filter(({ value }) => value !== null);
  }

  #set(facts: Facts): void {
    const known = this.#states.get(facts.clientId);
    if (known && known.owner !== facts.owner) this.#disown(known);
    this.#bytes += facts.bytes - (known ? known.bytes : -ENTRY_BYTES);
    const state: State = Object.assign(known ?? {}, facts, { json: undefined });
    if (!known) this.#states.set(state.clientId, state);
    const owned = this.#owned.get(state.owner);
    if (owned) owned.add(state);
    else this.#owned.set(state.owner, new Set([state]));
    if (state.value === null) this.#remove(state);
    else this.#changed(state);
  }

  /** Whether the document's presence stays within its bound with a state of so many bytes in the place of that one. */
  #fits(bytes: number, instead: State | undefined): boolean {
    const more = bytes - (instead ? instead.bytes : -ENTRY_BYTES);
    return this.#bytes + more <= this.limits.documentAwarenessBytes;
  }

  #changed(state: State): void {
    if (this.#dirty.size === 0) this.onChange();
    this.#dirty.add(state);
    if (isHere(state)) this.#news.add(state);
  }

  /** Peers take a removal for news although it has the clock of what it removes. */
  #remove(state: State): void {
    state.value = null;
    state.json = undefined;
    this.#bytes -= state.bytes;
    state.bytes = 0;
    this.#changed(state);
    if (this.#ended) return;
    const { clock } = state;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (state.value === null && state.clock === clock) this.#forget(state);
    }, TOMBSTONE_MS).unref();
    this.#timers.add(timer);
  }

  #forget(state: State): void {
    if (this.#states.get(state.clientId) !== state) return;
    this.#states.delete(state.clientId);
    this.#bytes -= state.bytes + ENTRY_BYTES;
    this.#disown(state);
    if (state.value === null) return;
    state.value = null;
    state.json = undefined;
    this.#changed(state);
  }

  #disown(state: State): void {
    const owned = this.#owned.get(state.owner);
    owned?.delete(state);
    if (owned?.size === 0) this.#owned.delete(state.owner);
  }

  #sign({ principal }: PresenceOwner, json: string): unknown {
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch {
      throw new RangeError("a presence state is not JSON");
    }
    if (isTooDeep(value)) throw new RangeError("a presence state is nested too deeply");
    if (value === null || typeof value !== "object") return value;
    if ("user" in value) {
      const claimed = typeof value.user === "object" ? value.user : {};
      value.user = { ...claimed, id: principal.userId, name: principal.name };
    }
    // Lexical has it here.
    if ("name" in value) value.name = principal.name;
    return value;
  }
}

/** Whether a state may be followed by this one: newer, and its owner's; or the same user's, who left or is now connected elsewhere. */
function mayFollow(known: State, owner: Owner, userId: string, clock: number, removes: boolean): boolean {
  if (known.owner === owner) return clock > known.clock || (clock === known.clock && removes);
  return known.userId === userId && clock > known.clock && (known.value === null || !isHere(known));
}

function isHere({ owner }: State): boolean {
  return typeof owner !== "string";
}

function toShare({ clientId, clock, userId, value }: State): PresenceState {
  return [clientId, clock, userId, value];
}

function encode(states: readonly State[]): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, states.length);
    for (const state of states) {
      state.json ??= Buffer.from(JSON.stringify(state.value));
      encoding.writeVarUint(encoder, state.clientId);
      encoding.writeVarUint(encoder, state.clock);
      encoding.writeVarUint8Array(encoder, state.json);
    }
  });
}
