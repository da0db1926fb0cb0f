import type { LineState } from "../api/use-follow.js";
import { useLocale } from "../i18n/locale.js";
import classes from "./ui.module.css";

/** Whether a list grows by itself at this moment. */
export function LiveWord({ line }: { line: LineState }) {
  const { messages } = useLocale();
  if (line === "off") return null;
  return (
    <span className={classes.live} data-line={line} role="status">
      {line === "open" ? messages.common.live : messages.common.reconnecting}
    </span>
  );
}
