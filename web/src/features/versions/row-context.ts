import type { OpenDocument } from "../../api/open-document.js";
import type { Versions } from "./versions.js";

/** What every row of the list needs to know of its surroundings. */
export interface RowContext {
  readonly document: OpenDocument;
  readonly versions: Versions;
  /** The version that is being read, if any. */
  readonly shown: number | null;
  readonly newest: number | null;
  readonly mayEdit: boolean;
}
