import type { Messages } from "./en.js";
import type { Locale } from "./format.js";

/** The languages of the app and what they call themselves. */
export const languages: Record<Locale, string> = { en: "English", "zh-Hant": "繁體中文" };

/** The sentences of a language: only those of the reader are loaded. */
export async function readMessages(locale: Locale): Promise<Messages> {
  return locale === "en" ? (await import("./en.js")).en : (await import("./zh-hant.js")).zhHant;
}
