import { AppError } from "@onrecord/core/errors";
import { onRecord } from "@onrecord/policy/on-record";
import { byCaller } from "@onrecord/policy/principal";
import { inOrder, perRequest } from "@onrecord/subgraph/loader";
import type { DocumentsContext } from "../context.js";
import { FolderEntity } from "../entities/folder.js";
import { presentFolder } from "../present.js";
import type { Folder } from "../types/folder.js";
import { mayView } from "./visible-ids.js";

/** A folder by its id, or null. Whether the caller may see it is the business of whoever loads it. */
export const folderById = perRequest(async (ids: readonly string[], { em }: DocumentsContext) =>
  inOrder(ids, (await em.find(FolderEntity, { id: { $in: [...ids] } })).map(presentFolder), ({ id }) => id),
);

/** A folder by its id, or null when it is not there or the caller may not see it. */
export async function visibleFolder(context: DocumentsContext, id: string): Promise<Folder | null> {
  return (await mayView(context).load(id)) ? folderById(context).load(id) : null;
}

/**
 * Refuses a folder that the caller may not see and did not name: it is that of a document which they do see. On the record once a sitting, since
 * a page asks for it whenever it shows the document: that is no attempt at one door after the other.
 */
export const refusedFolder = perRequest<string, never, DocumentsContext>(async (ids, { caller, ledger }) => {
  await ledger.sittings.record(
    "folder.withheld",
    byCaller(caller),
    ids.map((id) => ({ kind: "FOLDER", id })),
  );
  const message = "There is no such folder, or you may not know of it.";
  return ids.map(() => onRecord(new AppError("NOT_FOUND", message)));
});
