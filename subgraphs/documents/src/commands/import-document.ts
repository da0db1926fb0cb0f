import { AppError } from "@onrecord/core/errors";
import { nearestName } from "@onrecord/core/names";
import type { DocumentsContext } from "../context.js";
import type { Document } from "../types/document.js";
import { placeDocument } from "./place-document.js";
import { confirm, write } from "./write.js";

/**
 * Makes a filing of a web page. The page is read before the transaction begins: document and content come together or not at all. Whoever
 * goes away before it was read leaves nothing behind.
 */
export async function importDocument(
  context: DocumentsContext,
  {
    folderId,
    title,
    fileName,
    html,
  }: { folderId: string; title: string | undefined; fileName?: string | null; html: string },
): Promise<Document> {
  const { caller, config, edits, gone, guard, history, imports } = context;
  const { userId } = guard.requirePrincipal(caller);
  const sourceBytes = Buffer.byteLength(html);
  refuseLarge(sourceBytes, config.limits.requestBytes, "This page");
  const page = await imports.run(html, { person: userId, gone });
  refuseLarge(page.fragmentUpdate.length, config.limits.documentBytes, "The filing made of this page");

  return write(context, async (tx, em) => {
    const document = await placeDocument(tx, em, history, {
      folderId,
      title: title ?? nearestName(page.title) ?? nearestName(fileName ?? null) ?? "Untitled filing",
      kind: "FILING",
      createdBy: userId,
    });
    await edits.commit(
      {
        documentId: document.id,
        by: tx.by,
        action: "document.imported",
        extra: { sourceBytes },
        authorize: () => confirm(context, tx, "edit", { kind: "DOCUMENT", id: document.id }),
        change: () => page.fragmentUpdate,
        whole: page,
      },
      tx,
    );
    return document;
  });
}

function refuseLarge(bytes: number, limit: number, what: string): void {
  if (bytes > limit)
    throw new AppError("BAD_USER_INPUT", `${what} has ${bytes} bytes; at most ${limit} are taken.`);
}
