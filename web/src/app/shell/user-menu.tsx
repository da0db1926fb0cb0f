import { Menu, UnstyledButton } from "@mantine/core";
import { IconLogout, IconShieldLock, IconUsers } from "@tabler/icons-react";
import { Link } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import { useCapability, useMe, useSession } from "../../session/session.js";
import { PersonMark } from "../../ui/person-mark.js";
import classes from "./shell.module.css";

/** Who I am, and the way out. */
export function UserMenu() {
  const { messages } = useLocale();
  const { leave } = useSession();
  const { user } = useMe();
  const managesPeople = useCapability("MANAGE_PEOPLE");
  const place = [user.title, user.department?.name].filter(Boolean).join(" · ");
  return (
    <Menu width={240}>
      <Menu.Target>
        <UnstyledButton className={classes.me} aria-label={`${messages.shell.menu}: ${user.name}`}>
          <PersonMark id={user.id} name={user.name} size={26} />
          <span className={classes.meName}>{user.name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.meCard}>
          <strong>{user.name}</strong>
          {user.email === null ? null : <span>{user.email}</span>}
          {place === "" ? null : <span>{place}</span>}
        </div>
        <Menu.Divider />
        {managesPeople ? (
          <Menu.Item component={Link} to="/people" leftSection={<IconUsers size={15} />}>
            {messages.shell.people}
          </Menu.Item>
        ) : null}
        <Menu.Item component={Link} to="/account" leftSection={<IconShieldLock size={15} />}>
          {messages.account.title}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void leave()}>
          {messages.shell.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
