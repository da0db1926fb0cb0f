import { useLocale } from "../../i18n/locale.js";
import classes from "./history.module.css";
import { MarkedText, markName } from "./marked-text.js";
import { useTelling } from "./telling.js";
import { Told } from "./told.js";
import type { TextPiece } from "./tree.js";
import { useStamp } from "./use-stamp.js";

/** A run of text with what became of it, or with who wrote it: coloured for the eye, in words for the ear. */
export function Run({ piece }: { piece: TextPiece }) {
  const { mode } = useTelling();
  const { messages } = useLocale();
  const stamp = useStamp();
  const words = messages.past;
  const text = <MarkedText text={piece.text} {...(piece.format ? { format: piece.format } : {})} />;
  if (mode === "authors") {
    return (
      <Told as="span" className={classes.written} props={stamp(piece.inserted, words.wrote)}>
        {text}
      </Told>
    );
  }
  switch (piece.change) {
    case "inserted":
      return (
        <Told
          as="ins"
          className={classes.inserted}
          change="inserted"
          props={stamp(piece.inserted, words.inserted)}
        >
          {text}
        </Told>
      );
    case "deleted":
      return (
        <Told
          as="del"
          className={classes.deleted}
          change="deleted"
          props={stamp(piece.deleted, words.deleted)}
        >
          {text}
        </Told>
      );
    case "same": {
      const [first] = piece.reformatted ?? [];
      if (first === undefined) return text;
      const names = messages.toolbar as Readonly<Record<string, unknown>>;
      const what = (piece.reformatted ?? []).map(({ key, before, after }) => {
        const known = names[markName(key)];
        const name = typeof known === "string" ? known : markName(key);
        return (before === null ? words.added : after === null ? words.removed : words.changed)(name);
      });
      const props = stamp(first.by, (name) => words.reformatted(name, what.join(", ")));
      return (
        <Told as="span" className={classes.reformatted} change="format" props={props}>
          {text}
        </Told>
      );
    }
  }
}
