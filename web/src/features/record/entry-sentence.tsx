import { UnstyledButton } from "@mantine/core";
import { Link } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import classes from "./record.module.css";
import { type Entry, type Part, reasonsOf, sentence } from "./sentence.js";

interface ActorProps {
  /** Makes the actor's name something to press. */
  readonly onActor?: ((id: string, name: string) => void) | undefined;
}

interface EntrySentenceProps extends ActorProps {
  readonly entry: Entry;
  readonly hereId?: string | undefined;
}

/** An entry told to people, with the document linked and a refusal's reasons below. */
export function EntrySentence({ entry, hereId, onActor }: EntrySentenceProps) {
  const { messages, format } = useLocale();
  const parts = sentence(entry, { messages, number: format.number, hereId });
  return <Sentence parts={parts} reasons={reasonsOf(entry, messages)} onActor={onActor} />;
}

interface SentenceProps extends ActorProps {
  readonly parts: readonly Part[];
  readonly reasons?: readonly string[];
}

/** The parts of a sentence, each set as what it is. */
export function Sentence({ parts, reasons = [], onActor }: SentenceProps) {
  return (
    <span className={classes.sentence}>
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no identity but their place.
        <Piece key={i} part={part} onActor={onActor} />
      ))}
      {reasons.length > 0 ? <span className={classes.reasons}>{reasons.join(" · ")}</span> : null}
    </span>
  );
}

function Piece({ part, onActor }: { part: Part } & ActorProps) {
  switch (part.kind) {
    case "text":
      return part.text;
    case "actor":
      return onActor ? <ActorButton part={part} onActor={onActor} /> : <strong>{part.text}</strong>;
    case "fact":
      return <span className={`${classes.fact} tabular`}>{part.text}</span>;
    case "object":
      return part.documentId === null ? (
        <span>{part.text}</span>
      ) : (
        <Link to={`/documents/${part.documentId}`} className={classes.object}>
          {part.text}
        </Link>
      );
  }
}

interface ActorButtonProps {
  readonly part: Extract<Part, { kind: "actor" }>;
  readonly onActor: (id: string, name: string) => void;
}

function ActorButton({ part: { id, text }, onActor }: ActorButtonProps) {
  const { messages } = useLocale();
  return (
    <UnstyledButton
      className={classes.actor}
      title={messages.record.onlyActor(text)}
      onClick={() => onActor(id, text)}
    >
      {text}
    </UnstyledButton>
  );
}
