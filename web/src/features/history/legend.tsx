import { UnstyledButton } from "@mantine/core";
import type { ReactNode } from "react";
import { useLocale } from "../../i18n/locale.js";
import classes from "./history.module.css";
import type { Writer } from "./writer.js";

interface LegendProps {
  readonly entries: readonly { readonly writer: Writer; readonly note: ReactNode }[];
  /** Whose runs stand out, if anyone's. */
  readonly only: string | null;
  readonly onOnly: (key: string | null) => void;
}

/** Whose colour is whose; choosing one lets everyone else's runs step back. */
export function Legend({ entries, only, onOnly }: LegendProps) {
  const { messages } = useLocale();
  const words = messages.past;
  return (
    <ul className={classes.legend} aria-label={words.legend}>
      {entries.map(({ writer, note }) => (
        <li key={writer.key}>
          <UnstyledButton
            className={classes.legendItem}
            aria-pressed={only === writer.key}
            aria-label={`${words.only(writer.name)}${writer.hint === null ? "" : ` · ${writer.hint}`}`}
            title={writer.hint ?? undefined}
            onClick={() => onOnly(only === writer.key ? null : writer.key)}
          >
            <i
              className={classes.swatch}
              data-standing={writer.standing}
              style={writer.colour === null ? {} : { background: writer.colour }}
            />
            <span className={classes.legendName}>{writer.name}</span>
            <span className={classes.legendNote}>{note}</span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}
