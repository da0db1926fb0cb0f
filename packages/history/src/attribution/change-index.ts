import type { Slices } from "@onrecord/core/lane";
import { readDeletes } from "@onrecord/filing/slice-update";
import { findInSteps, kind, kindOf, readStructs } from "@onrecord/filing/update-structs";
import type { KeptBinding } from "../store/commit.js";
import { type ChangeFacts, type PackedFacts, packFacts, unpackFacts } from "./change-facts.js";
import { IdMap, type PackedIdMap } from "./id-map.js";

/** Who stands behind a run: proven, brought by another than its author, unprovable, or Onrecord itself. */
export type Standing = "PROVEN" | "RELAYED" | "UNKNOWN" | "SYSTEM";

/** Whom a run is attributed to. */
export interface Origin {
  readonly standing: Standing;
  /** Whose it is, where that is proven. */
  readonly userId: string | null;
  /** Whose connection brought it. */
  readonly carrierId: string | null;
}

/** A stretch of ids of one client, made or deleted by one version; `version` is null where no version is known. */
export interface AttributedSpan {
  readonly clock: number;
  readonly length: number;
  readonly version: number | null;
  readonly origin: Origin;
}

/** A change index as plain memory, that another thread can be given. */
export interface PackedIndex {
  readonly inserted: PackedIdMap;
  readonly deleted: PackedIdMap;
  readonly facts: PackedFacts;
  readonly bindings: readonly KeptBinding[];
}

/** The clock is looked at after so many entries. */
const STEP = 500;

const nobody: Origin = { standing: "UNKNOWN", userId: null, carrierId: null };

/**
 * Which version inserted each id of a document, and which deleted it: the history turned by its updates into two maps.
 * Fed with changes in order; a struct or a deletion that is sent again attributes nothing, since the first one counts.
 */
export class ChangeIndex {
  #facts: ChangeFacts[] = [];
  readonly #origins = new Map<string, Origin>();
  #bindings = new Map<number, KeptBinding[]>();
  #entries = 0;

  constructor(
    private readonly inserted: IdMap = new IdMap(),
    private readonly deleted: IdMap = new IdMap(),
  ) {}

  /** The newest version that was added; 0 when none was. */
  get version(): number {
    return this.#facts.length;
  }

  /** What keeping it costs at most, in entries of some tens of bytes. */
  get size(): number {
    return this.#entries;
  }

  /** Adds the next version. */
  add(update: Uint8Array, facts: ChangeFacts): void {
    for (const _step of this.#steps(update));
    this.#facts.push(facts);
    this.#entries++;
  }

  /** The same in slices, for one that may be large. Nothing else may be added meanwhile. */
  async addInSlices(update: Uint8Array, facts: ChangeFacts, slices: Slices): Promise<void> {
    for (const _step of this.#steps(update)) if (slices.isOver) await slices.next();
    this.#facts.push(facts);
    this.#entries++;
  }

  /** Takes up what an update says, of which nothing is made. */
  *#steps(update: Uint8Array): Generator<undefined> {
    const version = this.#facts.length + 1;
    const { sections, deletes } = yield* findInSteps(update);
    for (const section of sections)
      for (const { client, clock, length, info } of readStructs(update, section)) {
        if (kindOf(info) === kind.skip) continue;
        this.inserted.add(client, clock, length, version);
        if (++this.#entries % STEP === 0) yield;
      }
    for (const { client, clock, length } of readDeletes(update, deletes)) {
      this.deleted.add(client, clock, length, version);
      if (++this.#entries % STEP === 0) yield;
    }
  }

  /** All of it as plain memory, up to a version at least. */
  async pack(slices: Slices): Promise<PackedIndex> {
    const facts = await packFacts(this.#facts, slices);
    const bindings = [...this.#bindings.values()].flat();
    return {
      inserted: await this.inserted.pack(slices),
      deleted: await this.deleted.pack(slices),
      facts,
      bindings,
    };
  }

  /** What was packed. */
  static of({ inserted, deleted, facts, bindings }: PackedIndex): ChangeIndex {
    const index = new ChangeIndex(IdMap.of(inserted), IdMap.of(deleted));
    index.#facts = unpackFacts(facts);
    index.bind(bindings);
    return index;
  }

  /** Replaces what is known of whose the clientIDs are. */
  bind(bindings: readonly KeptBinding[]): void {
    this.#bindings = Map.groupBy(bindings, ({ clientId }) => clientId);
    for (const ofOne of this.#bindings.values()) ofOne.sort((a, b) => a.clock - b.clock);
  }

  /** When a version was committed. */
  at(version: number): Date {
    const facts = this.#facts[version - 1];
    if (!facts) throw new RangeError(`version ${version} is not in the index`);
    return facts.at;
  }

  /** Who inserted the ids, and in which version. */
  *insertions(client: number, clock: number, length: number): Generator<AttributedSpan> {
    for (const { value, ...span } of this.inserted.spans(client, clock, length)) {
      if (value === undefined) yield { ...span, version: null, origin: nobody };
      else yield* this.#byBinding(client, span, value);
    }
  }

  /** Who deleted the ids, and in which version. */
  *deletions(client: number, clock: number, length: number): Generator<AttributedSpan> {
    for (const { value, ...span } of this.deleted.spans(client, clock, length)) {
      const version = value ?? null;
      yield { ...span, version, origin: version === null ? nobody : this.deleterIn(version) };
    }
  }

  /** Whose the deletions of a version are: they carry no clientID, so they are the carrier's, unless they came in an answer to a sync. */
  deleterIn(version: number): Origin {
    const { carrierId = null, relayed = false } = this.#facts[version - 1] ?? {};
    if (carrierId === null) return this.#origin("SYSTEM", null, null);
    return relayed ? this.#origin("RELAYED", null, carrierId) : this.#origin("PROVEN", carrierId, carrierId);
  }

  /** Cuts a span where the ownership of its clientID changes. */
  *#byBinding(client: number, { clock, length }: Pick<AttributedSpan, "clock" | "length">, version: number) {
    // A binding comes with the first change that it covers: one that was added later cannot tell whose something was.
    const bindings = (this.#bindings.get(client) ?? []).filter(({ since }) => since <= version);
    const bound = bindings.some(({ userId }) => userId !== null);
    const end = clock + length;
    let from = clock;
    let userId = bindings.findLast((binding) => binding.clock <= clock)?.userId ?? null;
    for (const binding of bindings) {
      if (binding.clock <= from) continue;
      if (binding.clock >= end) break;
      yield {
        clock: from,
        length: binding.clock - from,
        version,
        origin: this.#author(version, userId, bound),
      };
      from = binding.clock;
      userId = binding.userId;
    }
    yield { clock: from, length: end - from, version, origin: this.#author(version, userId, bound) };
  }

  #author(version: number, userId: string | null, bound: boolean): Origin {
    const carrierId = this.#facts[version - 1]?.carrierId ?? null;
    if (userId !== null) return this.#origin("PROVEN", userId, carrierId);
    if (bound) return this.#origin("RELAYED", null, carrierId);
    return this.#origin(carrierId === null ? "SYSTEM" : "UNKNOWN", null, carrierId);
  }

  /** One object for each origin, so that runs can be compared by identity. */
  #origin(standing: Standing, userId: string | null, carrierId: string | null): Origin {
    const key = `${standing} ${userId} ${carrierId}`;
    const origin = this.#origins.get(key) ?? { standing, userId, carrierId };
    this.#origins.set(key, origin);
    return origin;
  }
}
