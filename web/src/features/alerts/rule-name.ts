import type { Messages } from "../../i18n/en.js";

/** A rule by its name in the reader's language, or by its own name made readable. */
export function ruleName(rule: string, { alerts }: Messages): string {
  const known = alerts.rules[rule];
  if (known !== undefined) return known;
  const words = rule.replace(/[-_.]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
