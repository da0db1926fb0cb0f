import { AppError } from "@onrecord/core/errors";
import * as Y from "yjs";
import type { Change, Content, Lost, Piece, Root, Stamp, TreeNode } from "./content-tree.js";
import { type CutPairs, type CutUnit, cutWithin } from "./cut-pairs.js";
import { Formatting } from "./formatting.js";
import { cutBy, impliedDeletion } from "./implied-deletion.js";
import type { Side } from "./joint-document.js";
import { isLost, joinLost } from "./lost-work.js";
import { kindOf, type Shared } from "./shared-type.js";
import type { Stamps } from "./stamps.js";
import { toJson } from "./to-json.js";

/** Types nested deeper than this are left out: a tree must not overflow the stack of whoever reads it. */
const DEEPEST = 100;

/** What is to be described, and within which bounds. */
export interface Description {
  /** Stands at the newer version and holds what the older one showed. */
  readonly doc: Y.Doc;
  readonly before: Side;
  /** Characters of the older version that the newer one does not show as they were. */
  readonly cut?: CutPairs;
  readonly stamps: Stamps;
  /** Tell also of what neither version shows, as deleted, where its content is still at hand. */
  readonly everything?: boolean;
  /** Tell also of what was written in between and lost: the document has been through every change. */
  readonly lost?: boolean;
  /** A tree with more pieces than this is refused with BAD_USER_INPUT. */
  readonly maxPieces: number;
}

/** Describes each root type of a document that either version has something in, by name. */
export function describe(description: Description): Root[] {
  const describer = new Describer(description);
  return [...description.doc.share]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, type]) => ({ name, node: describer.node(type, 0) }))
    .filter(({ node }) => node.children.length > 0 || node.entries.length > 0 || node.lost !== undefined);
}

/** Part of an item, with what became of it. */
interface Part {
  readonly clock: number;
  readonly length: number;
  readonly change: Change;
  readonly inserted: Stamp | null;
  readonly deleted?: Stamp | null;
  /** What it says, where that is not what the item has. */
  readonly text?: string;
}

class Describer {
  #pieces = 0;

  constructor(private readonly given: Description) {}

  node(type: Shared, depth: number): TreeNode {
    const kind = kindOf(type);
    const name = type instanceof Y.XmlElement ? { name: type.nodeName } : {};
    if (depth > DEEPEST) return { type: kind, ...name, entries: [], children: [], cut: true };
    return {
      type: kind,
      ...name,
      entries: this.#entries(type, depth),
      ...this.#children(type, depth),
    };
  }

  #children(type: Shared, depth: number): Pick<TreeNode, "children" | "lost"> {
    const pieces: Piece[] = [];
    const lost: Lost[] = [];
    const formatting = new Formatting();
    let lastFormat = "";
    for (let item = type._start; item !== null; item = item.right) {
      for (const part of this.#parts(item)) {
        if (item.content instanceof Y.ContentFormat) {
          // Marks that neither version has would only blur the formatting of what is there.
          if (part.change !== "deleted" || !this.given.everything)
            formatting.pass(item.content, markOf(part));
          continue;
        }
        for (const content of this.#contents(item, part, depth)) {
          const { key, ...format } = formatting.of(part.change);
          const last = pieces.at(-1);
          const joined = last && key === lastFormat ? this.#join(last, part, content) : undefined;
          if (joined) pieces[pieces.length - 1] = joined;
          else pieces.push(this.#counted({ ...pieceOf(part, content), ...format }));
          lastFormat = key;
        }
      }
      if (!this.given.lost || !item.deleted) continue;
      const before = lost.length;
      this.#lose(item, lost, pieces.length, depth);
      // What stands behind it is a run of its own, or it would be told behind both.
      if (lost.length > before) lastFormat = "";
    }
    return { children: pieces, ...(lost.length > 0 ? { lost } : {}) };
  }

