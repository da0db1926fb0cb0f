import type { Random } from "@onrecord/core/testing/random";
import * as Y from "yjs";
import { becomes } from "../becomes.js";
import type { Traffic } from "./traffic.js";
import type { Id, ItemSpec } from "./update-writer.js";

/** Where an item stands: what it says of its neighbours and its parent. */
export type Place = Omit<ItemSpec, "content" | "kind">;

/** Milliseconds for which a document may lag behind what was acknowledged. */
const PATIENCE = 20_000;

/** What an attacker knows of the document that it attacks. */
export class Target {
  /** Where the attacker's own clientIDs will be when everything it has sent has been taken. */
  readonly #next = new Map<number, number>();
  /** Places where the attacker has put something. Putting a second thing there would deny that it knows of the first. */
  readonly #used = new Set<string>();

  constructor(
    readonly random: Random,
    /** What a stock client on the document sees. */
    readonly doc: Y.Doc,
    /** ClientIDs that the attacker may write with. */
    readonly own: readonly number[],
    /** ClientIDs of others. */
    readonly victims: readonly number[],
    readonly traffic: Traffic,
  ) {}

  /** The clock that the server expects of a clientID, as far as can be seen from here. */
  next(client: number): number {
    return Math.max(this.#next.get(client) ?? 0, Y.getState(this.doc.store, client));
  }

  /** Takes clocks of an own clientID into use. */
  take(client: number, length: number): void {
    this.#next.set(client, this.next(client) + length);
  }

  /**
   * Everything sent has been taken or thrown away. What was, the document shows as soon as it has all of this state vector. Resolves with
   * whether it does: whoever went on without would deny what it has written, and Yjs leaves the order of that open.
   */
  async settle(stateVector: Uint8Array): Promise<boolean> {
    const clocks = [...Y.decodeStateVector(stateVector)];
    const isThere = () => clocks.every(([client, clock]) => Y.getState(this.doc.store, client) >= clock);
    const isShown = await becomes(isThere, PATIENCE);
    this.settled();
    return isShown;
  }

  /** The document shows all that was taken. */
  settled(): void {
    this.#next.clear();
  }

  me(): number {
    return this.random.pick(this.own);
  }

  /** The name of something that is in the document, or of something that is not where it holds nothing yet. */
  someId(): Id {
    const struct = this.#someStruct();
    if (!struct) return { client: this.me(), clock: 0 };
    const { client, clock } = struct.id;
    return { client, clock: clock + this.random.int(0, Math.max(0, Math.min(struct.length, 1000) - 1)) };
  }

  /** A place where an honest client could put something: right of an item, first in a type, or in a type of its own. */
  somePlace(): Place {
    for (let tries = 0; tries < 5; tries++) {
      const struct = this.#someStruct();
      if (!(struct instanceof Y.Item)) continue;
      const type = struct.content instanceof Y.ContentType ? struct.content.type : undefined;
      // A map's entries are for what has one value.
      if (!type && struct.parentSub !== null) continue;
      const place = type ? this.#firstIn(type, struct.id) : rightOf(struct);
      if (this.#use(place)) return place;
    }
    return this.newRoot();
  }

  /** A value of a map, over the one that is there. */
  someEntry(key: string): Place {
    const parent = this.random.pick(["content", "other"]);
    const old = this.doc.share.get(parent)?._map.get(key);
    const place: Place = old ? { origin: old.lastId, parent } : { parent, sub: key };
    return this.#use(place) ? place : { ...this.newRoot(), sub: key };
  }

  /** The name of a root type that nobody has. */
  newRoot(): Place {
    return { parent: `root ${this.random.int(0, 2 ** 40)}` };
  }

  /** The name of an item that holds a type, living or deleted; undefined where none is found at once. */
  someType(): Id | undefined {
    for (let tries = 0; tries < 20; tries++) {
      const struct = this.#someStruct();
      if (struct instanceof Y.Item && struct.content instanceof Y.ContentType) return struct.id;
    }
    return undefined;
  }

  /** The name of an item that holds no type, or of a collected one. */
  someNonType(): Id {
    for (let tries = 0; tries < 20; tries++) {
      const struct = this.#someStruct();
      if (struct && !(struct instanceof Y.Item && struct.content instanceof Y.ContentType)) return struct.id;
    }
    return { client: this.me(), clock: 0 };
  }

  #firstIn(type: { readonly _start: Y.Item | null }, parent: Id): Place {
    return type._start ? { rightOrigin: type._start.id, parent } : { parent };
  }

  #use(place: Place): boolean {
    const name = JSON.stringify(place.origin ?? place.parent) + (place.sub ?? "");
    if (this.#used.has(name)) return false;
    this.#used.add(name);
    return true;
  }

  #someStruct(): Y.Item | Y.GC | undefined {
    const clients = [...this.doc.store.clients.values()];
    if (clients.length === 0) return undefined;
    const structs = this.random.pick(clients);
    return structs.length === 0 ? undefined : this.random.pick(structs);
  }
}

function rightOf({ lastId, right }: Y.Item): Place {
  return { origin: lastId, ...(right ? { rightOrigin: right.id } : {}), parent: "content" };
}
