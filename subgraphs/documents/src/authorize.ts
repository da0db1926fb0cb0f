import { AppError } from "@onrecord/core/errors";
import type { ResourceAction } from "@onrecord/policy/levels";
import type { DocumentsContext } from "./context.js";
import { documentById } from "./loaders/documents.js";
import { folderById } from "./loaders/folders.js";
import type { Document } from "./types/document.js";
import type { Folder } from "./types/folder.js";

/** The folder, if the caller may do this to it; else NOT_FOUND or FORBIDDEN, on the record before they hear of it. */
export async function authorizeFolder(
  context: DocumentsContext,
  action: ResourceAction,
  id: string,
): Promise<Folder> {
  await context.guard.authorize(context.caller, action, { kind: "FOLDER", id });
  return (await folderById(context).load(id)) ?? missing("folder");
}

/** The document, if the caller may do this to it; else NOT_FOUND or FORBIDDEN, on the record before they hear of it. */
export async function authorizeDocument(
  context: DocumentsContext,
  action: ResourceAction | "shred",
  id: string,
): Promise<Document> {
  await context.guard.authorize(context.caller, action, { kind: "DOCUMENT", id });
  return (await documentById(context).load(id)) ?? missing("document");
}

/** The id is of another kind of thing that the caller may see. */
function missing(what: string): never {
  throw new AppError("NOT_FOUND", `There is no such ${what}.`);
}
