import * as Y from "yjs";
import { countOf, type Parent, type Slot, type Views } from "./views.js";

/** A place in the shared document that stays where it is while others write around it: what TipTap's editors tell of their carets, too. */
export type SharedPosition = Y.RelativePosition;

/** The position of a shared place in the editor; null when it is not in what is shown. */
export function positionOf(views: Views, place: unknown): number | null {
  const { doc } = views.root;
  if (!doc) return null;
  try {
    const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(place), doc);
    return found && positionIn(views, found.type, found.index);
  } catch {
    // What a colleague's program says of its caret may be anything.
    return null;
  }
}

/** The shared place of a position in the content of an element. */
export function placeIn(views: Views, element: Parent, position: number): SharedPosition {
  const inner = step(views, element, position);
  return "place" in inner ? inner.place : placeIn(views, inner.element, inner.left);
}

/** Goes one level down towards a position, or says where in this element it is. */
function step(
  views: Views,
  element: Parent,
  left: number,
): { readonly element: Parent; readonly left: number } | { readonly place: SharedPosition } {
  let start = 0;
  let index = 0;
  for (const slot of views.slotsOf(element)) {
    const { value, size } = slot;
    const inside = left - start;
    if (value instanceof Y.Text && inside <= size)
      return { place: Y.createRelativePositionFromTypeIndex(value, inside, -1) };
    if (inside === 0 && size > 0) break;
    if (value instanceof Y.XmlElement && inside < size && views.known(value)?.slots)
      return { element: value, left: inside - 1 };
    if (inside < size) break;
    start += size;
    index += countOf(slot);
  }
  return { place: Y.createRelativePositionFromTypeIndex(element, index) };
}

function positionIn(views: Views, type: Y.AbstractType<unknown>, index: number): number | null {
  if (type instanceof Y.Text) {
    const parent: unknown = type.parent;
    return parent instanceof Y.XmlFragment
      ? behind(views, parent, (slot) => slot.value === type, index)
      : null;
  }
  if (!(type instanceof Y.XmlFragment)) return null;
  let passed = 0;
  const stands = (slot: Slot) => {
    passed += countOf(slot);
    return passed > index;
  };
  return behind(views, type, stands, 0) ?? end(views, type);
}

/** The position so far behind the beginning of a child. */
function behind(
  views: Views,
  element: Parent,
  isChild: (slot: Slot) => boolean,
  distance: number,
): number | null {
  const begin = beginOf(views, element);
  if (begin === null) return null;
  let start = begin.position;
  for (const slot of begin.slots) {
    if (isChild(slot)) return start + Math.min(distance, slot.size);
    start += slot.size;
  }
  // Within something that is shown as a whole: at its beginning.
  return begin.slots.length === 0 && begin.whole ? begin.position : null;
}

function end(views: Views, element: Parent): number | null {
  const begin = beginOf(views, element);
  return begin && begin.position + begin.slots.reduce((sum, { size }) => sum + size, 0);
}

/** Where the content of an element begins. */
function beginOf(
  views: Views,
  element: Parent,
): { readonly position: number; readonly slots: readonly Slot[]; readonly whole: boolean } | null {
  if (element === views.root) return { position: 0, slots: views.slotsOf(element), whole: false };
  const parent: unknown = element.parent;
  if (!(parent instanceof Y.XmlFragment)) return null;
  const around = beginOf(views, parent);
  if (around === null || around.whole) return around;
  const index = around.slots.findIndex(({ value }) => value === element);
  if (index < 0) return null;
  const position = around.slots.slice(0, index).reduce((sum, { size }) => sum + size, around.position);
  const slots = views.known(element)?.slots;
  return slots ? { position: position + 1, slots, whole: false } : { position, slots: [], whole: true };
}
