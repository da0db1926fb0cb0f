/**
 * What is told of reads that are folded: one entry when a sitting begins, one when it has ended. A sitting is one person's acts of one kind on
 * one thing with gaps of at most five minutes.
 */
export interface SittingEvents extends Readonly<Record<SittingAction, Record<string, never>>> {
  /** `entryId` is that of its beginning, `first` and `last` are times, ISO 8601. Only where there was more than one act. */
  "sitting.ended": { action: SittingAction; entryId: string; first: string; last: string; times: number };
}

/** Reads of which each sitting is one entry. */
export type SittingAction =
  /** A title, or what else a list tells of a document. */
  | "document.listed"
  | "folder.listed"
  /** A document that is seen was asked for its folder, which is not. A page asks so whenever it is opened. */
  | "folder.withheld"
  /** The versions of a document: who, when, how much. */
  | "version.listed"
  /** The people, departments or roles of the firm. */
  | "people.listed"
  /** Who has access. */
  | "access.listed"
  /** Entries of a document that something else names, one by one. */
  | "audit.consulted"
  /** The versions of a document, as they come. */
  | "document.followed";
