import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { keep, kept } from "../ui/keep.js";
import { en, type Messages } from "./en.js";
import { type Format, formatFor, type Locale, languageTag } from "./format.js";
import { zhHant } from "./zh-hant.js";

/** The languages of the app and what they call themselves. */
export const languages: Record<Locale, Messages> = { en, "zh-Hant": zhHant };

interface Localisation {
  readonly locale: Locale;
  readonly setLocale: (locale: Locale) => void;
  readonly messages: Messages;
  readonly format: Format;
}

const Context = createContext<Localisation | null>(null);
const KEY = "locale";

/** Gives the app its language: the one chosen before, else the browser's, else English. */
export function LocaleProvider({ children }: { children: ReactNode }) {
  const [locale, setLocale] = useState<Locale>(firstLocale);
  useEffect(() => {
    document.documentElement.lang = languageTag[locale];
    keep(KEY, locale);
  }, [locale]);
  const value = useMemo(
    () => ({ locale, setLocale, messages: languages[locale], format: formatFor(locale) }),
    [locale],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

/** The language, its sentences and its formats. */
export function useLocale(): Localisation {
  const value = useContext(Context);
  if (value === null) throw new Error("useLocale outside of LocaleProvider");
  return value;
}

function firstLocale(): Locale {
  const chosen = kept(KEY);
  if (chosen === "en" || chosen === "zh-Hant") return chosen;
  return navigator.languages
    .find((tag) => /^(en|zh)\b/i.test(tag))
    ?.toLowerCase()
    .startsWith("zh")
    ? "zh-Hant"
    : "en";
}
