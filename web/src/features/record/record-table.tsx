import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { memo, useId, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { Moment } from "../../ui/moment.js";
import { EntrySentence } from "./entry-sentence.js";
import type { RecordFilter } from "./filter.js";
import { RawEntry } from "./raw-entry.js";
import classes from "./record.module.css";
import type { Entry } from "./sentence.js";

interface RecordTableProps {
  readonly entries: readonly Entry[];
  /** A new question is being answered: what is shown still belongs to the last one. */
  readonly stale: boolean;
  readonly filter: RecordFilter;
  readonly onFilter: (filter: RecordFilter) => void;
}

/** Entries as a table: time, who did what, outcome, from where. */
export function RecordTable({ entries, stale, filter, onFilter }: RecordTableProps) {
  const { messages } = useLocale();
  const { fields, details } = messages.record;
  return (
    <div className={classes.tableFrame} data-stale={stale || undefined}>
      <table className={classes.table} aria-busy={stale}>
        <thead>
          <tr>
            <th scope="col">{fields.at}</th>
            <th scope="col">{details}</th>
            <th scope="col">{fields.outcome}</th>
            <th scope="col" className={classes.ip}>
              {fields.ip}
            </th>
            <th scope="col">
              <VisuallyHidden>{messages.record.raw}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Row key={entry.id} entry={entry} filter={filter} onFilter={onFilter} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Row = memo(function Row({
  entry,
  filter,
  onFilter,
}: Pick<RecordTableProps, "filter" | "onFilter"> & { entry: Entry }) {
  const { messages } = useLocale();
  const words = messages.record;
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <tr data-outcome={entry.outcome}>
        <td className={classes.time}>
          <Moment at={entry.at} />
        </td>
        <td>
          <EntrySentence
            entry={entry}
            onActor={(actor, name) => onFilter({ ...filter, actor: { id: actor, name } })}
          />
        </td>
        <td>
          <span className={classes.verdict}>{words.outcomes[entry.outcome]}</span>
        </td>
        <td className={`${classes.ip} mono`}>{entry.ip}</td>
        <td className={classes.expandCell}>
          <UnstyledButton
            className={classes.expand}
            aria-expanded={open}
            aria-controls={id}
            aria-label={open ? words.hideRaw : words.showRaw}
            onClick={() => setOpen(!open)}
          >
            <IconChevronRight size={15} data-open={open || undefined} />
          </UnstyledButton>
        </td>
      </tr>
      {open ? (
        <tr className={classes.rawRow}>
          <td colSpan={5}>
            <RawEntry id={id} entry={entry}>
              <OnlyThis entry={entry} onFilter={onFilter} filter={filter} />
            </RawEntry>
          </td>
        </tr>
      ) : null}
    </>
  );
});

function OnlyThis({
  entry,
  filter,
  onFilter,
}: Pick<RecordTableProps, "filter" | "onFilter"> & { entry: Entry }) {
  const { messages } = useLocale();
  const id = entry.object?.id;
  if (!id) return null;
  const name = entry.object?.document?.title ?? `${entry.object?.kind.toLowerCase()} ${id}`;
  return (
    <UnstyledButton className={classes.copy} onClick={() => onFilter({ ...filter, object: { id, name } })}>
      {messages.record.onlyObject(name)}
    </UnstyledButton>
  );
}
