import { Text } from "@mantine/core";
import {
  CloseDepartmentDocument,
  CreateDepartmentDocument,
  type DepartmentRowFragment,
  DepartmentsDocument,
  RenameDepartmentDocument,
} from "@onrecord/schema/generated";
import { IconBuilding } from "@tabler/icons-react";
import { useMutation } from "urql";
import { problemOf } from "../../api/problem.js";
import { useReading } from "../../api/use-reading.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { Blank } from "../../ui/blank.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { ProblemView } from "../../ui/problem-view.js";
import { ClosedList, WhenAsked } from "./closed-list.js";
import { ConfirmModal } from "./confirm-modal.js";
import { type DepartmentAction, DepartmentItem } from "./department-item.js";
import { NameModal } from "./name-modal.js";
import classes from "./people.module.css";
import { SectionHead } from "./section-head.js";
import { type Firm, LONGEST_PAGE } from "./use-firm.js";
import { useSectionDialog } from "./use-section-dialog.js";

const HEADING = "departments-heading";

/** The departments as a tree, and what is done with each. */
export function DepartmentsSection({ firm }: { firm: Firm }) {
  const words = usePeopleWords();
  const { departments } = words;
  const { dialog, open, done, leave } = useSectionDialog<DepartmentAction, DepartmentRowFragment>(
    HEADING,
    firm.reload,
  );
  const [, create] = useMutation(CreateDepartmentDocument);
  const [, rename] = useMutation(RenameDepartmentDocument);
  const [, close] = useMutation(CloseDepartmentDocument);

  return (
    <section aria-labelledby={HEADING}>
      <SectionHead
        id={HEADING}
        title={words.tabs.departments}
        lead={departments.lead}
        action={departments.new}
        onAction={() => open({ kind: "new" })}
      />
      <div className={classes.card}>
        {firm.state === "loading" ? <LinesLoading /> : null}
        {firm.state !== "loading" && firm.state !== "ready" ? (
          <ProblemView problem={firm.state} onRetry={firm.reload} />
        ) : null}
        {firm.state === "ready" && firm.departments.length === 0 ? (
          <Blank icon={<IconBuilding size={26} />} title={departments.empty} hint={departments.emptyHint} />
        ) : null}
        {firm.departments.length > 0 ? (
          <ul className={classes.list} aria-label={words.tabs.departments}>
            {firm.departments.map((placed) => (
              <DepartmentItem
                key={placed.row.id}
                placed={placed}
                onAction={(kind) => open({ kind, row: placed.row })}
              />
            ))}
          </ul>
        ) : null}
      </div>
      {firm.moreDepartments ? <p className={classes.none}>{departments.more}</p> : null}
      <WhenAsked label={departments.showClosed}>
        <ClosedDepartments />
      </WhenAsked>
      {dialog?.kind === "new" || dialog?.kind === "add" ? (
        <NameModal
          title={dialog.kind === "new" ? departments.new : departments.newBelow(dialog.row.name)}
          confirm={words.roles.create}
          onName={(name) =>
            create({ input: { name, parentId: dialog.kind === "new" ? null : dialog.row.id } })
          }
          onDone={(name) => done(departments.created(name))}
          onClose={leave}
        />
      ) : null}
      {dialog?.kind === "rename" ? (
        <NameModal
          title={departments.renameTitle(dialog.row.name)}
          name={dialog.row.name}
          confirm={words.save}
          onName={(name) => rename({ input: { departmentId: dialog.row.id, name } })}
          onDone={(name) => done(departments.renamed(name))}
          onClose={leave}
        />
      ) : null}
      {dialog?.kind === "close" ? (
        <ConfirmModal
          title={departments.closeTitle(dialog.row.name)}
          confirm={departments.closeIt}
          danger
          onConfirm={() => close({ input: { departmentId: dialog.row.id } })}
          onDone={() => done(departments.closed(dialog.row.name))}
          onClose={leave}
        >
          <Text size="sm" lh={1.55}>
            {departments.closeText(dialog.row.name)}
          </Text>
        </ConfirmModal>
      ) : null}
    </section>
  );
}

const context = { additionalTypenames: ["Department"] };

function ClosedDepartments() {
  const words = usePeopleWords().departments;
  const [{ data, error }, reload] = useReading({
    query: DepartmentsDocument,
    variables: { closed: true, first: LONGEST_PAGE },
    context,
  });
  return (
    <ClosedList
      closed={data?.departments.edges.map(({ node }) => node) ?? null}
      problem={error ? problemOf(error) : null}
      onRetry={reload}
      words={words}
    />
  );
}
