import { personColour } from "../parts/person-colour.js";

/** Who a caret belongs to, as the awareness of the document tells it. */
export interface CaretUser {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly color?: unknown;
}

const COLOUR = /^#[0-9a-f]{6}$/i;

/** A colleague's caret with their name, which steps back after a moment and returns on hover. */
export function renderCaret(user: CaretUser): HTMLElement {
  const caret = document.createElement("span");
  caret.className = "caret";
  // Set as a property, not as text: nothing that a colleague's browser sends is parsed as CSS or HTML.
  caret.style.setProperty("--person", caretColour(user));
  const label = document.createElement("span");
  label.className = "caret-name";
  label.textContent = typeof user.name === "string" ? user.name : "";
  caret.append(label);
  return caret;
}

/** The colour of whoever the server has proven it to be; what a colleague's program wishes for counts only without a proof. */
export function caretColour({ id, color }: CaretUser): string {
  if (typeof id === "string") return personColour(id);
  return typeof color === "string" && COLOUR.test(color) ? color : "#5b6472";
}

/** How a colleague's selection is set: in their colour, thin enough to read through. */
export function selectionOf(user: CaretUser): { class: string; style: string } {
  return { class: "caret-selection", style: `background-color: ${caretColour(user)}38` };
}
