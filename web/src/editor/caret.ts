/** Who a caret belongs to, as the awareness of the document tells it. */
export interface CaretUser {
  readonly name?: unknown;
  readonly color?: unknown;
}

const COLOUR = /^#[0-9a-f]{6}$/i;

/** A colleague's caret with their name, which steps back after a moment and returns on hover. */
export function renderCaret(user: CaretUser): HTMLElement {
  const caret = document.createElement("span");
  caret.className = "caret";
  // Set as a property, not as text: nothing that a colleague's browser sends is parsed as CSS or HTML.
  caret.style.setProperty("--person", caretColour(user.color));
  const label = document.createElement("span");
  label.className = "caret-name";
  label.textContent = typeof user.name === "string" ? user.name : "";
  caret.append(label);
  return caret;
}

/** A colour that a colleague's browser sent, if it is one. */
export function caretColour(colour: unknown): string {
  return typeof colour === "string" && COLOUR.test(colour) ? colour : "#5b6472";
}

/** How a colleague's selection is set: in their colour, thin enough to read through. */
export function selectionOf({ color }: CaretUser): { class: string; style: string } {
  return { class: "caret-selection", style: `background-color: ${caretColour(color)}38` };
}
