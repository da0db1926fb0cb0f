import * as Y from "yjs";

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

/** A character of two UTF-16 units as a version shows it, by the id of its first one. */
export interface Pair {
  readonly client: number;
  readonly clock: number;
  readonly text: string;
}

/** Text that is cut where it is asked to be. Yjs's own puts U+FFFD in place of both halves of a pair that is cut: also of what an older version shows whole. */
class WholeText extends Y.ContentString {
  override splice(offset: number): WholeText {
    const right = new WholeText(this.str.slice(offset));
    this.str = this.str.slice(0, offset);
    return right;
  }
}

/** Lets a document keep the characters that it shows now, whatever of them is cut from here on. It then is no document to be sent. */
export function keepCharacters(doc: Y.Doc): void {
  for (const item of textsOf(doc))
    if (item.text.search(PAIR) >= 0) item.of.content = new WholeText(item.text);
}

/** The characters of two units that a document shows. */
export function* pairsOf(doc: Y.Doc): Generator<Pair> {
  for (const { of, text } of textsOf(doc)) {
    if (of.deleted) continue;
    for (const { 0: found, index } of text.matchAll(PAIR))
      yield { client: of.id.client, clock: of.id.clock + index, text: found };
  }
}

/** The UTF-16 unit that a document shows at an id; null where it shows no text there. */
export function unitAt(doc: Y.Doc, client: number, clock: number): string | null {
  if (clock >= Y.getState(doc.store, client)) return null;
  const item: Y.Item | Y.GC = Y.getItem(doc.store, Y.createID(client, clock));
  if (!(item instanceof Y.Item) || item.deleted || !(item.content instanceof Y.ContentString)) return null;
  return item.content.str.charAt(clock - item.id.clock);
}

function* textsOf(doc: Y.Doc): Generator<{ of: Y.Item; text: string }> {
  for (const structs of doc.store.clients.values())
    for (const of of structs)
      if (of instanceof Y.Item && of.content instanceof Y.ContentString) yield { of, text: of.content.str };
}
