import { UnstyledButton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { memo, useId, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { Moment } from "../../ui/moment.js";
import { PersonMarks } from "../../ui/person-mark.js";
import type { VersionGroup } from "./group-versions.js";
import type { RowContext } from "./row-context.js";
import { VersionItem } from "./version-item.js";
import classes from "./versions.module.css";

type RunProps = RowContext & { group: Extract<VersionGroup, { kind: "run" }> };

/** A run of small edits as one row, which opens to show each. */
export const VersionRun = memo(function VersionRun({ group, ...context }: RunProps) {
  const { messages, format } = useLocale();
  const words = messages.versions;
  const id = useId();
  const { versions } = group;
  const [newest] = versions;
  const oldest = versions.at(-1) ?? newest;
  const [wanted, setWanted] = useState(false);
  const holdsShown = versions.some(({ number }) => number === context.shown);
  const open = wanted || holdsShown;
  return (
    <li className={classes.run}>
      <UnstyledButton
        className={classes.runHead}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setWanted(!open)}
      >
        <PersonMarks people={group.authors} />
        <span className={classes.itemLink}>
          <span className={classes.line}>
            <IconChevronRight
              size={13}
              className={classes.chevron}
              data-open={open || undefined}
              aria-hidden="true"
            />
            <span className={classes.number}>
              {words.run(format.number(oldest.number), format.number(newest.number))}
            </span>
            <Moment at={newest.at} className={classes.at ?? ""} />
          </span>
          <span className={classes.by}>
            <span className={classes.names}>{format.list(group.authors.map(({ name }) => name))}</span>
            <span className={classes.count}>
              · {words.edits(format.number(versions.length), versions.length)}
            </span>
            <span className={classes.bytes}>{messages.common.bytes(format.number(group.bytes))}</span>
          </span>
        </span>
      </UnstyledButton>
      {open ? (
        <ol id={id} className={classes.list}>
          {versions.map((version) => (
            <VersionItem
              key={version.number}
              version={version}
              nested={group.authors.length > 1 ? "of-several" : "of-one"}
              {...context}
            />
          ))}
        </ol>
      ) : null}
    </li>
  );
}, sameRun);

/** Runs that nothing was added to stay as they are while the newest grows. */
function sameRun(before: RunProps, after: RunProps): boolean {
  const [now, then] = [after.group.versions, before.group.versions];
  return (
    before.shown === after.shown &&
    before.mayEdit === after.mayEdit &&
    before.document === after.document &&
    (before.newest === then[0].number) === (after.newest === now[0].number) &&
    then.length === now.length &&
    then.every((version, index) => version === now[index])
  );
}
