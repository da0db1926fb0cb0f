import type { PresenceState } from "@onrecord/bus/bus";
import { closeReasons } from "@onrecord/collab-protocol/protocol";
import type { Principal } from "@onrecord/policy/principal";
import * as decoding from "lib0/decoding";
import { isTooDeep } from "../updates/nesting.js";
import { type Clocks, clockFor, FIRST_TICK, isEcho, isOurs } from "./presence-clocks.js";
import { PresenceError } from "./presence-error.js";
import { PresenceFrame } from "./presence-frame.js";

/** Someone who may own presence states: a connection. */
export interface PresenceOwner {
  readonly principal: Principal;
}

/** The connection that set a state, or the id of the node that it is connected to. */
type Owner = PresenceOwner | string;

interface Facts {
  readonly clientId: number;
  said: number;
  /** What it says, signed; null once removed. */
  value: unknown;
  owner: Owner;
  userId: string;
  /** Of its JSON as it was sent. */
  bytes: number;
  /** When its node was last heard to have it, in milliseconds of `performance.now()`; 0 if it is connected here. */
  heardAt: number;
}

interface State extends Facts, Clocks {
  said: number;
  clock: number;
  first: number;
  /** When it was last told to everyone, in milliseconds of `performance.now()`. */
  toldAt: number;
  /** `value` as the wire has it: made when somebody is to see it, which most moves of a fast cursor never are. */
  json: Uint8Array | undefined;
}

/** What an inbound presence update did. */
export interface PresenceOutcome {
  /** ClientIDs of other users that it tried to set: never taken over. */
  readonly foreign: readonly number[];
  /** ClientIDs whose states are not shown, because the document has as much presence as it may. */
  readonly crowdedOut: readonly number[];
  /** Whether a state that the connection had shown before says something else now: a cursor moved. Renewing it is no move. */
  readonly moved: boolean;
}

/** A removed state is remembered this long, so that an echo of the old one does not bring it back. */
const TOMBSTONE_MS = 60_000;
/** What an entry costs besides its JSON: without it removed states would be free, and could be made without end. */
const ENTRY_BYTES = 64;
/** A stock client drops a state that was not renewed for 30 s; one that its owner has left as it is for so long is told again. */
const RENEW_AFTER_MS = 15_000;
/** What another node may say of a clock. */
const MAX_CLOCK = 2 ** 40;

