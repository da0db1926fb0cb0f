import type { Permission } from "@onrecord/schema/generated";
import { useLocale } from "../i18n/locale.js";
import classes from "./ui.module.css";

/** What the person may do here: the highest level, and whether downloading is part of it. */
export function PermissionBadges({ permissions }: { permissions: readonly Permission[] }) {
  const { messages } = useLocale();
  return (
    <ul className={classes.permissions} aria-label={messages.permissions.mine}>
      {told(permissions).map((permission) => (
        <li key={permission} data-strong={permission === "MANAGE" || permission === "EDIT" || undefined}>
          {messages.permissions[permission]}
        </li>
      ))}
    </ul>
  );
}

function told(permissions: readonly Permission[]): Permission[] {
  const has = (permission: Permission) => permissions.includes(permission);
  const level: Permission = has("MANAGE")
    ? "MANAGE"
    : has("EDIT")
      ? "EDIT"
      : has("COMMENT")
        ? "COMMENT"
        : "VIEW";
  return has("DOWNLOAD") ? [level, "DOWNLOAD"] : [level];
}
