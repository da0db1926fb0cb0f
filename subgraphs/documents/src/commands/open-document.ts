import type { ContentFormat } from "@onrecord/filing/content";
import { readContent } from "@onrecord/filing/content";
import type { DocumentsContext } from "../context.js";
import type { Document } from "../types/document.js";
import { recordOpening } from "./record-opening.js";

/** Reads the content of a document at a version, or at its head. It is on the record before the caller has a word of it. */
export async function openDocument(
  context: DocumentsContext,
  { id, kind }: Document,
  { version, format }: { version: number | undefined; format: ContentFormat },
): Promise<string> {
  const { guard, history } = context;
  await guard.authorize(context.caller, "view", { kind: "DOCUMENT", id });
  const loaded = await history.load(id, version);
  await recordOpening(context, id, loaded.version);
  const content = readContent(loaded.doc, kind, format);
  loaded.doc.destroy();
  return content;
}
