import type { KeyObject } from "node:crypto";
import { AppError } from "@onrecord/core/errors";
import type { Lane } from "@onrecord/core/lane";
import type { Sql } from "@onrecord/postgres/database";
import { readBindings } from "../store/bindings.js";
import { readChanges } from "../store/load.js";
import type { ChangeFacts } from "./change-facts.js";
import { ChangeIndex } from "./change-index.js";

interface Kept {
  readonly index: ChangeIndex;
  /** The version up to which changes and bindings have both been read. */
  ready: number;
  /** Ends when whoever extends it now is done. */
  busy: Promise<void>;
}

/**
 * The change indexes of the documents that were asked for last. An index is made by reading a history once, and is extended by
 * what has been committed since; the least recently used go when all together are too large.
 */
export class ChangeIndexes {
  readonly #kept = new Map<string, Kept>();

  /** `maxEntries` bounds the sum of the indexes' sizes; `maxVersions` how long a history may be. */
  constructor(
    private readonly sql: Sql,
    private readonly lane: Lane,
    private readonly bounds: { readonly maxEntries: number; readonly maxVersions: number },
  ) {}

  /** The index of a document up to `version` at least. BAD_USER_INPUT beyond the longest history, and the largest index, that is kept. */
  async upTo(documentId: string, key: KeyObject, version: number): Promise<ChangeIndex> {
    if (version > this.bounds.maxVersions) {
      throw new AppError(
        "BAD_USER_INPUT",
        `Who wrote what is told for histories of up to ${this.bounds.maxVersions} versions; this is version ${version}.`,
      );
    }
    const kept = this.#kept.get(documentId) ?? {
      index: new ChangeIndex(),
      ready: 0,
      busy: Promise.resolve(),
    };
    this.#kept.delete(documentId);
    this.#kept.set(documentId, kept);
    // One reader at a time; whoever comes next goes on from where the one before came to, also if that one failed.
    const turn = kept.busy.then(() => this.#extend(kept, documentId, key, version));
    kept.busy = turn.catch(() => undefined);
    try {
      await turn;
    } finally {
      this.#evict(documentId);
    }
    return kept.index;
  }

  async #extend(kept: Kept, documentId: string, key: KeyObject, version: number): Promise<void> {
    const { index } = kept;
    if (kept.ready >= version) return;
    // What was too large once is refused at once: it is not read again for each who asks.
    this.#refuseBeyond(index, version);
    let facts: ChangeFacts | undefined;
    const slices = this.lane.begin();
    for await (const change of readChanges(this.sql, key, documentId, index.version, version)) {
      if (facts === undefined || !isSame(facts, change)) facts = factsOf(change);
      await index.addInSlices(change.update, facts, slices);
      if (slices.isOver) await slices.next();
      this.#refuseBeyond(index, version);
    }
    // A binding commits with the change that brings it: these cover all that was just read.
    index.bind(await readBindings(this.sql, documentId));
    kept.ready = index.version;
  }

  #refuseBeyond(index: ChangeIndex, version: number): void {
    if (index.version >= version || index.size <= this.bounds.maxEntries) return;
    throw new AppError(
      "BAD_USER_INPUT",
      `This document's history is in too many parts to tell who wrote what in version ${version}; it is told up to version ${index.version}.`,
    );
  }

  #evict(justUsed: string): void {
    let size = 0;
    for (const { index } of this.#kept.values()) size += index.size;
    for (const [documentId, { index }] of this.#kept) {
      if (size <= this.bounds.maxEntries) return;
      if (documentId === justUsed) continue;
      this.#kept.delete(documentId);
      size -= index.size;
    }
  }
}

function factsOf({ at, carrierId, relayed }: ChangeFacts): ChangeFacts {
  return { at, carrierId, relayed };
}

/** Neighbours of one batch share one object: a history of a million versions is kept in memory. */
function isSame(a: ChangeFacts, b: ChangeFacts): boolean {
  return a.carrierId === b.carrierId && a.relayed === b.relayed && a.at.getTime() === b.at.getTime();
}