/**
 * Who is here, and where their cursors are. Like y-protocols' Awareness on the wire, but every state has one owner, the connection
 * that first set it (here or on another node): stock clients echo the states of others all the time, and a hostile one would
 * overwrite them. What a state says of its user is not believed: the server writes the authenticated name over it.
 *
 * Peers are told clocks of the server's, which grow whenever a state is to be news: when it changes, but also when its owner comes back
 * with nothing new, or has timers that sleep.
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
    /** Milliseconds since the epoch, alike on all nodes. */
    private readonly now: () => number = () => FIRST_TICK,
  ) {}

  /**
   * Takes an update from a connection. Throws a PresenceError when a state of it is malformed or too large. `introduced` is the
   * clientID that the connection says just now its editor writes with: that state is taken over from another connection of the user,
   * whatever its clock, since the line of that one has broken, though it may not have been noticed yet.
   */
  receive(owner: PresenceOwner, update: Uint8Array, introduced?: number): PresenceOutcome {
    const decoder = decoding.createDecoder(update);
    const { userId } = owner.principal;
    const foreign: number[] = [];
    const crowdedOut: number[] = [];
    let moved = false;
    for (let rest = decoding.readVarUint(decoder); rest > 0; rest--) {
      const clientId = decoding.readVarUint(decoder);
      const said = decoding.readVarUint(decoder);
      const json = decoding.readVarString(decoder);
      const known = this.#states.get(clientId);
      const returns = clientId === introduced && known?.userId === userId && json !== "null";
      if (known && !returns && !mayFollow(known, owner, userId, said, json === "null")) {
        // A newer one from another user is a forgery, or news that its owner will bring itself.
        if (known.userId !== userId && !isEcho(known, said)) foreign.push(clientId);
        continue;
      }
      if (known?.owner !== owner) {
        // One that is gone before it was seen is nobody's; one at clock 0 says nothing yet, and no peer takes it for news.
        if (!known && (json === "null" || said === 0)) continue;
        // What a tab tells of another, that one says itself.
        if (!this.maySpeak(owner, clientId)) continue;
        if ((this.#owned.get(owner)?.size ?? 0) >= this.limits.awarenessClients)
          throw new PresenceError(closeReasons.presenceTooMany);
      }
      const bytes = Buffer.byteLength(json);
      if (bytes > this.limits.awarenessBytes) throw new PresenceError(closeReasons.presenceTooLarge);
      const value = this.#sign(owner, json);
      if (known?.owner === owner && repeats(known, said, value)) known.said = said;
      else if (value !== null && !this.#fits(bytes, known)) crowdedOut.push(clientId);
      else {
        moved ||= known?.owner === owner && value !== null && !isSame(known, bytes, value);
        this.#set({ clientId, said, value, owner, userId, bytes, heardAt: 0 });
      }
    }
    return { foreign, crowdedOut, moved };
  }

  /** Takes what another node says of its connections. Nothing that is connected here is overwritten. */
  hear(node: string, states: readonly PresenceState[], now: number): void {
    for (const [clientId, said, userId, value] of states) {
      // Any login of the database can NOTIFY, and no encoder ends on Infinity.
      if (!Number.isSafeInteger(clientId) || !Number.isSafeInteger(said) || said > MAX_CLOCK) continue;
      const known = this.#states.get(clientId);
      if (known?.owner === node) known.heardAt = now;
      if (!(known ? mayFollow(known, node, userId, said, value === null) : value !== null)) continue;
      const bytes = Buffer.byteLength(JSON.stringify(value));
      if (known?.owner === node && repeats(known, said, value)) known.said = said;
      else if (value === null || this.#fits(bytes, known))
        this.#set({ clientId, said, value, owner: node, userId, bytes, heardAt: now });
    }
  }

  /** Takes away what a closed connection owned. */
  leave(owner: PresenceOwner): void {
    for (const state of this.#owned.get(owner) ?? []) if (state.value !== null) this.#remove(state);
    this.#owned.delete(owner);
  }

  /** Takes away what connections on another node owned. They may already be here: nothing of theirs is refused as old. */
  leaveNode(node: string): void {
    for (const state of this.#owned.get(node) ?? []) this.#lose(state);
  }

  /** Takes away what no other node was heard to have since then. */
  leaveUnheard(since: number): void {
    for (const state of this.#states.values())
      if (typeof state.owner === "string" && state.heardAt < since) this.#lose(state);
  }

  /** Tells again what nobody was told for a while: its owner is connected, whatever its timers do. `now` is of `performance.now()`. */
  renew(now: number): void {
    for (const state of this.#present()) {
      if (now - state.toldAt < RENEW_AFTER_MS) continue;
      state.clock++;
      this.#changed(state);
    }
  }

  /**
   * Makes every state news to somebody who comes in: a stock client whose line breaks forgets the states of others and keeps their
   * clocks, and would take no state for news whose owner has not moved since.
   */
  freshen(): void {
    for (const state of this.#present()) state.clock++;
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

  /** What changed since the last call; null when nothing did. */
  takeChanges(): PresenceFrame | null {
    if (this.#dirty.size === 0) return null;
    const frame = encode([...this.#dirty]);
    this.#dirty.clear();
    return frame;
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

  /** Everyone's state; null when nobody is here. */
  all(): PresenceFrame | null {
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
    const { said, owner } = facts;
    const from = typeof owner === "string" ? "node" : known?.owner === owner ? "same" : "new";
    const clock = clockFor(said, from, known, this.now());
    const first = Math.min(known?.first ?? clock, clock);
    const state: State = Object.assign(known ?? {}, facts, { clock, first, toldAt: 0, json: undefined });
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
    state.toldAt = performance.now();
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

  /** Its node has gone, and perhaps its user has not: whatever that user says next is news, and newer than this for everyone. */
  #lose(state: State): void {
    if (state.value === null) return;
    state.said = -1;
    state.first = Number.POSITIVE_INFINITY;
    this.#remove(state);
  }

  /** Of a removed state. */
  #forget(state: State): void {
    if (this.#states.get(state.clientId) !== state) return;
    this.#states.delete(state.clientId);
    this.#bytes -= ENTRY_BYTES;
    this.#disown(state);
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
      throw new PresenceError(closeReasons.presenceNotJson);
    }
    if (isTooDeep(value)) throw new PresenceError(closeReasons.presenceTooDeep);
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
function mayFollow(known: State, owner: Owner, userId: string, said: number, removes: boolean): boolean {
  if (known.owner === owner) return said > known.said || (said === known.said && removes);
  return known.userId === userId && !isEcho(known, said) && (known.value === null || !isHere(known));
}

/** Whether an owner says again what peers know, with a clock of ours: another tab of its browser has handed it that. */
function repeats(known: State, said: number, value: unknown): boolean {
  return isOurs(known, said) && value !== null && JSON.stringify(value) === JSON.stringify(known.value);
}

function isSame(known: State, bytes: number, value: unknown): boolean {
  return bytes === known.bytes && JSON.stringify(value) === JSON.stringify(known.value);
}

function isHere({ owner }: State): boolean {
  return typeof owner !== "string";
}

function toShare({ clientId, clock, userId, value }: State): PresenceState {
  return [clientId, clock, userId, value];
}

function encode(states: readonly State[]): PresenceFrame {
  return new PresenceFrame(
    states.map((state) => {
      state.json ??= Buffer.from(JSON.stringify(state.value));
      const { clientId, clock, owner, json } = state;
      return { clientId, clock, owner, json };
    }),
  );
}
