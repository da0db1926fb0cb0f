import * as Y from "yjs";
import type { Inspection, Struct } from "./inspect.js";

/** How far a cell of a table may reach, by HTML's bounds; by the attribute that says so. */
const most: Readonly<Record<string, number>> = { colspan: 1000, rowspan: 10_000 };

/** Whether an update sets a span of a cell to what is none: it must not reach anyone as it is. */
export function setsUnsoundSpan({ store }: Y.Doc, { claims }: Inspection): boolean {
  /** By the last id of each value that an update brings: the attribute that it is of. A later value names only the one before. */
  const keys = new Map<string, string>();
  const keyBefore = (origin: Y.ID): string | null => {
    if (origin.clock >= Y.getState(store, origin.client)) return keys.get(name(origin)) ?? null;
    const before: unknown = Y.getItem(store, origin);
    return before instanceof Y.Item ? before.parentSub : null;
  };
  // Once more, for values that follow one of a client that is told later.
  for (let pass = 0; pass < Math.min(2, claims.size); pass++)
    for (const { structs } of claims.values())
      for (const struct of structs) {
        if (!(struct instanceof Y.Item)) continue;
        const { parentSub, origin } = struct;
        const key = parentSub ?? (origin && keyBefore(origin));
        if (key === null || !Object.hasOwn(most, key)) continue;
        if (isUnsound(struct, key)) return true;
        keys.set(name(struct.lastId), key);
      }
  return false;
}

/**
 * Makes the spans sound that an update has just set, in the document: editors make a grid of a table, and a cell that says it spans a
 * thousand million columns stops every page that opens it, as a text in the place of a number moves figures. To be called within the
 * transaction that applied it, so that what is committed and sent is the sound one.
 */
export function makeSpansSound({ store }: Y.Doc, { claims }: Inspection): void {
  for (const { structs } of claims.values())
    for (const { id } of structs) {
      if (id.clock >= Y.getState(store, id.client)) continue;
      const item: unknown = Y.getItem(store, id);
      if (!(item instanceof Y.Item) || !isUnsound(item, item.parentSub)) continue;
      item.content = new Y.ContentAny([soundSpan(item.parentSub ?? "", item.content)]);
    }
}

function name({ client, clock }: Y.ID): string {
  return `${client}:${clock}`;
}

function isUnsound(struct: Struct, key: string | null): boolean {
  if (key === null || !Object.hasOwn(most, key) || !(struct instanceof Y.Item)) return false;
  const { content } = struct;
  if (content instanceof Y.ContentDeleted) return false;
  const [value] = content.getContent();
  return !(content instanceof Y.ContentAny) || value !== soundSpan(key, content);
}

/** The span that was meant, or none where nobody can have meant it: what is shown then, too. */
function soundSpan(key: string, content: Y.Item["content"]): number {
  const [value] = content.getContent();
  const number = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && number >= 1 && number <= (most[key] ?? 1) ? Math.floor(number) : 1;
}
