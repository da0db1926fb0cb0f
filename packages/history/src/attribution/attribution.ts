import type { KeyObject } from "node:crypto";
import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import type { History } from "../store/history.js";
import { type MostReplayed, type Replay, readChanges } from "../store/load.js";
import { madeOf, sizeOf } from "../store/made.js";
import type { ChangeIndex, Origin } from "./change-index.js";
import { ChangeIndexes } from "./change-indexes.js";
import type { Root } from "./content-tree.js";
import { type Attributed, type AttributionQuestion, attribute } from "./question.js";

/** A document's content with who wrote what. */
export interface AttributedContent {
  readonly version: number;
  /** Whom the stamps in `roots` name, by their index. */
  readonly origins: readonly Origin[];
  readonly roots: readonly Root[];
}

/** Two versions as one content: what stayed, what came, what went, each with who and when. */
export interface Difference extends AttributedContent {
  readonly from: number;
}

/** How finely runs are told apart: by author and sitting, or by each single version. */
export interface Grain {
  readonly exact?: boolean;
}

/** A version, its head when none is given. With `deletedSince`, also what was deleted after that version, in its place. */
export interface WantedVersion extends Grain {
  readonly version?: number;
  readonly deletedSince?: number;
}

/**
 * Two versions, `from` being the older; over as many versions as `deletedSince` may go back, also what was written in between and lost
 * with what it stood in.
 */
export interface WantedDifference extends Grain {
  readonly from: number;
  readonly to: number;
}

/** All that it takes to answer; `index` is asked for when its turn has come. */
export interface Gathered {
  readonly question: AttributionQuestion;
  /** What it is made of, in bytes. */
  readonly bytes: number;
  index(): Promise<ChangeIndex>;
}

const EVERYTHING = { changes: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/** Tells who wrote what and what changed. Errors of all its answers: NOT_FOUND, and BAD_USER_INPUT beyond the versions or the bounds. */
export class Attribution {
  readonly #indexes: ChangeIndexes;

  constructor(
    private readonly context: Pick<AppContext, "db" | "config">,
    private readonly history: History,
  ) {
    const { attributedVersions, attributionEntries } = context.config.limits;
    this.#indexes = new ChangeIndexes(context.db, history.lane, {
      maxEntries: attributionEntries,
      maxVersions: attributedVersions,
    });
  }

  /** What lies between two versions, told in this thread: `Readings` tells it to those who ask a node. */
  async diff(documentId: string, from: number, to: number, grain: Grain = {}): Promise<Difference> {
    const wanted = { from, to, ...grain };
    let gathered = await this.gatherDifference(documentId, wanted, false);
    let told = await tell(gathered);
    if (told.wantsChanges) {
      gathered = await this.gatherDifference(documentId, wanted, true);
      told = await tell(gathered);
    }
    return { from, version: to, origins: told.origins, roots: told.roots };
  }

  /** The content of a version with who inserted each run, and who deleted it, told in this thread. */
  async at(documentId: string, wanted: WantedVersion = {}): Promise<AttributedContent> {
    const gathered = await this.gatherVersion(documentId, wanted);
    const { origins, roots } = await tell(gathered);
    return { version: gathered.question.version, origins, roots };
  }

  /** Reads what it takes to tell a difference; with all changes between the two, where that may be asked for. Null: more than `most`. */
  gatherDifference(documentId: string, wanted: WantedDifference, withChanges: boolean): Promise<Gathered>;
  gatherDifference(
    documentId: string,
    wanted: WantedDifference,
    withChanges: boolean,
    most: MostReplayed,
  ): Promise<Gathered | null>;
  async gatherDifference(
    documentId: string,
    { from, to, exact = false }: WantedDifference,
    withChanges: boolean,
    most = EVERYTHING,
  ): Promise<Gathered | null> {
    if (from > to)
      throw new AppError(
        "BAD_USER_INPUT",
        `Version ${from} is newer than version ${to}: give the older one first.`,
      );
    const newer = await this.history.replay(documentId, to, most);
    const older = newer && (await this.history.replay(documentId, from, most));
    if (newer === null || older === null) return null;
    // What a difference tells besides its two versions: it may cost no more than to tell what was deleted.
    const maySeek = to - from <= this.context.config.limits.replayedVersions;
    const changes = withChanges ? await this.#changes(documentId, newer.key, from, to) : null;
    return this.#gathered(documentId, newer, exact, {
      what: "difference",
      older: madeOf(older),
      newer: madeOf(newer),
      changes: changes ?? (maySeek ? "may be asked for" : null),
    });
  }

  /** Reads what it takes to tell of a version. Null: more than `most`. */
  gatherVersion(documentId: string, wanted: WantedVersion): Promise<Gathered>;
  gatherVersion(documentId: string, wanted: WantedVersion, most: MostReplayed): Promise<Gathered | null>;
  async gatherVersion(
    documentId: string,
    { version, deletedSince, exact = false }: WantedVersion,
    most = EVERYTHING,
  ): Promise<Gathered | null> {
    const of = await this.history.replay(documentId, version, most);
    if (of === null) return null;
    if (deletedSince === undefined)
      return this.#gathered(documentId, of, exact, { what: "version", of: madeOf(of) });
    this.#refuseFar(deletedSince, of.version);
    const since = await this.history.replay(documentId, deletedSince, most);
    if (since === null || of.version - deletedSince > most.changes) return null;
    const changes = await this.#changes(documentId, of.key, deletedSince, of.version);
    return this.#gathered(documentId, of, exact, { what: "deletions", since: madeOf(since), changes });
  }

  #gathered(
    documentId: string,
    { key, version }: Pick<Replay, "key" | "version">,
    exact: boolean,
    what: What,
  ): Gathered {
    const { diffPieces } = this.context.config.limits;
    return {
      question: { version, exact, maxPieces: diffPieces, ...what },
      bytes: bytesOf(what),
      index: () => this.#indexes.upTo(documentId, key, version),
    };
  }

  async #changes(documentId: string, key: KeyObject, from: number, to: number): Promise<Uint8Array[]> {
    const changes: Uint8Array[] = [];
    for await (const { update } of readChanges(this.context.db, key, documentId, from, to))
      changes.push(update);
    return changes;
  }

  /** Only the changes themselves have what was written and deleted again: they are applied one by one. */
  #refuseFar(since: number, version: number): void {
    const { replayedVersions } = this.context.config.limits;
    if (since > version)
      throw new AppError("BAD_USER_INPUT", `Version ${since} is newer than version ${version}.`);
    if (version - since > replayedVersions) {
      throw new AppError(
        "BAD_USER_INPUT",
        `What was deleted is told over at most ${replayedVersions} versions: ask from version ${version - replayedVersions} on.`,
      );
    }
  }
}

type What<Question = AttributionQuestion> = Question extends unknown
  ? Omit<Question, "version" | "exact" | "maxPieces">
  : never;

async function tell({ question, index }: Gathered): Promise<Attributed> {
  return attribute(question, await index());
}

function bytesOf(what: What): number {
  const changes = (updates: readonly Uint8Array[]) => sizeOf({ state: null, later: updates });
  switch (what.what) {
    case "version":
      return sizeOf(what.of);
    case "deletions":
      return sizeOf(what.since) + changes(what.changes);
    case "difference":
      return (
        sizeOf(what.older) + sizeOf(what.newer) + changes(Array.isArray(what.changes) ? what.changes : [])
      );
  }
}
