import { Button } from "@mantine/core";
import { PeopleDocument, type PersonRowFragment } from "@onrecord/schema/generated";
import { IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { problemOf } from "../../api/problem.js";
import { useReading } from "../../api/use-reading.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { Blank } from "../../ui/blank.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { ProblemView } from "../../ui/problem-view.js";
import { LinkModal } from "./link-modal.js";
import { Pager, type PageTurn, turned } from "./pager.js";
import classes from "./people.module.css";
import { filterIn, isOpen, questionOf, searchOf } from "./people-filter.js";
import { PeopleFilterBar } from "./people-filter-bar.js";
import { type PersonAction, PersonDialog } from "./person-dialogs.js";
import { type MadePerson, PersonForm } from "./person-form.js";
import { actionsId, PersonItem } from "./person-item.js";
import type { Firm } from "./use-firm.js";
import { useFocus } from "./use-focus.js";

const PAGE = 50;
const HEADING = "people-heading";
const context = { additionalTypenames: ["User"] };

type Dialog =
  | { kind: "new" }
  | { kind: "made"; made: MadePerson }
  | { kind: "person"; action: PersonAction; person: PersonRowFragment };

const start: PageTurn = { from: 0, after: null, before: null };

/** The people of the firm, and what is done with each. */
export function PeopleSection({ firm }: { firm: Firm }) {
  const words = usePeopleWords();
  const [search, setSearch] = useSearchParams();
  const question = search.toString();
  const filter = useMemo(() => filterIn(new URLSearchParams(question)), [question]);
  const [turn, setTurn] = useState({ question, ...start });
  // Another question begins at its first page.
  const page = turn.question === question ? turn : { question, ...start };
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const focus = useFocus(HEADING);
  const [{ data, error, fetching }, reload] = useReading({
    query: PeopleDocument,
    variables: { filter: questionOf(filter), ...turned(page, PAGE) },
    context,
  });
  const people = data?.users.edges.map(({ node }) => node) ?? [];
  const total = data?.users.totalCount ?? people.length;

  const leave = (id?: string) => {
    setDialog(null);
    // What could not be read when the dialog was open is there the next time.
    if (firm.state !== "ready" && firm.state !== "loading") firm.reload();
    focus(id);
  };
  const finish = (id?: string) => {
    reload();
    leave(id);
  };

  return (
    <section aria-labelledby={HEADING}>
      <div className={classes.head}>
        <div>
          <h1 id={HEADING} tabIndex={-1}>
            {words.title}
          </h1>
          <p>{words.lead}</p>
        </div>
        <Button
          data-focus="new-person"
          leftSection={<IconUserPlus size={15} />}
          onClick={() => setDialog({ kind: "new" })}
        >
          {words.people.new}
        </Button>
      </div>
      <PeopleFilterBar
        firm={firm}
        filter={filter}
        onChange={(next) => {
          const asked = searchOf(next);
          setTurn({ question: asked.toString(), ...start });
          setSearch(asked, { replace: true });
        }}
      />
      <div className={classes.card} aria-busy={fetching}>
        {error && !data ? (
          <ProblemView
            problem={problemOf(error)}
            onRetry={() => {
              reload();
              firm.reload();
            }}
          />
        ) : null}
        {fetching && !data ? <LinesLoading rows={8} /> : null}
        {data && people.length === 0 ? (
          <Blank
            icon={<IconUsers size={26} />}
            title={isOpen(filter) ? words.people.empty : words.people.emptyFiltered}
            hint={isOpen(filter) ? words.people.emptyHint : words.people.emptyFilteredHint}
          />
        ) : null}
        {people.length > 0 ? (
          <ul className={classes.list} aria-label={words.title}>
            {people.map((person) => (
              <PersonItem
                key={person.id}
                person={person}
                onAction={(action) => setDialog({ kind: "person", action, person })}
              />
            ))}
          </ul>
        ) : null}
      </div>
      {data ? (
        <Pager
          turn={page}
          size={PAGE}
          shown={people.length}
          total={total}
          info={data.users.pageInfo}
          onTurn={(next) => {
            setTurn({ question, ...next });
            focus();
          }}
        />
      ) : null}
      {dialog?.kind === "new" ? (
        <PersonForm
          firm={firm}
          onMade={(made) => setDialog({ kind: "made", made })}
          onDone={() => leave("new-person")}
          onClose={() => leave("new-person")}
        />
      ) : null}
      {dialog?.kind === "made" ? (
        <LinkModal
          name={dialog.made.user.name}
          lead={words.link.made(dialog.made.user.name)}
          link={dialog.made.passwordLink}
          onClose={() => finish()}
        />
      ) : null}
      {dialog?.kind === "person" ? (
        <PersonDialog
          action={dialog.action}
          person={dialog.person}
          firm={firm}
          onDone={() => finish()}
          onClose={() => finish(actionsId(dialog.person.id))}
        />
      ) : null}
    </section>
  );
}
