import { AppError } from "@onrecord/core/errors";
import * as Y from "yjs";
import { applyCommitted } from "../store/apply-committed.js";
import type { Gap } from "../store/history.js";
import type { LoadedDocument } from "../store/load.js";
import { effectiveUpdate, lacking, withoutDeleted } from "./effective-update.js";

/** What an edit wants of a document. */
export interface DraftedEdit {
  /** The update that turns the document at its head into what is wanted, or null for nothing. Asked again only if its clientID is taken. */
  change(head: LoadedDocument): Promise<Uint8Array | null> | Uint8Array | null;
  /**
   * The change is all of a document that is still empty, in the name of this client, and Onrecord has made it: then it is taken as it is.
   * To put megabytes into a document just to see what they change would hold up everyone who types.
   */
  readonly whole?: { readonly clientId: number };
  /** Throws if the document, as the change leaves it, is not what was wanted: then nothing is committed. */
  check?(result: Y.Doc): void;
}

/** A change that is to be the next version of a document, which is without it. */
export interface Draft extends Omit<LoadedDocument, "doc" | "replayed"> {
  /** The document; null where it was made elsewhere, of which only the change came back. */
  readonly doc: Y.Doc | null;
  /** What it changes: a Yjs v1 update. */
  readonly update: Uint8Array;
  /** How many bytes the document may still grow by then, at least. */
  readonly budget: number;
  /** The clocks from which on it writes, by client, where that is known: to find it one reads over the update. */
  readonly from?: ReadonlyMap<number, number>;
}

/**
 * The draft of an edit on the document at its head; null when it changes nothing. BAD_USER_INPUT when the document would be larger than
 * `documentBytes`: what comes by the API is held to the same limit as what is typed.
 */
export async function draftOf(
  head: LoadedDocument,
  edit: DraftedEdit,
  documentBytes: number,
): Promise<Draft | null> {
  const wanted = await edit.change(head);
  if (wanted !== null && edit.whole && head.version === 0)
    return { ...head, update: wanted, budget: within(documentBytes, wanted.length) };
  const tried = wanted && attempt(head.doc, wanted, documentBytes, edit);
  if (tried === null) edit.check?.(head.doc);
  return tried && { ...head, ...tried };
}

/** The draft of a change that was found without the document here: `bytes` is how large that is with it. */
export function draftElsewhere(
  head: Omit<LoadedDocument, "doc">,
  { bytes, ...found }: Pick<Draft, "update" | "from"> & { readonly bytes: number },
  documentBytes: number,
): Draft {
  return { ...head, doc: null, ...found, budget: within(documentBytes, bytes) };
}

/**
 * A draft on top of what was committed since it was made, which is applied to its document; null when nothing is left of it, "again" when
 * it has to be made anew.
 */
export function rebased(draft: Draft, { updates, tip }: Gap, documentBytes: number): Draft | "again" | null {
  const { doc, version } = draft;
  const left = updates.reduce((sum, { length }) => sum - length, draft.budget);
  if (doc === null && left < 0) return "again";
  for (const update of updates) if (doc) applyCommitted(doc, update);
  const update = doc ? lacking(doc, draft.update) : withoutDeleted(draft.update, updates);
  if (update === null) return null;
  const budget = doc && left < 0 ? attempt(doc, update, documentBytes)!.budget : left;
  return { ...draft, version: version + updates.length, tip, update, budget };
}

/** What an update changes, tried in a copy of the document; null when it changes nothing. */
function attempt(
  doc: Y.Doc,
  wanted: Uint8Array,
  documentBytes: number,
  edit?: DraftedEdit,
): Pick<Draft, "update" | "budget"> | null {
  const copy = new Y.Doc();
  applyCommitted(copy, Y.encodeStateAsUpdate(doc));
  const update = effectiveUpdate(copy, wanted);
  if (update === null) return null;
  edit?.check?.(copy);
  return { update, budget: within(documentBytes, Y.encodeStateAsUpdate(copy).length) };
}

/** How much a document of this size may still grow. BAD_USER_INPUT for one that is too large. */
function within(documentBytes: number, bytes: number): number {
  if (bytes <= documentBytes) return documentBytes - bytes;
  throw new AppError("BAD_USER_INPUT", `This document would grow past its limit of ${documentBytes} bytes.`);
}
