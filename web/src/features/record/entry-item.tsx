import { UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { memo, useId, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { Moment } from "../../ui/moment.js";
import { EntrySentence } from "./entry-sentence.js";
import { RawEntry } from "./raw-entry.js";
import classes from "./record.module.css";
import type { Entry } from "./sentence.js";

/** One entry in a narrow list: the sentence, the time, the outcome as a colour and in words; open, the entry itself. */
export const EntryItem = memo(function EntryItem({ entry, hereId }: { entry: Entry; hereId?: string }) {
  const { messages } = useLocale();
  const [open, setOpen] = useState(false);
  const id = useId();
  const words = messages.record;
  return (
    <li className={classes.item} data-outcome={entry.outcome}>
      <div className={classes.itemHead}>
        <span
          className={classes.outcome}
          role="img"
          aria-label={words.outcomes[entry.outcome]}
          title={words.outcomes[entry.outcome]}
        />
        <EntrySentence entry={entry} hereId={hereId} />
        <Moment at={entry.at} className={classes.at ?? ""} />
        <UnstyledButton
          className={classes.expand}
          aria-expanded={open}
          aria-controls={id}
          aria-label={open ? words.hideRaw : words.showRaw}
          onClick={() => setOpen(!open)}
        >
          <IconChevronRight size={14} data-open={open || undefined} />
        </UnstyledButton>
      </div>
      {open ? <RawEntry id={id} entry={entry} /> : null}
    </li>
  );
});
