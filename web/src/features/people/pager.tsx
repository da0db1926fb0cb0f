import { Button } from "@mantine/core";
import type { PeopleQuery, PeopleQueryVariables } from "@onrecord/schema/generated";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import classes from "./people.module.css";

/** Which page of people is shown: how many are before it, and what it begins behind or ends before. */
export interface PageTurn {
  readonly from: number;
  readonly after: string | null;
  readonly before: string | null;
}

/** The question for a page. */
export function turned({ after, before }: PageTurn, size: number): Omit<PeopleQueryVariables, "filter"> {
  return before === null ? { first: size, after } : { last: size, before };
}

interface PagerProps {
  readonly turn: PageTurn;
  readonly size: number;
  readonly shown: number;
  readonly total: number;
  readonly info: PeopleQuery["users"]["pageInfo"];
  readonly onTurn: (turn: PageTurn) => void;
}

/** How many there are, told whenever it changes, and the way to the others. */
export function Pager({ turn, size, shown, total, info, onTurn }: PagerProps) {
  const { format } = useLocale();
  const words = usePeopleWords().people;
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = info;
  const several = hasNextPage || hasPreviousPage;
  return (
    <div className={classes.pager}>
      <span role="status" className="tabular">
        {several && shown > 0
          ? words.range(format.number(turn.from + 1), format.number(turn.from + shown), format.number(total))
          : words.count(format.number(total), total)}
      </span>
      {several ? (
        <>
          <Button
            variant="default"
            leftSection={<IconChevronLeft size={14} />}
            disabled={!hasPreviousPage}
            onClick={() =>
              turn.from <= size
                ? onTurn({ from: 0, after: null, before: null })
                : onTurn({ from: turn.from - size, after: null, before: startCursor })
            }
          >
            {words.previous}
          </Button>
          <Button
            variant="default"
            rightSection={<IconChevronRight size={14} />}
            disabled={!hasNextPage}
            onClick={() => onTurn({ from: turn.from + shown, after: endCursor, before: null })}
          >
            {words.next}
          </Button>
        </>
      ) : null}
    </div>
  );
}
