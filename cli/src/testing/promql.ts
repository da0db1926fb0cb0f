/** What stands in expressions and is no metric. */
const words = new Set([
  "and",
  "or",
  "unless",
  "on",
  "ignoring",
  "group_left",
  "group_right",
  "by",
  "without",
  "offset",
  "bool",
  "inf",
  "nan",
]);

/** The names of the metrics in a PromQL expression, each once, in their order. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "")
    .replace(/\{[^}]*\}/g, " ")
    .replace(/\[[^\]]*\]/g, " ")
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, " ")
    .replace(/\boffset\s+-?\w+/g, " ");
  // A number has no letter before its first digit; a function has its parenthesis.
  const found = [...bare.matchAll(/(?<![\w.:])([a-zA-Z_:][\w:]*)(?!\s*\(|[\w:])/g)].map(
    ([, name = ""]) => name,
  );
  return [...new Set(found.filter((name) => !words.has(name.toLowerCase())))];
}
