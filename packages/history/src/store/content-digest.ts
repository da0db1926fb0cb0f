import { createHash } from "node:crypto";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

type AnyType = NonNullable<ReturnType<Y.Doc["share"]["get"]>>;

/** Takes the parts of a document's content, in order. */
type Take = (part: string | Uint8Array) => void;

/**
 * A document's content as one hash, in hex: which clocks it has, which of them are deleted, and what stands in every type, in order,
 * however deep; of what is deleted, only where it stood, which decides where others will. Two documents with the same digest are the same to everyone; how Yjs cuts its structs, or what it has collected, does
 * not show in it. Without recursion, since types may be nested deeper than a stack.
 */
export function contentDigest(doc: Y.Doc): string {
  const hash = createHash("sha256");
  const take: Take = (part) => {
    // The length before it: no two contents have the same parts.
    hash.update(`${part.length}:`).update(part);
  };
  for (const client of [...doc.store.clients.keys()].sort((a, b) => a - b))
    take(`clock ${client} ${Y.getState(doc.store, client)}`);
  takeDeletions(doc, take);
  for (const name of [...doc.share.keys()].sort()) {
    const type = doc.share.get(name)!;
    if (isEmpty(type)) continue;
    take(`root ${JSON.stringify(name)}`);
    takeTypes(type, take);
  }
  return hash.digest("hex");
}

function takeDeletions(doc: Y.Doc, take: Take): void {
  const { clients } = Y.createDeleteSetFromStructStore(doc.store);
  for (const client of [...clients.keys()].sort((a, b) => a - b)) {
    let [from, to] = [0, 0];
    const end = () => {
      if (to > from) take(`deleted ${client} ${from} ${to}`);
    };
    for (const { clock, len } of clients.get(client)!) {
      if (clock !== to) {
        end();
        from = clock;
      }
      to = clock + len;
    }
    end();
  }
}

/** A root that was only asked for is there in some documents and not in others. */
function isEmpty({ _start, _map }: AnyType): boolean {
  return _start === null && _map.size === 0;
}

function takeTypes(root: AnyType, take: Take): void {
  const open = [root];
  for (let type = open.pop(); type; type = open.pop()) {
    const run = new Run(take);
    for (let item = type._start; item; item = item.right) {
      if (item.deleted) run.addDeleted(item);
      else run.add(item, open);
    }
    run.end();
    for (const key of [...type._map.keys()].sort()) {
      const item = type._map.get(key)!;
      take(`key ${JSON.stringify(key)}`);
      const values = new Run(take);
      for (const before of valuesBefore(item)) values.addDeleted(before);
      if (item.deleted) values.addDeleted(item);
      // Of several values that came as one, the last counts.
      else values.addLast(item, open);
    }
    take("end");
  }
}

/** The values that a map had for a key, oldest first. */
function valuesBefore(item: Y.Item): Y.Item[] {
  const values: Y.Item[] = [];
  for (let before = item.left; before; before = before.left) values.push(before);
  return values.reverse();
}

/** Items that follow each other, of one client and with text, are told as one: where they are cut says nothing. */
class Run {
  #client = -1;
  #next = -1;
  readonly #text: string[] = [];

  constructor(private readonly take: Take) {}

  add(item: Y.Item, open: AnyType[]): void {
    const { client, clock } = item.id;
    if (client !== this.#client || clock !== this.#next) {
      this.end();
      this.take(`at ${client} ${clock}`);
    }
    this.#client = client;
    this.#next = clock + item.length;
    const { content } = item;
    if (content instanceof Y.ContentString) this.#text.push(content.str);
    else {
      this.end();
      takeContent(content, this.take, open);
    }
  }

  /** Deleted items that follow each other as one. */
  addDeleted({ id: { client, clock }, length }: Y.Item): void {
    if (client !== this.#client || clock !== this.#next || this.#text.length > 0) {
      this.end();
      this.take(`gone ${client} ${clock}`);
    }
    this.#client = client;
    this.#next = clock + length;
  }

  addLast(item: Y.Item, open: AnyType[]): void {
    this.take(`value ${item.id.client} ${item.lastId.clock}`);
    const { content } = item;
    if (content instanceof Y.ContentAny) this.take(encoded(content.arr.at(-1)));
    else if (content instanceof Y.ContentJSON) this.take(asJson(content.arr.at(-1)));
    else if (content instanceof Y.ContentString) this.take(content.str.slice(-1));
    else takeContent(content, this.take, open);
  }

  end(): void {
    if (this.#text.length === 0) return;
    this.take("text");
    this.take(this.#text.splice(0).join(""));
  }
}

function takeContent(content: Y.Item["content"], take: Take, open: AnyType[]): void {
  // Lists of values may be cut anywhere.
  if (content instanceof Y.ContentAny)
    for (const value of content.arr) {
      take("any");
      take(encoded(value));
    }
  else if (content instanceof Y.ContentJSON)
    for (const value of content.arr) {
      take("json");
      take(asJson(value));
    }
  else {
    take(`content ${content.getRef()}`);
    const encoder = new Y.UpdateEncoderV1();
    content.write(encoder, 0);
    take(encoder.toUint8Array());
  }
  if (content instanceof Y.ContentType) open.push(content.type);
}

/** As it is told to others: a zero has no sign there. */
function asJson(value: unknown): string {
  return value === undefined ? "undefined" : JSON.stringify(value);
}

function encoded(value: unknown): Uint8Array {
  return encoding.encode((encoder) =>
    encoding.writeAny(encoder, value as Parameters<typeof encoding.writeAny>[1]),
  );
}
