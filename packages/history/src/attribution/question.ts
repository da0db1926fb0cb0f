import { type Made, make } from "../store/made.js";
import type { ChangeIndex, Origin } from "./change-index.js";
import type { Root } from "./content-tree.js";
import { type Description, describe } from "./describe.js";
import { catchUp, joinChanges, joinVersions, sideOf, uncollected } from "./joint-document.js";
import { mayHaveLost } from "./lost-work.js";
import { Stamps } from "./stamps.js";

/** Runs of one author are told as one when no longer pause lies between them. */
const PAUSE_MS = 5 * 60_000;

/** What is to be told of one version, or of two. It may go to another thread. */
export type AttributionQuestion = {
  /** The version itself, the newer of two. */
  readonly version: number;
  readonly exact: boolean;
  readonly maxPieces: number;
} & (
  | { readonly what: "version"; readonly of: Made }
  /** With what was deleted by the changes after an older one, in its place. */
  | { readonly what: "deletions"; readonly since: Made; readonly changes: readonly Uint8Array[] }
  /** Without the changes between the two, what was written and lost meanwhile cannot be told: then it may be asked for them. */
  | {
      readonly what: "difference";
      readonly older: Made;
      readonly newer: Made;
      readonly changes: readonly Uint8Array[] | "may be asked for" | null;
    }
);

/** What is told. */
export interface Attributed {
  /** Whom the stamps in `roots` name, by their index. */
  readonly origins: readonly Origin[];
  readonly roots: readonly Root[];
  /** Nothing is told yet: something may have been lost between the versions, and the changes between them are asked for. */
  readonly wantsChanges: boolean;
}

/** Answers a question, by an index that has the version. BAD_USER_INPUT beyond the bounds. */
export function attribute(question: AttributionQuestion, index: ChangeIndex): Attributed {
  const stamps = new Stamps(index, question.exact ? null : PAUSE_MS);
  const { wantsChanges = false, ...what } = describedBy(question);
  const roots = wantsChanges ? [] : describe({ ...what, stamps, maxPieces: question.maxPieces });
  return { origins: stamps.origins, roots, wantsChanges };
}

type Described = Omit<Description, "stamps" | "maxPieces"> & { readonly wantsChanges?: boolean };

function describedBy(question: AttributionQuestion): Described {
  switch (question.what) {
    case "version": {
      const doc = make(question.of);
      return { doc, before: sideOf(doc) };
    }
    case "deletions": {
      const doc = uncollected(make(question.since));
      for (const update of question.changes) catchUp(doc, update);
      return { doc, before: sideOf(doc), everything: true };
    }
    case "difference": {
      const [older, newer] = [make(question.older), make(question.newer)];
      const { changes } = question;
      if (changes !== null && changes !== "may be asked for")
        return { ...joinChanges(older, newer, changes), lost: true };
      return { ...joinVersions(older, newer), wantsChanges: changes !== null && mayHaveLost(newer, older) };
    }
  }
}
