import { newId } from "@onrecord/core/ids";
import type { By } from "@onrecord/ledger/ledger";
import { placeResource } from "@onrecord/policy/resources";
import type { Tx } from "@onrecord/postgres/database";
import type { DocumentsServices } from "../context.js";
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
  tx: Tx,
  { ledger, history }: Pick<DocumentsServices, "ledger" | "history">,
  by: By,
  { folderId, title, kind, createdBy }: NewDocument,
): Promise<Document> {
  const id = newId();
  const [row] = await tx.query<{ createdAt: Date }>(
    `insert into documents.document (id, folder_id, title, kind, created_by) values ($1, $2, $3, $4, $5)
     returning created_at as "createdAt"`,
    [id, folderId, title, kind, createdBy],
  );
  await placeResource(tx, { id, parentId: folderId, kind: "DOCUMENT" });
  await history.create(tx, id);
  await ledger.append(tx, {
    action: "document.created",
    by,
    object: { kind: "DOCUMENT", id },
    detail: { folderId, kind },
  });
  return presentDocument({ id, folderId, title, kind, createdBy, createdAt: row!.createdAt });
}
