import { AppError } from "@onrecord/core/errors";
import type { DocumentsContext } from "../context.js";
import type { Document } from "../types/document.js";
import { confirm, write } from "./write.js";

/** Destroys a document's key for ever. The title is asked for so that nobody destroys one document for another. */
export async function shredDocument(
  context: DocumentsContext,
  { id, title }: Document,
  confirmTitle: string,
): Promise<void> {
  if (confirmTitle !== title)
    throw new AppError("BAD_USER_INPUT", "This is not the title of the document: nothing was destroyed.");
  await write(context, async (tx) => {
    // Before the head, as the group commit does: otherwise both could wait for each other, through a permission change.
    await confirm(context, tx, "shred", { kind: "DOCUMENT", id });
    await context.history.shred(tx, id, tx.by);
  });
}
