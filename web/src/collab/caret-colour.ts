import { personColour } from "../ui/person-colour.js";

/** Who a caret belongs to, as the awareness of the document tells it. */
export interface CaretUser {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly color?: unknown;
}

const COLOUR = /^#[0-9a-f]{6}$/i;

/** The colour of whoever the server has proven it to be; what a colleague's program wishes for counts only without a proof. */
export function caretColour({ id, color }: CaretUser): string {
  if (typeof id === "string") return personColour(id);
  return typeof color === "string" && COLOUR.test(color) ? color : "#5b6472";
}
