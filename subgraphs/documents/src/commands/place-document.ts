import type { EntityManager } from "@mikro-orm/postgresql";
import type { By } from "@onrecord/ledger/ledger";
import type { Tx } from "@onrecord/platform/database";
import { newId } from "@onrecord/platform/ids";
import { placeResource } from "@onrecord/policy/resources";
import type { DocumentsServices } from "../context.js";
import { DocumentEntity, type DocumentRow } from "../entities/document.js";

/** A document to be made. */
export interface NewDocument {
  readonly folderId: string;
  readonly title: string;
  readonly kind: "FILING" | "TEXT";
  readonly createdBy: string | null;
}

/** Makes a document at version 0: its row, its place among the resources, its history, its entry on the record. */
export async function placeDocument(
  em: EntityManager,
  tx: Tx,
  { ledger, history }: Pick<DocumentsServices, "ledger" | "history">,
  by: By,
  document: NewDocument,
): Promise<DocumentRow> {
  const id = newId();
  const row = em.create(DocumentEntity, { id, ...document });
  await em.flush();
  await placeResource(tx, { id, parentId: document.folderId, kind: "DOCUMENT" });
  await history.create(tx, id);
  await ledger.append(tx, {
    action: "document.created",
    by,
    object: { kind: "DOCUMENT", id },
    detail: { folderId: document.folderId, kind: document.kind },
  });
  return row;
}
