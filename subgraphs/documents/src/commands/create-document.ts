import type { DocumentsContext } from "../context.js";
import { presentDocument } from "../present.js";
import type { Document } from "../types/document.js";
import { type NewDocument, placeDocument } from "./place-document.js";
import { confirm, write } from "./write.js";

/** Makes an empty document. */
export function createDocument(
  context: DocumentsContext,
  input: Pick<NewDocument, "folderId" | "title" | "kind">,
): Promise<Document> {
  const { services, caller } = context;
  const { userId } = services.guard.requirePrincipal(caller);
  return write(context, async (em, tx, by) => {
    const { folderId, title, kind } = input;
    const document = await placeDocument(em, tx, services, by, { folderId, title, kind, createdBy: userId });
    await confirm(context, tx, "edit", folderId);
    return presentDocument(document);
  });
}
