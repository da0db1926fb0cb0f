import { ActionIcon, Badge, Menu, Skeleton } from "@mantine/core";
import { PeopleNamedDocument, type RoleRowFragment } from "@onrecord/schema/generated";
import { IconDotsVertical, IconPencil, IconX } from "@tabler/icons-react";
import type { CombinedError } from "@urql/core";
import { Link } from "react-router";
import { problemOf } from "../../api/problem.js";
import { useReading } from "../../api/use-reading.js";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import classes from "./people.module.css";

/** What is done with a role that is there. */
export type RoleAction = "rename" | "close";

/** How many of those who have a role are named. */
const NAMED = 3;
const context = { additionalTypenames: ["User"] };

/** One role, and who has it. */
export function RoleItem({
  role,
  onAction,
}: {
  role: RoleRowFragment;
  onAction: (action: RoleAction) => void;
}) {
  const words = usePeopleWords();
  const { id, name, builtIn } = role;
  return (
    <li className={classes.line}>
      <span className={classes.role}>
        <span className={classes.lineName}>
          {name}
          {builtIn ? (
            <Badge color="gray" tt="none" ml={8}>
              {words.roles.builtIn}
            </Badge>
          ) : null}
        </span>
        <Holders roleId={id} />
      </span>
      {builtIn ? null : (
        <Menu>
          <Menu.Target>
            <ActionIcon data-focus={`actions-${id}`} aria-label={words.actionsOf(name)}>
              <IconDotsVertical size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => onAction("rename")}>
              {words.roles.rename}
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<IconX size={15} />} onClick={() => onAction("close")}>
              {words.roles.close}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </li>
  );
}

/** Some of those who have a role by name, and the way to all of them. */
function Holders({ roleId }: { roleId: string }) {
  const { messages, format } = useLocale();
  const words = usePeopleWords().roles;
  const [{ data, error }] = useReading({
    query: PeopleNamedDocument,
    variables: { filter: { roleId }, first: NAMED },
    context,
  });
  const sentenceOf = (failed: CombinedError) => {
    const { unreachable, signedOut, unexpected } = messages.errors;
    const { kind } = problemOf(failed);
    return kind === "unreachable" ? unreachable : kind === "unauthenticated" ? signedOut : unexpected;
  };
  if (!data) {
    if (error) return <span className={classes.quiet}>{sentenceOf(error)}</span>;
    return <Skeleton height={12} width={160} mt={4} aria-hidden="true" />;
  }
  const names = data.users.edges.map(({ node }) => node.name);
  const more = (data.users.totalCount ?? names.length) - names.length;
  if (names.length === 0) return <span className={classes.quiet}>{words.nobody}</span>;
  return (
    <Link to={`/people?role=${roleId}`} className={classes.count}>
      {format.list(more > 0 ? [...names, words.andMore(format.number(more))] : names)}
    </Link>
  );
}
