import type { Origin } from "@onrecord/history/attribution/change-index";
import type { VersionRow } from "@onrecord/history/store/versions";
import type { DocumentRow } from "./entities/document.js";
import type { FolderRow } from "./entities/folder.js";
import { ChangeOrigin } from "./types/attribution.js";
import { Document } from "./types/document.js";
import { Folder } from "./types/folder.js";
import type { Standing } from "./types/standing.js";
import { Version } from "./types/version.js";

/** A stored folder as the API shows it. */
export function presentFolder({ id, name, createdAt, parentId }: Omit<FolderRow, "createdBy">): Folder {
  return Object.assign(new Folder(), { id, name, createdAt, parentId: parentId ?? null });
}

/** A stored document as the API shows it. */
export function presentDocument(row: DocumentRow): Document {
  const { id, title, kind, createdAt, folderId, createdBy } = row;
  return Object.assign(new Document(), {
    id,
    title,
    kind,
    createdAt,
    folderId,
    createdBy: createdBy ?? null,
  });
}

/** A stored version as the API shows it. */
export function presentVersion(row: VersionRow): Version {
  const { documentId, number, at, name, bytes } = row;
  return Object.assign(new Version(), {
    documentId,
    number,
    at,
    name,
    bytes,
    author: row.authorId === null ? null : { id: row.authorId },
    carrier: row.carrierId === null ? null : { id: row.carrierId },
    standing: standingOf(row),
    auditEntry: { id: row.entryId },
  });
}

/** A change that is not all its carrier's was brought for others when it came with a sync. Else its editor had it from elsewhere. */
function standingOf({ authorId, carrierId, relayed }: VersionRow): `${Standing}` {
  if (authorId !== null) return "PROVEN";
  if (carrierId === null) return "SYSTEM";
  return relayed ? "RELAYED" : "UNKNOWN";
}

/** Whom a run is attributed to, as the API shows it. */
export function presentOrigin({ standing, userId, carrierId }: Origin): ChangeOrigin {
  return Object.assign(new ChangeOrigin(), {
    standing,
    author: userId === null ? null : { id: userId },
    carrier: carrierId === null ? null : { id: carrierId },
  });
}
