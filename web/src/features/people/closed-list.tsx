import { Button } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import type { Problem } from "../../api/problem.js";
import { useLocale } from "../../i18n/locale.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { ProblemView } from "../../ui/problem-view.js";
import classes from "./people.module.css";

/** Shows what was closed to whoever asks for it; it is read then. */
export function WhenAsked({ label, children }: { label: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className={classes.closed}>
      <Button variant="subtle" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {label}
      </Button>
      <div id={id}>{open ? children : null}</div>
    </div>
  );
}

interface ClosedListProps {
  /** Null: on their way. */
  readonly closed:
    | readonly { readonly id: string; readonly name: string; readonly closedAt: string | null }[]
    | null;
  readonly problem: Problem | null;
  readonly onRetry: () => void;
  readonly words: {
    readonly noClosed: string;
    readonly closedList: string;
    readonly closedOn: (date: string) => string;
  };
}

/** Departments or roles that were closed. */
export function ClosedList({ closed, problem, onRetry, words }: ClosedListProps) {
  const { format } = useLocale();
  if (closed === null)
    return problem === null ? <LinesLoading rows={2} /> : <ProblemView problem={problem} onRetry={onRetry} />;
  if (closed.length === 0) return <p className={classes.none}>{words.noClosed}</p>;
  return (
    <ul className={`${classes.card} ${classes.list}`} aria-label={words.closedList}>
      {closed.map(({ id, name, closedAt }) => (
        <li key={id} className={classes.line}>
          <span className={classes.lineName}>{name}</span>
          {closedAt === null ? null : (
            <span className={classes.quiet}>{words.closedOn(format.date(closedAt))}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
