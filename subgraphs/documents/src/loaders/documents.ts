import { readNewestVersions } from "@onrecord/history/store/heads";
import { readShredded } from "@onrecord/history/store/shredded";
import { inOrder, perRequest } from "@onrecord/subgraph/loader";
import type { DocumentsContext } from "../context.js";
import { DocumentEntity } from "../entities/document.js";
import { presentDocument } from "../present.js";
import type { Document } from "../types/document.js";
import { mayView } from "./visible-ids.js";

/** A document by its id, or null. Whether the caller may see it is the business of whoever loads it. */
export const documentById = perRequest(async (ids: readonly string[], { em }: DocumentsContext) =>
  inOrder(
    ids,
    (await em.find(DocumentEntity, { id: { $in: [...ids] } })).map(presentDocument),
    ({ id }) => id,
  ),
);

/** A document by its id, or null when it is not there or the caller may not see it. */
export async function visibleDocument(context: DocumentsContext, id: string): Promise<Document | null> {
  return (await mayView(context).load(id)) ? documentById(context).load(id) : null;
}

/** The committed head of a document; of one that was destroyed, where it ended. */
export const headVersion = perRequest(async (ids: readonly string[], { db }: DocumentsContext) => {
  const rows = await readNewestVersions(db, ids);
  return inOrder(ids, rows, ({ documentId }) => documentId).map((row) => row?.version ?? 0);
});

/** When a document's key was destroyed, or null. */
export const shreddedAt = perRequest(async (ids: readonly string[], { db }: DocumentsContext) => {
  const rows = await readShredded(db, ids);
  return inOrder(ids, rows, ({ documentId }) => documentId).map((row) => row?.at ?? null);
});
