/** What is told of folders and documents. */
export interface DocumentEvents {
  "folder.created": { parentId: string | null };
  "document.created": { folderId: string; kind: "FILING" | "TEXT" };
  "document.imported": { version: number; bytes: number; sourceBytes: number };
  "document.opened": { via: "collab" | "api"; version: number; access: "edit" | "comment" | "view" };
  "document.closed": { version: number; code: number };
  "document.edited": { version: number; bytes: number };
  /** Size and hash are null for what was too large to be read to its end. */
  "document.edit-refused": { reason: string; bytes: number | null; sha256: string | null };
  /** Its data key was destroyed; `version` is where it ended. */
  "document.shredded": { version: number };
  "document.downloaded": { format: string; version: number };
  "document.download-refused": { format: string; reasons: string[] };
}
