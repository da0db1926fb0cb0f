import type { DocumentsContext } from "../context.js";
import type { Document } from "../types/document.js";
import { type NewDocument, placeDocument } from "./place-document.js";
import { confirm, write } from "./write.js";

/** Makes an empty document. */
export function createDocument(
  context: DocumentsContext,
  input: Pick<NewDocument, "folderId" | "title" | "kind">,
): Promise<Document> {
  const { caller, guard } = context;
  const { userId } = guard.requirePrincipal(caller);
  return write(context, async (tx, em) => {
    const { folderId, title, kind } = input;
    const document = await placeDocument(tx, em, context.history, {
      folderId,
      title,
      kind,
      createdBy: userId,
    });
    await confirm(context, tx, "edit", { kind: "FOLDER", id: folderId });
    return document;
  });
}
