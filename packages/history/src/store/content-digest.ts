import { createHash } from "node:crypto";
import * as encoding from "lib0/encoding";
import * as Y from "yjs";

type AnyType = NonNullable<ReturnType<Y.Doc["share"]["get"]>>;

/** Takes the parts of a document's content, in order. */
type Take = (part: string | Uint8Array) => void;

/**
 * A document's content as one hash, in hex: which clocks it has, which of them are deleted, and what is visible in every type, in order,
 * however deep. Two documents with the same digest are the same to everyone; how Yjs cuts its structs, or what it has collected, does
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

/** A root that something was in once is there in some documents and not in others. */
function isEmpty(type: AnyType): boolean {
  for (let item = type._start; item; item = item.right) if (!item.deleted) return false;
  for (const item of type._map.values()) if (!item.deleted) return false;
  return true;
}

function takeTypes(root: AnyType, take: Take): void {
  const open = [root];
  for (let type = open.pop(); type; type = open.pop()) {
    const run = new Run(take);
    for (let item = type._start; item; item = item.right) if (!item.deleted) run.add(item, open);
    run.end();
    for (const key of [...type._map.keys()].sort()) {
      const item = type._map.get(key)!;
      if (item.deleted) continue;
      take(`key ${JSON.stringify(key)}`);
      const value = new Run(take);
      // Of several values that came as one, the last counts.
      value.addLast(item, open);
      value.end();
    }
    take("end");
  }
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

  addLast(item: Y.Item, open: AnyType[]): void {
    this.take(`value ${item.id.client} ${item.lastId.clock}`);
    const { content } = item;
    if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON)
      this.take(encoded(content.arr.at(-1)));
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
  take(`content ${content.getRef()}`);
  // Lists of values may be cut anywhere.
  if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON)
    for (const value of content.arr) take(encoded(value));
  else {
    const encoder = new Y.UpdateEncoderV1();
    content.write(encoder, 0);
    take(encoder.toUint8Array());
  }
  if (content instanceof Y.ContentType) open.push(content.type);
}

function encoded(value: unknown): Uint8Array {
  return encoding.encode((encoder) =>
    encoding.writeAny(encoder, value as Parameters<typeof encoding.writeAny>[1]),
  );
}
