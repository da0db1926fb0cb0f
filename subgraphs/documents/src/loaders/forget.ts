import type { DocumentsContext } from "../context.js";
import { documentsIn, foldersIn } from "./children.js";
import { headVersion, shreddedAt } from "./documents.js";
import { versionsOf } from "./versions.js";

/** Forgets what a change may have made untrue: the next mutation of the same request must read anew. */
export function forget(context: DocumentsContext): void {
  foldersIn.forget(context);
  documentsIn.forget(context);
  headVersion(context).clearAll();
  shreddedAt(context).clearAll();
  versionsOf(context).clearAll();
}
