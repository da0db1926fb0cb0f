import { UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { Moment } from "../../ui/moment.js";
import { EntryItem } from "./entry-item.js";
import { Sentence } from "./entry-sentence.js";
import type { EntryGroup } from "./group-entries.js";
import classes from "./record.module.css";
import { actorName, runSentence } from "./sentence.js";

/** A run of edits as one row, which opens to show each entry. */
export function EntryRun({ group, hereId }: { group: Extract<EntryGroup, { kind: "run" }>; hereId: string }) {
  const { messages, format } = useLocale();
  const words = messages.record;
  const [open, setOpen] = useState(false);
  const id = useId();
  const [newest] = group.entries;
  const names = new Set(group.entries.map(({ actor }) => actorName(actor, messages)));
  const together = { ...newest, actor: { ...newest.actor, name: format.list([...names]) } };
  return (
    <li className={classes.item} data-outcome={newest.outcome}>
      <div className={classes.itemHead}>
        <span className={classes.outcome} role="img" aria-label={words.outcomes[newest.outcome]} />
        <Sentence parts={runSentence(together, group.facts, { messages, number: format.number, hereId })} />
        <Moment at={newest.at} className={classes.at ?? ""} />
        <UnstyledButton
          className={classes.expand}
          aria-expanded={open}
          aria-controls={id}
          aria-label={open ? words.hideRun : words.showRun}
          onClick={() => setOpen(!open)}
        >
          <IconChevronRight size={14} data-open={open || undefined} />
        </UnstyledButton>
      </div>
      {open ? (
        <ol id={id} className={classes.nested}>
          {group.entries.map((entry) => (
            <EntryItem key={entry.id} entry={entry} hereId={hereId} />
          ))}
        </ol>
      ) : null}
    </li>
  );
}
