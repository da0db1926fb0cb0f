import * as Y from "yjs";
import { isJson, isTooDeep } from "./nesting.js";

/** A struct this long was not typed: clocks near 2^53 would break arithmetic on them. */
const MAX_CLOCK = 2 ** 40;

/**
 * Throws a RangeError at what Yjs decodes and never writes. Its own integration is not made for that: a struct or a deletion without
 * length ends up in some documents and throws in others, and so would part those who edit together.
 */
export function checkWellFormed({ structs, ds }: ReturnType<typeof Y.decodeUpdate>): void {
  for (const struct of structs) {
    const { client, clock } = struct.id;
    if (!Number.isSafeInteger(client) || clock + struct.length > MAX_CLOCK)
      throw new RangeError("a clock is out of range");
    if (struct.length <= 0) throw new RangeError("a struct has no length");
    if (!(struct instanceof Y.Item)) continue;
    const { id, origin, rightOrigin, parent } = struct;
    if (isNotBefore(origin, id) || isNotBefore(rightOrigin, id) || isNotBefore(parent, id))
      throw new RangeError("a struct builds on itself");
    const { content } = struct;
    if (isTooDeep(nestable(content))) throw new RangeError("a value is nested too deeply");
    if (!(content instanceof Y.ContentAny) && !isJson(nestable(content)))
      throw new RangeError("a number is past what JSON can tell");
  }
  for (const ranges of ds.clients.values()) {
    for (const { clock, len } of ranges) {
      if (len <= 0) throw new RangeError("a deletion has no length");
      if (clock + len > MAX_CLOCK) throw new RangeError("a clock is out of range");
    }
  }
}

/** Whether a name is that of the struct itself, or of one that its client made later. */
function isNotBefore(named: Y.Item["parent"] | Y.Item["origin"], { client, clock }: Y.ID): boolean {
  return named instanceof Y.ID && named.client === client && named.clock >= clock;
}

/** What of a content can be nested; all but that of ContentAny, and of documents, is JSON. */
function nestable(content: Y.Item["content"]): unknown {
  if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON) return content.arr;
  if (content instanceof Y.ContentEmbed) return content.embed;
  if (content instanceof Y.ContentFormat) return content.value;
  if (content instanceof Y.ContentDoc) return content.opts;
  return null;
}
