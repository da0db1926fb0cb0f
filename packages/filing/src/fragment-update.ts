import type { Node } from "@tiptap/pm/model";
import * as Y from "yjs";
import { buildChildren, insertAll, valuesOf } from "./binding/build.js";
import { filingField } from "./extensions.js";

/**
 * Answers the Yjs v1 update that writes a filing into an empty document, in the name of the Yjs client given.
 * It writes what TipTap's binding would write, to the attribute: any difference would be mended by the first TipTap
 * editor that opens the filing, and recorded as an edit of whoever opened it.
 */
export function fragmentUpdateOf(filing: Node, clientId?: number): Uint8Array {
  const doc = new Y.Doc();
  if (clientId !== undefined) doc.clientID = clientId;
  // One transaction, so that the import is one change and one version.
  doc.transact(() => insertAll(doc.getXmlFragment(filingField), 0, valuesOf(buildChildren(filing.children))));
  return Y.encodeStateAsUpdate(doc);
}