  /** Adds what of an item is lost, that stands behind `at` children. */
  #lose(item: Y.Item, lost: Lost[], at: number, depth: number): void {
    const { before, stamps } = this.given;
    const { content, id, length } = item;
    const isType = content instanceof Y.ContentType;
    if (!isType && !(content instanceof Y.ContentString)) return;
    for (const span of before.visible(id.client, id.clock, length)) {
      if (before.has(id.client, span.clock)) continue;
      for (const made of stamps.inserted(id.client, span.clock, span.length))
        for (const gone of stamps.deleted(id.client, made.clock, made.length)) {
          const [inserted, deleted] = [made.stamp, gone.stamp ?? impliedDeletion(item, stamps)];
          const told = { at, inserted, deleted };
          if (isType) {
            const node = this.node(content.type, depth + 1);
            if (node.lost !== undefined) this.#addLost(lost, { ...told, node });
          } else if (isLost(item, inserted, gone.stamp, stamps)) {
            const from = gone.clock - id.clock;
            this.#addLost(lost, { ...told, text: content.str.slice(from, from + gone.length) });
          }
        }
    }
  }

  #addLost(lost: Lost[], one: Lost): void {
    const last = lost.at(-1);
    const joined = last && joinLost(last, one, this.given.stamps);
    if (joined) lost[lost.length - 1] = joined;
    else {
      this.#count();
      lost.push(one);
    }
  }

  /** A key's newest item is its value; the older version's value is the newest item that it knew. */
  #entries(type: Shared, depth: number): TreeNode["entries"] {
    return [...type._map]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, newest]) => {
        const { before } = this.given;
        let old: Y.Item | null = newest;
        while (old !== null && !before.has(old.id.client, old.id.clock)) old = old.left;
        const items = old === null || old === newest ? [newest] : [old, newest];
        const pieces = items.flatMap((item) =>
          [...this.#parts(item)]
            // What the older version had overwritten already is neither's value.
            .filter(({ change }) => item === newest || change === "deleted")
            .flatMap((part) =>
              this.#contents(item, part, depth).map((content) => this.#counted(pieceOf(part, content))),
            ),
        );
        return { key, pieces };
      })
      .filter(({ pieces }) => pieces.length > 0);
  }

  /** What became of an item, cut wherever that differs, and never within a character. */
  *#parts(item: Y.Item): Generator<Part> {
    const { cut } = this.given;
    for (const part of this.#spans(item)) {
      const isShared = cut !== undefined && part.change !== "inserted";
      const units = isShared ? cutWithin(cut, item.id.client, part.clock, part.length) : [];
      let { clock } = part;
      for (const unit of units) {
        if (unit.clock > clock) yield { ...part, clock, length: unit.clock - clock };
        yield* this.#halves(item, part, unit);
        clock = unit.clock + 1;
      }
      const length = part.clock + part.length - clock;
      if (length > 0) yield { ...part, clock, length };
    }
  }

  /** The older version had a whole character, which went; what is left of it in the newer version came with the cut. */
  *#halves(item: Y.Item, part: Part, unit: CutUnit): Generator<Part> {
    const half = { clock: unit.clock, length: 1, inserted: part.inserted };
    const by = part.deleted ?? cutBy(this.given.doc, item.id.client, unit.pair, this.given.stamps);
    if (unit.before !== "") yield { ...half, change: "deleted", deleted: by, text: unit.before };
    if (part.change === "same") yield { ...half, change: "inserted", inserted: by, text: unit.after };
  }

  *#spans(item: Y.Item): Generator<Part> {
    if (item.content instanceof Y.ContentDeleted) return;
    const { before, stamps, everything = false } = this.given;
    const { client, clock } = item.id;
    for (const span of before.visible(client, clock, item.length)) {
      if (item.deleted && !span.visible && !everything) continue;
      const change = item.deleted ? "deleted" : span.visible ? "same" : "inserted";
      for (const made of stamps.inserted(client, span.clock, span.length)) {
        const inserted = made.stamp;
        if (change !== "deleted") yield { clock: made.clock, length: made.length, change, inserted };
        else
          for (const { stamp, ...gone } of stamps.deleted(client, made.clock, made.length))
            yield { ...gone, change, inserted, deleted: stamp ?? impliedDeletion(item, stamps) };
      }
    }
  }

  #contents(item: Y.Item, { clock, length, text }: Part, depth: number): Content[] {
    const { content } = item;
    if (text !== undefined) return [{ text }];
    const from = clock - item.id.clock;
    if (content instanceof Y.ContentString) return [{ text: content.str.slice(from, from + length) }];
    if (content instanceof Y.ContentType) return [{ node: this.node(content.type, depth + 1) }];
    if (content instanceof Y.ContentDoc) return [{ value: { subdocument: content.doc.guid } }];
    return content
      .getContent()
      .slice(from, from + length)
      .map((value: unknown) => ({ value: toJson(value) }));
  }

  /** Neighbouring text with the same format becomes one run, where one stamp can say both. */
  #join(last: Piece, part: Part, content: Content): Piece | undefined {
    if (!("text" in last) || !("text" in content) || last.change !== part.change) return undefined;
    const { stamps } = this.given;
    const inserted = stamps.join(last.inserted, part.inserted);
    if (inserted === undefined) return undefined;
    if (part.change !== "deleted") return { ...last, text: last.text + content.text, inserted };
    const deleted = stamps.join(last.deleted, part.deleted);
    return deleted === undefined ? undefined : { ...last, text: last.text + content.text, inserted, deleted };
  }

  #counted(piece: Piece): Piece {
    this.#count();
    return piece;
  }

  #count(): void {
    if (++this.#pieces > this.given.maxPieces)
      throw new AppError(
        "BAD_USER_INPUT",
        `There is more to tell than the ${this.given.maxPieces} pieces that one answer may hold.`,
      );
  }
}

function pieceOf({ change, inserted, deleted }: Part, content: Content): Piece {
  return { change, inserted, ...(deleted === undefined ? {} : { deleted }), ...content };
}

function markOf({ change, inserted, deleted }: Part) {
  return { before: change !== "inserted", after: change !== "deleted", inserted, deleted };
}
