import { AppError } from "@onrecord/core/errors";
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

/** Refuses a folder that the caller may not see, on the record, once however many of its documents were asked for it. */
export const refusedFolder = perRequest<string, never, DocumentsContext>((ids, context) =>
  Promise.all(
    ids.map((id) =>
      context.guard.authorize(context.caller, "view", { kind: "FOLDER", id }).then(
        () => new AppError("CONFLICT", "Your access to this folder has just changed; ask again."),
        (error: Error) => error,
      ),
    ),
  ),
);
