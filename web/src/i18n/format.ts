/** A language of the app. */
export type Locale = "en" | "zh-Hant";

/** The tag that browsers and screen readers know. */
export const languageTag: Record<Locale, string> = { en: "en-GB", "zh-Hant": "zh-Hant-HK" };

/** Numbers and times as the reader's language writes them, in the reader's time zone. */
export interface Format {
  /** Groups thousands with a narrow space, which no language mistakes for a decimal sign. */
  readonly number: (n: number) => string;
  /** A part of a whole, 0 to 1, in percent; more than nothing is never shown as nothing. */
  readonly share: (part: number) => string;
  /** Names as the language lists them. */
  readonly list: (names: readonly string[]) => string;
  /** Hours, minutes and seconds: what a record is read by. */
  readonly clock: (at: string) => string;
  readonly date: (at: string) => string;
  /** The clock for today, date and clock for any other day. */
  readonly moment: (at: string, now?: Date) => string;
  /** Unambiguous: with date, seconds and zone. */
  readonly full: (at: string) => string;
}

const NARROW_SPACE = "\u202f";

/** The formats of a language; `timeZone` is the browser's unless given. */
export function formatFor(locale: Locale, timeZone?: string): Format {
  const tag = languageTag[locale];
  const numbers = new Intl.NumberFormat(tag, { useGrouping: true });
  const percents = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 });
  const style = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(tag, {
      hourCycle: "h23",
      ...options,
      ...(timeZone === undefined ? {} : { timeZone }),
    });
  const clocks = style({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const dates = style({ day: "numeric", month: "short", year: "numeric" });
  const days = style({ day: "numeric", month: "short" });
  const fulls = style({ dateStyle: "medium", timeStyle: "long" });
  const lists = new Intl.ListFormat(tag, { type: "conjunction" });
  const date = (at: string) => dates.format(new Date(at));
  const clock = (at: string) => clocks.format(new Date(at));
  return {
    number: (n) =>
      numbers
        .formatToParts(n)
        .map(({ type, value }) => (type === "group" ? NARROW_SPACE : value))
        .join(""),
    share: (part) => (part > 0 && part < 0.01 ? `<${percents.format(0.01)}` : percents.format(part)),
    list: (names) => lists.format(names),
    clock,
    date,
    moment: (at, now = new Date()) => {
      if (date(at) === dates.format(now)) return clock(at);
      const sameYear = new Date(at).getFullYear() === now.getFullYear();
      return `${sameYear ? days.format(new Date(at)) : date(at)}, ${clock(at)}`;
    },
    full: (at) => fulls.format(new Date(at)),
  };
}
