import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { keep, kept } from "../ui/keep.js";
import type { Messages } from "./en.js";
import { type Format, formatFor, type Locale, languageTag } from "./format.js";
import { readMessages } from "./languages.js";

interface Localisation {
  readonly locale: Locale;
  readonly setLocale: (locale: Locale) => void;
  readonly messages: Messages;
  readonly format: Format;
}

const Context = createContext<Localisation | null>(null);
const KEY = "locale";

/** Gives the app its language. `messages` are those of the first: the one chosen before, else the browser's, else English. */
export function LocaleProvider({ messages, children }: { messages: Messages; children: ReactNode }) {
  const [{ locale, said }, setShown] = useState({ locale: firstLocale(), said: messages });
  const setLocale = useCallback((next: Locale) => {
    void readMessages(next).then((read) => setShown({ locale: next, said: read }));
  }, []);
  useEffect(() => {
    document.documentElement.lang = languageTag[locale];
    keep(KEY, locale);
  }, [locale]);
  const value = useMemo(
    () => ({ locale, setLocale, messages: said, format: formatFor(locale) }),
    [locale, said, setLocale],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

/** The language, its sentences and its formats. */
export function useLocale(): Localisation {
  const value = useContext(Context);
  if (value === null) throw new Error("useLocale outside of LocaleProvider");
  return value;
}

/** The language to begin with. */
export function firstLocale(): Locale {
  const chosen = kept(KEY);
  if (chosen === "en" || chosen === "zh-Hant") return chosen;
  return navigator.languages
    .find((tag) => /^(en|zh)\b/i.test(tag))
    ?.toLowerCase()
    .startsWith("zh")
    ? "zh-Hant"
    : "en";
}
