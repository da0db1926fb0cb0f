import { useLocale } from "../i18n/locale.js";

/** An instant: short to read, complete on hover. */
export function Moment({ at, className }: { at: string; className?: string }) {
  const { format } = useLocale();
  return (
    <time dateTime={at} title={format.full(at)} className={`tabular ${className ?? ""}`}>
      {format.moment(at)}
    </time>
  );
}
