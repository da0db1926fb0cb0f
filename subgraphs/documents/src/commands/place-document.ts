import type { EntityManager } from "@mikro-orm/postgresql";
import { newId } from "@onrecord/core/ids";
import type { History } from "@onrecord/history/store/history";
import type { RecordedTx } from "@onrecord/ledger/ledger";
import { placeResource } from "@onrecord/policy/resources";
import { DocumentEntity } from "../entities/document.js";
import { presentDocument } from "../present.js";
import type { Document } from "../types/document.js";

/** A document to be made. */
export interface NewDocument {
  readonly folderId: string;
  readonly title: string;
  readonly kind: "FILING" | "TEXT";
  readonly createdBy: string | null;
}

/** Makes a document at version 0: its row, its place among the resources, its history, its entry on the record. */
export async function placeDocument(
  tx: RecordedTx,
  em: EntityManager,
  history: History,
  { folderId, title, kind, createdBy }: NewDocument,
): Promise<Document> {
  const id = newId();
  const row = em.create(DocumentEntity, { id, folderId, title, kind, createdBy });
  await em.flush();
  await placeResource(tx, { id, parentId: folderId, kind: "DOCUMENT" });
  await history.create(tx, id);
  await tx.append({
    action: "document.created",
    object: { kind: "DOCUMENT", id },
    detail: { folderId, kind },
  });
  return presentDocument(row);
}
