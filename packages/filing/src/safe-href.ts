// A browser ignores these inside a scheme, so `java\nscript:` would slip past a check that keeps them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ignoredByBrowsers = /[\u0000-\u0020\u007f\u00a0\u200b-\u200f\u2028\u2029\ufeff]+/g;
const outside = /^(https?:\/\/[^/?#]|mailto:[^?#])/i;
const inside = /^#[^\s"'<>`\\]{1,200}$/;
const longest = 2048;

/** Answers the link a filing may carry (http, https, mailto, or `#place` in the filing itself), or null for any other. */
export function safeHref(value: unknown): string | null {
  if (typeof value !== "string" || value.length > longest * 2) return null;
  const href = value.replace(ignoredByBrowsers, "");
  if (href.length > longest) return null;
  return outside.test(href) || inside.test(href) ? href : null;
}
