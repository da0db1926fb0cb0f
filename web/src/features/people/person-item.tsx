import { ActionIcon, Badge, Menu } from "@mantine/core";
import type { PersonRowFragment } from "@onrecord/schema/generated";
import { IconDotsVertical, IconLink, IconPencil, IconUserCheck, IconUserOff } from "@tabler/icons-react";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import { useMe } from "../../session/session.js";
import { PersonMark } from "../../ui/person-mark.js";
import classes from "./people.module.css";
import type { PersonAction } from "./person-dialogs.js";
import { statusOf } from "./person-state.js";

/** The mark of the button that has somebody's actions. */
export const actionsId = (personId: string) => `actions-${personId}`;

interface PersonItemProps {
  readonly person: PersonRowFragment;
  readonly onAction: (action: PersonAction) => void;
}

/** One person: who, where in the firm, in what state, and what can be done. */
export function PersonItem({ person, onAction }: PersonItemProps) {
  const words = usePeopleWords();
  const { user } = useMe();
  const { id, name, email, title, department, roles, kind } = person;
  const place = [title, department?.name].filter(Boolean).join(" · ");
  return (
    <li className={classes.item} data-status={statusOf(person)}>
      <PersonMark id={id} name={name} size={34} />
      <div className={classes.who}>
        <span className={classes.name}>
          <strong>{name}</strong>
          {user.id === id ? <span className={classes.quiet}>{words.people.you}</span> : null}
        </span>
        <span className={classes.quiet}>{email}</span>
      </div>
      <div className={classes.place}>
        {place === "" ? null : <span>{place}</span>}
        {roles && roles.length > 0 ? (
          <ul className={classes.badges} aria-label={words.form.roles}>
            {roles.map((role) => (
              <li key={role.id}>{role.name}</li>
            ))}
          </ul>
        ) : null}
      </div>
      <div className={classes.state}>
        <State person={person} />
      </div>
      <Menu>
        <Menu.Target>
          <ActionIcon
            data-focus={actionsId(id)}
            aria-label={words.actionsOf(name)}
            className={classes.actions ?? ""}
          >
            <IconDotsVertical size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => onAction("edit")}>
            {words.people.edit}
          </Menu.Item>
          {statusOf(person) === "ACTIVE" && kind !== "SERVICE" ? (
            <Menu.Item leftSection={<IconLink size={15} />} onClick={() => onAction("link")}>
              {words.people.link}
            </Menu.Item>
          ) : null}
          <Menu.Divider />
          {person.active === false ? (
            <Menu.Item leftSection={<IconUserCheck size={15} />} onClick={() => onAction("reinstate")}>
              {words.people.reinstate}
            </Menu.Item>
          ) : (
            <Menu.Item
              color="red"
              leftSection={<IconUserOff size={15} />}
              onClick={() => onAction("suspend")}
            >
              {words.people.suspend}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

/** What is to be known of an account: nothing of one that simply is used. */
function State({ person }: { person: PersonRowFragment }) {
  const { format } = useLocale();
  const words = usePeopleWords();
  const { kind, expiresAt, passwordSet, passwordLinkExpiresAt } = person;
  const status = statusOf(person);
  const lastDay = expiresAt === null ? null : format.date(new Date(Date.parse(expiresAt) - 1).toISOString());
  return (
    <>
      <span className={classes.states}>
        {status === "ACTIVE" ? null : (
          <Badge color={status === "SUSPENDED" ? "red" : "gray"} tt="none">
            {words.statuses[status]}
          </Badge>
        )}
        {kind === "EMPLOYEE" ? null : (
          <Badge color={kind === "GUEST" ? "yellow" : "gray"} tt="none">
            {words.kinds[kind]}
          </Badge>
        )}
      </span>
      {expiresAt === null || lastDay === null ? null : (
        <span className={classes.quiet} title={format.full(expiresAt)}>
          {status === "ENDED" ? words.people.ended(lastDay) : words.people.until(lastDay)}
        </span>
      )}
      {status === "ACTIVE" && passwordSet === false && kind !== "SERVICE" ? (
        <span className={classes.quiet}>
          {passwordLinkExpiresAt === null
            ? words.people.noPassword
            : words.people.linkOpen(format.moment(passwordLinkExpiresAt))}
        </span>
      ) : null}
    </>
  );
}
