import { visible } from "@onrecord/core/hidden-characters";
import { caretColour } from "./caret-colour.js";

/** Someone who has the document open. */
export interface Present {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly isMe: boolean;
}

/** Who is here, each person once however many tabs they have open: me first, then by name. */
export function presentIn(
  states: ReadonlyMap<number, Readonly<Record<string, unknown>>>,
  mine: number,
  myId: string,
): Present[] {
  const people = new Map<string, Present>();
  for (const [client, { user }] of states) {
    if (typeof user !== "object" || user === null) continue;
    const { id, name, color } = user as Record<string, unknown>;
    if (typeof name !== "string" || name === "") continue;
    const key = typeof id === "string" ? id : `client:${client}`;
    const isMe = client === mine || key === myId;
    if (!people.has(key) || isMe)
      people.set(key, { id: key, name: visible(name), color: caretColour({ id, color }), isMe });
  }
  return [...people.values()].sort((a, b) => Number(b.isMe) - Number(a.isMe) || a.name.localeCompare(b.name));
}
