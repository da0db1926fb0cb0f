import type { AuditContext } from "../context.js";
import { rightsOnDocument } from "../loaders/rights.js";
import type { DocumentType } from "../types/references.js";

/** A document that something is about, or null where it is none or the caller may not see it. */
export async function shownDocument(context: AuditContext, id: string | null): Promise<DocumentType | null> {
  if (id === null) return null;
  const rights = await rightsOnDocument(context).load(id);
  return rights?.view.allow ? { id } : null;
}
