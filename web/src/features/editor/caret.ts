import { visible } from "@onrecord/core/hidden-characters";
import { type CaretUser, caretColour } from "../../collab/caret-colour.js";

/** A colleague's caret with their name, which steps back after a moment and returns on hover. */
export function renderCaret(user: CaretUser): HTMLElement {
  const caret = document.createElement("span");
  caret.className = "caret";
  // Set as a property, not as text: nothing that a colleague's browser sends is parsed as CSS or HTML.
  caret.style.setProperty("--person", caretColour(user));
  const label = document.createElement("span");
  label.className = "caret-name";
  label.textContent = typeof user.name === "string" ? visible(user.name) : "";
  caret.append(label);
  return caret;
}

/** How a colleague's selection is set: in their colour, thin enough to read through. */
export function selectionOf(user: CaretUser): { class: string; style: string } {
  return { class: "caret-selection", style: `background-color: ${caretColour(user)}38` };
}
