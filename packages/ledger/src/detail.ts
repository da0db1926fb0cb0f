/** No event of the catalogue goes deeper than a few levels. */
const DEEPEST = 32;

/** Whether a detail is what every event's is: an object. The thief of a login, or of the owner's, may have written another. */
export function isObject(detail: unknown): detail is Readonly<Record<string, unknown>> {
  return typeof detail === "object" && detail !== null && !Array.isArray(detail);
}

/** The detail of an entry for whoever looks for something in it: of what is no object, nothing is found. */
export function detailOf({ detail }: { readonly detail: unknown }): Readonly<Record<string, unknown>> {
  return isObject(detail) ? detail : {};
}

/**
 * A detail as it can be shown, whatever it is: what is no object stands in one, as `malformed`; a number that is too large for a number is a
 * text, as is what lies too deep to be written.
 */
export function shownDetail(detail: unknown): Readonly<Record<string, unknown>> {
  return shown(isObject(detail) ? detail : { malformed: detail }, 0) as Readonly<Record<string, unknown>>;
}

function shown(value: unknown, depth: number): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === DEEPEST) return "…";
  if (Array.isArray(value)) return value.map((part) => shown(part, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shown(part, depth + 1)]));
}
