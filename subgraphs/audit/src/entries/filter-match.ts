import { isObject, shownDetail } from "@onrecord/ledger/detail";
import type { Entry } from "@onrecord/ledger/entry";
import type { EntryFilter } from "./entry-filter.js";

/** Whether an entry already read passes a filter: the same answer as `filterSql` gives in the database. */
export function matchesFilter(
  { from, to, actions, actor, objectId, outcome, text }: EntryFilter,
  entry: Entry,
): boolean {
  const at = Date.parse(entry.at);
  if (from && at < from.getTime()) return false;
  if (to && at > to.getTime()) return false;
  if (actions && !actions.includes(entry.action)) return false;
  if (actor && actor.kind !== entry.actorKind) return false;
  if (actor?.id && actor.id !== entry.actorId) return false;
  if (objectId && objectId !== entry.objectId) return false;
  if (outcome && outcome !== entry.outcome) return false;
  return text === undefined || searchedText(entry).includes(text);
}

function searchedText(entry: Entry): string {
  const { id, action, actorId, sessionId, requestId, objectKind, objectId, detail } = entry;
  return [
    id,
    action,
    actorId,
    sessionId,
    requestId,
    objectKind,
    objectId,
    jsonbText(isObject(detail) ? shownDetail(detail) : detail),
  ]
    .filter((part) => part !== null)
    .join(" ")
    .toLowerCase();
}

/** JSON as Postgres writes `jsonb`: a space after each comma and colon. */
function jsonbText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([name, part]) => `${JSON.stringify(name)}: ${jsonbText(part)}`,
    );
    return `{${members.join(", ")}}`;
  }
  return JSON.stringify(value);
}
