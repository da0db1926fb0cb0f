/** The last day of an account or a grant as a date field has it, in the reader's time zone; empty where there is no end. */
export function lastDayOf(expiresAt: string | null): string {
  if (expiresAt === null) return "";
  // An end at midnight ends the day before.
  const day = new Date(Date.parse(expiresAt) - 1);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${String(day.getFullYear()).padStart(4, "0")}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** The instant at which a last day is over; null for none, undefined for what is no day. */
export function endOfDay(day: string): string | null | undefined {
  if (day === "") return null;
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  if (year === undefined) return undefined;
  const end = new Date(Number(year), Number(month) - 1, Number(date) + 1);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}
