import type { Locale } from "../format.js";
import { useLocale } from "../locale.js";
import { en, type PeopleWords } from "./en.js";
import { zhHant } from "./zh-hant.js";

const languages: Record<Locale, PeopleWords> = { en, "zh-Hant": zhHant };

/** The sentences of the pages about people in the reader's language. */
export function usePeopleWords(): PeopleWords {
  return languages[useLocale().locale];
}
