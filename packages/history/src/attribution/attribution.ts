import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import type { History } from "../store/history.js";
import { type LoadedDocument, readChanges } from "../store/load.js";
import type { Origin } from "./change-index.js";
import { ChangeIndexes } from "./change-indexes.js";
import type { Root } from "./content-tree.js";
import { type Description, describe } from "./describe.js";
import { catchUp, joinChanges, joinVersions, sideOf, uncollected } from "./joint-document.js";
import { mayHaveLost } from "./lost-work.js";
import { Stamps } from "./stamps.js";

/** Runs of one author are told as one when no longer pause lies between them. */
const PAUSE_MS = 5 * 60_000;

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

/** Tells who wrote what and what changed. Errors of all its answers: NOT_FOUND, and BAD_USER_INPUT beyond the versions or the bounds. */
export class Attribution {
  readonly #indexes: ChangeIndexes;

  constructor(
    private readonly context: Pick<AppContext, "db" | "config">,
    private readonly history: History,
  ) {
    const { attributedVersions, attributionEntries } = context.config.limits;
    this.#indexes = new ChangeIndexes(context.db, {
      maxEntries: attributionEntries,
      maxVersions: attributedVersions,
    });
  }

  /**
   * What lies between two versions, `from` being the older; over as many versions as `deletedSince` may go back, also what was written in
   * between and lost with what it stood in.
   */
  async diff(documentId: string, from: number, to: number, grain: Grain = {}): Promise<Difference> {
    if (from > to)
      throw new AppError(
        "BAD_USER_INPUT",
        `Version ${from} is newer than version ${to}: give the older one first.`,
      );
    const newer = await this.history.load(documentId, to);
    const older = await this.history.load(documentId, from);
    // What a difference tells besides its two versions: it may cost no more than to tell what was deleted.
    const lost =
      to - from <= this.context.config.limits.replayedVersions && mayHaveLost(newer.doc, older.doc);
    const joined = lost
      ? await joinChanges(
          older.doc,
          newer.doc,
          readChanges(this.context.db, newer.key, documentId, from, newer.version),
        )
      : joinVersions(older.doc, newer.doc);
    return { from, ...(await this.#describe(documentId, newer, { ...joined, lost }, grain)) };
  }

  /**
   * The content of a version, its head when none is given, with who inserted each run. With `deletedSince`, also what was deleted after
   * that version, in its place, with who deleted it.
   */
  async at(
    documentId: string,
    { version, deletedSince, ...grain }: Grain & { version?: number; deletedSince?: number } = {},
  ): Promise<AttributedContent> {
    const loaded = await this.history.load(documentId, version);
    const doc =
      deletedSince === undefined
        ? loaded.doc
        : await this.#withDeleted(documentId, deletedSince, loaded.version);
    const everything = deletedSince !== undefined;
    return this.#describe(documentId, loaded, { doc, before: sideOf(doc), everything }, grain);
  }

  async #describe(
    documentId: string,
    { key, version }: LoadedDocument,
    what: Pick<Description, "doc" | "before" | "cut" | "everything" | "lost">,
    { exact = false }: Grain,
  ): Promise<AttributedContent> {
    const stamps = new Stamps(await this.#indexes.upTo(documentId, key, version), exact ? null : PAUSE_MS);
    const roots = describe({ ...what, stamps, maxPieces: this.context.config.limits.diffPieces });
    return { version, origins: stamps.origins, roots };
  }

  /** Only the changes themselves have what was written and deleted again: they are applied one by one. */
  async #withDeleted(documentId: string, since: number, version: number) {
    const { replayedVersions } = this.context.config.limits;
    if (since > version)
      throw new AppError("BAD_USER_INPUT", `Version ${since} is newer than version ${version}.`);
    if (version - since > replayedVersions) {
      throw new AppError(
        "BAD_USER_INPUT",
        `What was deleted is told over at most ${replayedVersions} versions: ask from version ${version - replayedVersions} on.`,
      );
    }
    const { doc: old, key } = await this.history.load(documentId, since);
    const doc = uncollected(old);
    for await (const { update } of readChanges(this.context.db, key, documentId, since, version))
      catchUp(doc, update);
    return doc;
  }
}
