import type { EntryFilter } from "./entry-filter.js";

/** A condition on `audit.entry e` with the values it needs. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** What `text` is looked for in. `matchesFilter` builds the same string; they must not part. */
export const searchedText =
  "lower(concat_ws(' ', e.id, e.action, e.actor_id, e.session_id, e.request_id, e.object_kind, e.object_id, e.detail))";

/** The filter as SQL. */
export function filterSql({ from, to, actions, actor, objectId, outcome, text }: EntryFilter): Condition {
  const parts: string[] = [];
  const values: unknown[] = [];
  const add = (part: (value: string) => string, value: unknown) => {
    values.push(value);
    parts.push(part(`$${values.length}`));
  };
  if (from) add((value) => `e.at >= ${value}`, from);
  if (to) add((value) => `e.at <= ${value}`, to);
  if (actions) add((value) => `e.action = any (${value}::text[])`, actions);
  if (actor) add((value) => `e.actor_kind = ${value}`, actor.kind);
  if (actor?.id) add((value) => `e.actor_id = ${value}`, actor.id);
  if (objectId) add((value) => `e.object_id = ${value}`, objectId);
  if (outcome) add((value) => `e.outcome = ${value}`, outcome);
  // A search for a place in a string knows no wildcards, so nothing needs escaping.
  if (text) add((value) => `strpos(${searchedText}, ${value}) > 0`, text);
  return { sql: parts.length > 0 ? parts.join(" and ") : "true", values };
}
