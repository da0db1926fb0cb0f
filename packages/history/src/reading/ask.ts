import type { ContentFormat, DocumentKind } from "@onrecord/filing/content";
import type { Origin, PackedIndex } from "../attribution/change-index.js";
import type { AttributionQuestion } from "../attribution/question.js";
import type { Reverted, RevertQuestion } from "../edit/reverted.js";
import type { Made } from "../store/made.js";

/** What a reading thread is asked: all that it takes, and nothing of it stays there. */
export type Ask =
  | {
      readonly kind: "content";
      readonly of: Made;
      readonly document: DocumentKind;
      readonly format: ContentFormat;
      /** As a JSON string, or as it is. */
      readonly quoted: boolean;
    }
  | { readonly kind: "attribution"; readonly question: AttributionQuestion; readonly index: PackedIndex }
  | { readonly kind: "revert"; readonly question: RevertQuestion };

/** What it answers. */
export type Answer =
  | ({ readonly kind: "content" } & Written)
  | {
      readonly kind: "attribution";
      readonly origins: readonly Origin[];
      /** JSON in UTF-8. */
      readonly roots: Uint8Array<ArrayBuffer>;
      readonly wantsChanges: boolean;
    }
  | { readonly kind: "revert"; readonly reverted: Reverted | null };

/** A content that was written out. */
export interface Written {
  /** In UTF-8. */
  readonly text: Uint8Array<ArrayBuffer>;
  readonly characters: number;
  /** What the document is made of. */
  readonly structs: number;
}
