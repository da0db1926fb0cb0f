import type { Node } from "@tiptap/pm/model";
import { Mapping, StepMap } from "@tiptap/pm/transform";
import type * as Y from "yjs";
import type { Builder } from "./build.js";
import { changedRegion, lineOf } from "./line.js";
import { placeIn, type SharedPosition } from "./positions.js";
import type { Slot, Views } from "./views.js";
import { replaceUnits } from "./write-line.js";

/**
 * A line in which an input method composes, and into which a colleague wrote meanwhile. What they wrote is not shown before the
 * composition ends, since a change of the text around it breaks it; what is composed is written at once, in its place among theirs.
 */
export class HeldLine {
  /** From the units that are shown to those of the shared line. */
  #mapping = new Mapping();

  constructor(
    readonly element: Y.XmlElement,
    /** The line as the page shows it. */
    public shown: Node,
  ) {}

  /**
   * Takes what colleagues changed in the texts of the line, given its children before. False for what cannot be held back: anything but
   * text that came or went.
   */
  receive(events: readonly Y.YEvent<Y.AbstractType<unknown>>[], slots: readonly Slot[]): boolean {
    const ranges: number[] = [];
    let start = 0;
    const changed = new Map<unknown, Y.YEvent<Y.AbstractType<unknown>>>(
      events.map((event) => [event.target, event]),
    );
    if (changed.has(this.element)) return false;
    for (const { value, size } of slots) {
      const event = changed.get(value);
      if (event) ranges.push(...rangesOf(event, start));
      start += size;
    }
    this.#mapping.appendMap(new StepMap(ranges));
    return true;
  }

  /** Writes what was composed. */
  write(views: Views, next: Node, builder: Builder): void {
    const region = changedRegion(lineOf(this.shown), lineOf(next));
    this.shown = next;
    if (!region) return;
    const nodes = next.content.cut(region.from, region.end).content;
    const gone = this.#shared(region.from, region.to);
    const at = gone[0]?.from ?? this.#mapping.map(region.from, -1);
    let slots = views.slotsOf(this.element);
    for (const range of gone.toReversed()) slots = replaceUnits(this.element, slots, range, [], builder);
    replaceUnits(this.element, slots, { from: at, to: at }, nodes, builder);
    const size = region.end - region.from;
    const own = new StepMap([region.from, region.to - region.from, size]);
    const mapping = new Mapping([own.invert()]);
    mapping.appendMapping(this.#mapping);
    mapping.appendMap(new StepMap(rangesWith(at, size, gone)), 0);
    this.#mapping = mapping;
  }

  /** Where in the shared document a unit of the line is. */
  place(views: Views, unit: number): SharedPosition {
    return placeIn(views, this.element, this.#mapping.map(unit, -1));
  }

  /** Where units that are shown stand in the shared line: without what colleagues wrote between them, or in their place. */
  #shared(from: number, to: number): Range[] {
    const ranges: Range[] = [];
    for (let unit = from; unit < to; unit++) {
      const { pos, deleted } = this.#mapping.mapResult(unit, 1);
      const last = ranges.at(-1);
      if (deleted) continue;
      if (last?.to === pos) last.to++;
      else ranges.push({ from: pos, to: pos + 1 });
    }
    return ranges;
  }
}

interface Range {
  readonly from: number;
  to: number;
}

/** The deletions, and the insertion before them, as a StepMap has them. */
function rangesWith(at: number, size: number, [first, ...others]: readonly Range[]): number[] {
  const rest = others.flatMap(({ from, to }) => [from, to - from, 0]);
  if (first?.from === at) return [at, first.to - at, size, ...rest];
  return [at, 0, size, ...(first ? [first.from, first.to - first.from, 0] : []), ...rest];
}

/** What of a text was replaced, as a StepMap has it: places before all changes, sizes before and after. */
function rangesOf({ delta }: Y.YEvent<Y.AbstractType<unknown>>, start: number): number[] {
  const ranges: number[] = [];
  let at = start;
  let change = { gone: 0, came: 0 };
  const end = () => {
    if (change.gone > 0 || change.came > 0) ranges.push(at, change.gone, change.came);
    at += change.gone;
    change = { gone: 0, came: 0 };
  };
  // What came and what went at one place are told one after the other, and are one range.
  for (const { retain = 0, delete: gone = 0, insert } of delta) {
    if (retain > 0) end();
    at += retain;
    const came = typeof insert === "string" ? insert.length : insert === undefined ? 0 : 1;
    change = { gone: change.gone + gone, came: change.came + came };
  }
  end();
  return ranges;
}
