import { IconBookmarkFilled } from "@tabler/icons-react";
import { memo } from "react";
import { Link } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import { Moment } from "../../ui/moment.js";
import { HouseMark, NobodyMark, PersonMark } from "../../ui/person-mark.js";
import { authorName, byTheHouse } from "./author-name.js";
import type { VersionRow } from "./group-versions.js";
import type { RowContext } from "./row-context.js";
import { VersionActions } from "./version-actions.js";
import classes from "./versions.module.css";

/** Within a run: of one author, whom the run names, or of several, each to be named. Null outside of runs. */
type Nesting = "of-one" | "of-several" | null;

/** One version: who, when, how much, under which name. */
export const VersionItem = memo(function VersionItem({
  version,
  nested = null,
  ...context
}: RowContext & { version: VersionRow; nested?: Nesting }) {
  const { messages, format } = useLocale();
  const words = messages.versions;
  const { author, name, number } = version;
  const current = number === context.newest;
  return (
    <li
      className={classes.item}
      data-named={name !== null || undefined}
      data-shown={number === context.shown || undefined}
      data-nested={nested ?? undefined}
    >
      {nested === "of-one" ? null : author ? (
        <PersonMark id={author.id} name={author.name} size={nested ? 17 : 24} />
      ) : byTheHouse(version) ? (
        <HouseMark />
      ) : (
        <NobodyMark />
      )}
      <Link
        className={classes.itemLink}
        to={current ? "?" : `?version=${number}`}
        replace={context.shown !== null}
        preventScrollReset
      >
        <span className={classes.line}>
          <span className={classes.number}>{words.version(format.number(number))}</span>
          {current ? <span className={classes.current}>{words.current}</span> : null}
          <Moment at={version.at} className={classes.at ?? ""} />
        </span>
        {name === null ? null : (
          <span className={classes.name}>
            <IconBookmarkFilled size={12} aria-hidden="true" />
            {name}
          </span>
        )}
        {nested ? null : (
          <span className={classes.by}>
            {authorName(version, messages)}
            <span className={classes.bytes}>{messages.common.bytes(format.number(version.bytes))}</span>
          </span>
        )}
      </Link>
      <VersionActions version={version} {...context} />
    </li>
  );
}, sameRow);

type RowProps = RowContext & { version: VersionRow; nested?: Nesting };

/** A long list is not drawn again for a keystroke: a row changes only when what it says changes. */
function sameRow(before: RowProps, after: RowProps): boolean {
  const { number } = after.version;
  const place = ({ shown, newest }: RowProps) => Number(shown === number) * 2 + Number(newest === number);
  return (
    before.version === after.version &&
    before.nested === after.nested &&
    before.mayEdit === after.mayEdit &&
    before.document === after.document &&
    (before.shown === null) === (after.shown === null) &&
    place(before) === place(after)
  );
}
