/** What is told of folders and documents. */
export interface DocumentEvents {
  "folder.created": { parentId: string | null };
  "document.created": { folderId: string; kind: "FILING" | "TEXT" };
  "document.imported": { version: number; bytes: number; sourceBytes: number };
  "document.opened": { via: "collab" | "api"; version: number; access: "edit" | "comment" | "view" };
  "document.closed": { version: number; code: number };
  "document.edited": { version: number; bytes: number };
  /** Size and hash are null for what was too large to be read to its end. With `changes`, they are of so many that waited, in order. */
  "document.edit-refused": { reason: string; bytes: number | null; sha256: string | null; changes?: number };
  /**
   * What a node held at `version` was not what the changes on the record make of it: its content (`STATE`; it was read again from there), or
   * only the order, where it is told as a whole (`ORDER`; an editor contradicted itself).
   */
  "document.diverged": { version: number; what: "STATE" | "ORDER" };
  /** The state that is stored of `version` did not open, or is none: it was set aside, and the versions were read instead. */
  "document.state-unusable": { version: number };
  /** Its data key was destroyed; `version` is where it ended. */
  "document.shredded": { version: number };
  "document.downloaded": { format: string; version: number };
  "document.download-refused": { format: string; reasons: string[] };
}
