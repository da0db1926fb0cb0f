import type * as Y from "yjs";

/** What went wrong in one version, without anybody having meant it. */
export interface Damage {
  readonly version: number;
  readonly kind: "CUT_CHARACTERS" | "REMOVED_ELEMENTS" | "GROWN_TABLES";
  /** How many characters, elements or cells. */
  readonly count: number;
  /** Who brought the version. */
  readonly carrierId: string | null;
  readonly text: string;
}

/** A version as the history has it. */
export interface Version {
  readonly version: number;
  readonly at: Date;
  readonly carrierId: string | null;
}

/** The parts of an update. */
export type Decoded = ReturnType<typeof Y.decodeUpdate>;

/** One kind of damage, looked for while a history passes: what a change did is told from the document before it and after it. */
export interface Detector {
  before(doc: Y.Doc, change: Decoded, version: Version): void;
  after(doc: Y.Doc, change: Decoded, version: Version): void;
  /** What of it is still to be seen at the head. */
  found(head: Y.Doc): readonly Damage[];
}
