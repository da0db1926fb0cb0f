/** An object of an answer: response key → value. */
export type Fields = { [key: string]: unknown };

/** Whether a value is an object of an answer. A `Date`, which a scalar may be, is a leaf like any other. */
export function isFields(value: unknown): value is Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** What stands under a response key; undefined where nothing does. Any name may be a key, also those that every object has. */
export function fieldOf(of: Fields, key: string): unknown {
  return Object.hasOwn(of, key) ? of[key] : undefined;
}

/** Adds the fields of one part of an answer to another: objects and lists in the same place are the same object and the same list. */
export function merge(into: Fields, from: Fields): void {
  for (const [key, value] of Object.entries(from)) put(into, key, merged(fieldOf(into, key), value));
}

/** A copy that shares no object or list with its original. */
export function copy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copy) as T;
  if (!isFields(value)) return value;
  const fields: Fields = Object.create(null);
  for (const [key, inner] of Object.entries(value)) fields[key] = copy(inner);
  return fields as T;
}

function merged(was: unknown, value: unknown): unknown {
  if (isFields(was) && isFields(value)) merge(was, value);
  else if (Array.isArray(was) && Array.isArray(value) && was.length === value.length)
    for (const [i, item] of value.entries()) was[i] = merged(was[i], item);
  else return value ?? was;
  return was;
}

/** Sets a field, also one named as what sets an object's prototype. */
function put(into: Fields, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
  else into[key] = value;
}
