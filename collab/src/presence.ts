import type { Principal } from "@onrecord/policy/principal";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

/** Someone who may own presence states: a connection. */
export interface PresenceOwner {
  readonly principal: Principal;
}

interface State {
  clock: number;
  /** JSON, or "null" once removed. */
  json: string;
  owner: PresenceOwner;
}

/** What an inbound presence update did. */
export interface PresenceOutcome {
  /** ClientIDs of other users that it tried to set: never taken over. */
  readonly foreign: readonly number[];
}

/** A removed state is remembered this long, so that an echo of the old one does not bring it back. */
const TOMBSTONE_MS = 60_000;

/**
 * Who is here, and where their cursors are. Like y-protocols' Awareness on the wire, but every state has one owner, the connection
 * that first set it: stock clients echo the states of others all the time, and a hostile one would overwrite them. What a state says
 * of its user is not believed: the server writes the authenticated name over it.
 */
export class Presence {
  readonly #states = new Map<number, State>();
  readonly #dirty = new Set<number>();

  constructor(
    private readonly limits: { readonly awarenessBytes: number; readonly awarenessClients: number },
    /** Whether a connection may set the state of a clientID that has none. */
    private readonly maySpeak: (owner: PresenceOwner, clientId: number) => boolean = () => true,
  ) {}

  /** Takes an update from a connection. Throws a RangeError with a sentence when it is malformed or too large. */
  receive(owner: PresenceOwner, update: Uint8Array): PresenceOutcome {
    const decoder = decoding.createDecoder(update);
    const count = decoding.readVarUint(decoder);
    const foreign: number[] = [];
    for (let i = 0; i < count; i++) {
      const clientId = decoding.readVarUint(decoder);
      const clock = decoding.readVarUint(decoder);
      const json = decoding.readVarString(decoder);
      const known = this.#states.get(clientId);
      if (known && known.owner !== owner) {
        const mayTakeOver = known.json === "null" && known.owner.principal.userId === owner.principal.userId;
        if (!mayTakeOver) {
          // An echo has the clock we know; a newer one from another user is a forgery, or news that its owner will bring itself.
          if (clock > known.clock && known.owner.principal.userId !== owner.principal.userId)
            foreign.push(clientId);
          continue;
        }
      }
      if (known && (clock < known.clock || (clock === known.clock && json !== "null"))) continue;
      // A state that is gone before it was seen is nobody's, and what a tab tells of another, that one says itself.
      if (!known && (json === "null" || !this.maySpeak(owner, clientId))) continue;
      if (!known && this.#owned(owner) >= this.limits.awarenessClients)
        throw new RangeError("too many presence states on one connection");
      const state = { clock, json: this.#sign(owner, json), owner };
      this.#states.set(clientId, state);
      if (state.json === "null") this.#bury(clientId, state);
      this.#dirty.add(clientId);
    }
    return { foreign };
  }

  /** Takes away what a closed connection owned. */
  leave(owner: PresenceOwner): void {
    for (const [clientId, state] of this.#states) {
      if (state.owner !== owner || state.json === "null") continue;
      state.clock++;
      state.json = "null";
      this.#dirty.add(clientId);
      this.#bury(clientId, state);
    }
  }

  #bury(clientId: number, state: State): void {
    setTimeout(() => {
      if (this.#states.get(clientId) === state && state.json === "null") this.#states.delete(clientId);
    }, TOMBSTONE_MS).unref();
  }

  /** What changed since the last call, as one awareness update; null when nothing did. */
  takeChanges(): Uint8Array | null {
    if (this.#dirty.size === 0) return null;
    const update = this.#encode([...this.#dirty]);
    this.#dirty.clear();
    return update;
  }

  /** Everyone's state as one awareness update; null when nobody is here. */
  all(): Uint8Array | null {
    const ids = [...this.#states].filter(([, state]) => state.json !== "null").map(([id]) => id);
    return ids.length === 0 ? null : this.#encode(ids);
  }

  #encode(clientIds: readonly number[]): Uint8Array {
    return encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, clientIds.length);
      for (const id of clientIds) {
        const state = this.#states.get(id)!;
        encoding.writeVarUint(encoder, id);
        encoding.writeVarUint(encoder, state.clock);
        encoding.writeVarString(encoder, state.json);
      }
    });
  }

  #owned(owner: PresenceOwner): number {
    let owned = 0;
    for (const state of this.#states.values()) if (state.owner === owner) owned++;
    return owned;
  }

  #sign(owner: PresenceOwner, json: string): string {
    if (json.length > this.limits.awarenessBytes) throw new RangeError("a presence state is too large");
    let state: unknown;
    try {
      state = JSON.parse(json);
    } catch {
      throw new RangeError("a presence state is not JSON");
    }
    if (state === null || typeof state !== "object" || !("user" in state)) return json;
    const claimed = typeof state.user === "object" ? state.user : {};
    return JSON.stringify({
      ...state,
      user: { ...claimed, id: owner.principal.userId, name: owner.principal.name },
    });
  }
}
