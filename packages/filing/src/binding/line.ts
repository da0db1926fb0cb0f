import type { Mark, Node } from "@tiptap/pm/model";

/** What stands for a node that is no character. */
const OBJECT = "\ufffc";

/** The content of a line, a unit for each position: characters, and nodes that count as one. */
export interface Line {
  readonly text: string;
  /** What stands at a unit that is no character. */
  readonly objects: ReadonlyMap<number, Node>;
}

/** What of a line was replaced: units from `from` to `to` by those of the new line up to `end`. */
export interface Region {
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

export function lineOf(parent: Node): Line {
  let text = "";
  const objects = new Map<number, Node>();
  for (const child of parent.children) {
    if (child.isText) text += child.text ?? "";
    else {
      objects.set(text.length, child);
      text += OBJECT;
    }
  }
  return { text, objects };
}

/**
 * The least that turns one line into the other, formatting aside; null for nothing. It never begins or ends within a character that
 * takes two units: half of one that is deleted or inserted by itself can never be put together again.
 */
export function changedRegion(old: Line, next: Line): Region | null {
  const most = Math.min(old.text.length, next.text.length);
  let left = 0;
  while (left < most && sameUnit(old, left, next, left)) left++;
  if (left === old.text.length && left === next.text.length) return null;
  if (splitsPair(old.text, left) || splitsPair(next.text, left)) left--;
  let right = 0;
  while (
    right < most - left &&
    sameUnit(old, old.text.length - 1 - right, next, next.text.length - 1 - right)
  )
    right++;
  if (splitsPair(old.text, old.text.length - right) || splitsPair(next.text, next.text.length - right))
    right--;
  return { from: left, to: old.text.length - right, end: next.text.length - right };
}

function sameUnit(a: Line, i: number, b: Line, j: number): boolean {
  if (a.text[i] !== b.text[j]) return false;
  const [inA, inB] = [a.objects.get(i), b.objects.get(j)];
  return inA === inB || (inA !== undefined && inB !== undefined && inA.hasMarkup(inB.type, inB.attrs));
}

/** Whether a place lies between the halves of a character that takes two units. */
function splitsPair(text: string, at: number): boolean {
  return isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/** A stretch of a line whose formatting has changed. */
export interface Restyled {
  readonly from: number;
  readonly to: number;
  readonly before: readonly Mark[];
  readonly after: readonly Mark[];
}

/** Where what stayed of a line is formatted otherwise, in units of the new line. */
export function restyled(old: Node, next: Node, region: Region | null): Restyled[] {
  const size = next.content.size;
  const { from, to, end } = region ?? { from: size, to: size, end: size };
  return [...restyledBetween(old, next, 0, 0, from), ...restyledBetween(old, next, to, end, size - end)];
}

function restyledBetween(old: Node, next: Node, inOld: number, inNext: number, length: number): Restyled[] {
  const found: Restyled[] = [];
  const [olds, nexts] = [runsFrom(old, inOld), runsFrom(next, inNext)];
  for (let at = 0; at < length; ) {
    const [a, b] = [olds.next(at), nexts.next(at)];
    const to = Math.min(a.to, b.to, length);
    if (!sameMarks(a.marks, b.marks))
      found.push({ from: inNext + at, to: inNext + to, before: a.marks, after: b.marks });
    at = to;
  }
  return found;
}

/** Reads a line's runs forward, by distances from a unit. */
function runsFrom(parent: Node, start: number) {
  let index = 0;
  let end = -start;
  let node: Node | null = null;
  return {
    next(at: number): { readonly to: number; readonly marks: readonly Mark[] } {
      while (end <= at && index < parent.childCount) {
        node = parent.child(index++);
        end += node.nodeSize;
      }
      return { to: end > at ? end : Number.POSITIVE_INFINITY, marks: node?.marks ?? [] };
    },
  };
}

function sameMarks(a: readonly Mark[], b: readonly Mark[]): boolean {
  return a === b || (a.length === b.length && a.every((mark, i) => mark.eq(b[i] as Mark)));
}
