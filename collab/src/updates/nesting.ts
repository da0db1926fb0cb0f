/**
 * Levels of arrays and objects within each other that anyone may send. Parsers take any depth, and much of what handles a value after
 * them calls itself for each level: with thousands of levels, clients and servers fail wherever their stack happens to end.
 */
const MAX_LEVELS = 64;

/**
 * Whether a value that was read as JSON can be told as JSON again: a number past every number is read as infinite, and told as nothing.
 * Whoever is sent the change would see one thing, and whoever comes later another.
 */
export function isJson(value: unknown): boolean {
  let level = [value];
  while (level.length > 0) {
    if (level.some((item) => typeof item === "number" && !Number.isFinite(item))) return false;
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return true;
}

/** Whether a value has more levels than may be sent; without recursion, since that is what such a value breaks. */
export function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_LEVELS) return true;
    level = level.flatMap((item) =>
      typeof item === "object" && item !== null && !(item instanceof Uint8Array) ? Object.values(item) : [],
    );
  }
  return false;
}
