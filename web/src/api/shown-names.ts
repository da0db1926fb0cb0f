import { visible } from "@onrecord/core/hidden-characters";
import { type Exchange, mapExchange } from "@urql/core";

/** The fields in which the API tells what somebody or something is called. */
const names = new Set(["title", "name", "email"]);
/** The fields that hold what people wrote, which is theirs, or what the record says. */
const content = new Set(["content", "roots", "detail"]);

/**
 * An answer with its names as they may be shown: a character that nobody sees, or that turns a line around, is told by its code. New names
 * have none; this is for those that are stored already, or come from a directory. What has none stays the same object.
 */
export function shownNames<T>(answer: T): T {
  return shown(answer) as T;
}

function shown(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(shown);
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (typeof value !== "object" || value === null) return value;
  let changed: Record<string, unknown> | null = null;
  for (const [key, inner] of Object.entries(value)) {
    if (content.has(key)) continue;
    const next = typeof inner === "string" && names.has(key) ? visible(inner) : shown(inner);
    if (next === inner) continue;
    changed ??= { ...value };
    changed[key] = next;
  }
  return changed ?? value;
}

/** Does it to every answer, before anything remembers it. */
export const namesExchange: Exchange = mapExchange({
  onResult: (result) => ({ ...result, data: shownNames(result.data) }),
});
