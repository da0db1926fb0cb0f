import type { ContentFormat } from "@onrecord/filing/content";
import { readContent } from "@onrecord/filing/content";
import { byCaller } from "@onrecord/policy/principal";
import type { DocumentsContext } from "../context.js";
import type { Document } from "../types/document.js";

/** Reads the content of a document at a version, or at its head. It is on the record before the caller has a word of it. */
export async function openDocument(
  context: DocumentsContext,
  { id, kind }: Document,
  { version, format }: { version: number | undefined; format: ContentFormat },
): Promise<string> {
  const { guard, history } = context.services;
  await guard.authorize(context.caller, "view", { kind: "DOCUMENT", id });
  const loaded = await history.load(id, version);
  await recordOpening(context, id, loaded.version);
  const content = readContent(loaded.doc, kind, format);
  loaded.doc.destroy();
  return content;
}

/** One entry for each version that a request reads, in however many formats. */
function recordOpening(context: DocumentsContext, id: string, version: number): Promise<void> {
  const key = `${id} ${version}`;
  let opened = context.opened.get(key);
  if (!opened) {
    opened = record(context, id, version);
    context.opened.set(key, opened);
  }
  return opened;
}

async function record({ services, caller }: DocumentsContext, id: string, version: number): Promise<void> {
  const { guard, ledger } = services;
  const decided = await guard.decisions.decideEach(guard.requirePrincipal(caller), ["comment", "edit"], [id]);
  const may = decided.get(id);
  await ledger.record({
    action: "document.opened",
    by: byCaller(caller),
    object: { kind: "DOCUMENT", id },
    detail: {
      via: "api",
      version,
      access: may?.edit.allow ? "edit" : may?.comment.allow ? "comment" : "view",
    },
  });
}
