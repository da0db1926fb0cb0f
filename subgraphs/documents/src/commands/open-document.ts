import { AppError } from "@onrecord/core/errors";
import type { ContentFormat } from "@onrecord/filing/content";
import { inAnswer } from "@onrecord/subgraph/large-values";
import type { DocumentsContext } from "../context.js";
import { readerOf } from "../reader.js";
import type { Document } from "../types/document.js";
import { recordOpening } from "./record-opening.js";

/** How much content one request may read: about so many bytes of documents, after which it reads no further one. */
const MOST_BYTES = 4 * 1024 * 1024;
/** What a piece of a document costs to open, in bytes of content; and the least that a reading counts. */
const BYTES_PER_STRUCT = 16;
const LEAST_BYTES = 16 * 1024;

/** Reads the content of a document at a version, or at its head. It is on the record before the caller has a word of it. */
export async function openDocument(
  context: DocumentsContext,
  { id, kind }: Document,
  { version, format }: { version: number | undefined; format: ContentFormat },
): Promise<string> {
  const { guard, readings, turns } = context;
  await guard.authorize(context.caller, "view", { kind: "DOCUMENT", id });
  const reader = readerOf(context);
  return turns.take(reader, async () => {
    if (context.contentBytes > MOST_BYTES)
      throw new AppError(
        "BAD_USER_INPUT",
        `One request may read about ${MOST_BYTES / 1024 / 1024} MiB of content; ask for the others in another.`,
      );
    const read = await readings.content(id, { version, kind, format }, reader);
    await recordOpening(context, id, read.version);
    context.contentBytes += Math.max(LEAST_BYTES, read.characters, BYTES_PER_STRUCT * read.structs);
    return "value" in read.text ? read.text.value : inAnswer<string>(read.text.json, context.large);
  });
}
