import { Text } from "@mantine/core";
import {
  CloseRoleDocument,
  CreateRoleDocument,
  RenameRoleDocument,
  type RoleRowFragment,
  RolesDocument,
} from "@onrecord/schema/generated";
import { IconId } from "@tabler/icons-react";
import { useMutation } from "urql";
import { problemOf } from "../../api/problem.js";
import { useReading } from "../../api/use-reading.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { Blank } from "../../ui/blank.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { ProblemView } from "../../ui/problem-view.js";
import { ClosedList, WhenAsked } from "./closed-list.js";
import { ConfirmModal } from "./confirm-modal.js";
import { NameModal } from "./name-modal.js";
import classes from "./people.module.css";
import { type RoleAction, RoleItem } from "./role-item.js";
import { SectionHead } from "./section-head.js";
import type { Firm } from "./use-firm.js";
import { useSectionDialog } from "./use-section-dialog.js";

const HEADING = "roles-heading";

/** The roles, who has them, and what is done with each. */
export function RolesSection({ firm }: { firm: Firm }) {
  const words = usePeopleWords();
  const { roles } = words;
  const { dialog, open, done, leave } = useSectionDialog<RoleAction, RoleRowFragment>(HEADING, firm.reload);
  const [, create] = useMutation(CreateRoleDocument);
  const [, rename] = useMutation(RenameRoleDocument);
  const [, close] = useMutation(CloseRoleDocument);

  return (
    <section aria-labelledby={HEADING}>
      <SectionHead
        id={HEADING}
        title={words.tabs.roles}
        lead={roles.lead}
        action={roles.new}
        onAction={() => open({ kind: "new" })}
      />
      <div className={classes.card}>
        {firm.state === "loading" ? <LinesLoading /> : null}
        {firm.state !== "loading" && firm.state !== "ready" ? (
          <ProblemView problem={firm.state} onRetry={firm.reload} />
        ) : null}
        {firm.state === "ready" && firm.roles.length === 0 ? (
          <Blank icon={<IconId size={26} />} title={roles.empty} hint={roles.emptyHint} />
        ) : null}
        {firm.roles.length > 0 ? (
          <ul className={classes.list} aria-label={words.tabs.roles}>
            {firm.roles.map((role) => (
              <RoleItem key={role.id} role={role} onAction={(kind) => open({ kind, row: role })} />
            ))}
          </ul>
        ) : null}
      </div>
      <WhenAsked label={roles.showClosed}>
        <ClosedRoles />
      </WhenAsked>
      {dialog?.kind === "new" ? (
        <NameModal
          title={roles.new}
          confirm={roles.create}
          onName={(name) => create({ input: { name } })}
          onDone={(name) => done(roles.created(name))}
          onClose={leave}
        />
      ) : null}
      {dialog?.kind === "rename" ? (
        <NameModal
          title={roles.renameTitle(dialog.row.name)}
          name={dialog.row.name}
          confirm={words.save}
          onName={(name) => rename({ input: { roleId: dialog.row.id, name } })}
          onDone={(name) => done(roles.renamed(name))}
          onClose={leave}
        />
      ) : null}
      {dialog?.kind === "close" ? (
        <ConfirmModal
          title={roles.closeTitle(dialog.row.name)}
          confirm={roles.closeIt}
          danger
          onConfirm={() => close({ input: { roleId: dialog.row.id } })}
          onDone={() => done(roles.closed(dialog.row.name))}
          onClose={leave}
        >
          <Text size="sm" lh={1.55}>
            {roles.closeText(dialog.row.name)}
          </Text>
        </ConfirmModal>
      ) : null}
    </section>
  );
}

const context = { additionalTypenames: ["Role"] };

function ClosedRoles() {
  const words = usePeopleWords().roles;
  const [{ data, error }, reload] = useReading({
    query: RolesDocument,
    variables: { closed: true },
    context,
  });
  return (
    <ClosedList
      closed={data?.roles ?? null}
      problem={error ? problemOf(error) : null}
      onRetry={reload}
      words={words}
    />
  );
}
