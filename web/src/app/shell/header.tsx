import { IconBell, IconChevronRight } from "@tabler/icons-react";
import { Link, NavLink } from "react-router";
import { AlertBell } from "../../features/alerts/alert-bell.js";
import { useLocale } from "../../i18n/locale.js";
import { useCapability } from "../../session/session.js";
import { LanguageSwitch } from "../../ui/language-switch.js";
import { Logo } from "../../ui/logo.js";
import { SchemeSwitch } from "../../ui/scheme-switch.js";
import { useWhere } from "../../ui/where.js";
import classes from "./shell.module.css";
import { UserMenu } from "./user-menu.js";

/** The one header of all pages: what this is, where I am, who I am. */
export function Header() {
  const { messages } = useLocale();
  const mayAudit = useCapability("READ_AUDIT");
  const managesPeople = useCapability("MANAGE_PEOPLE");
  return (
    <header className={classes.header}>
      <Link to="/" className={classes.brand}>
        <Logo />
        <span className={classes.brandName}>{messages.shell.product}</span>
      </Link>
      <Way />
      <nav className={classes.nav} aria-label={messages.shell.main}>
        {managesPeople ? (
          <NavLink to="/people" className={`${classes.navLink} ${classes.wide}`}>
            {messages.shell.people}
          </NavLink>
        ) : null}
        {mayAudit ? (
          <>
            <NavLink to="/record" className={classes.navLink ?? ""}>
              {messages.shell.record}
            </NavLink>
            <AlertBell icon={<IconBell size={18} stroke={1.7} />} />
          </>
        ) : null}
        <span className={classes.switches}>
          <LanguageSwitch />
          <SchemeSwitch />
        </span>
        <UserMenu />
      </nav>
    </header>
  );
}

function Way() {
  const { messages } = useLocale();
  const steps = useWhere();
  return (
    <nav className={classes.way} aria-label={messages.shell.breadcrumbs}>
      <ol>
        {[{ label: messages.shell.filings, to: "/" }, ...steps].map(({ label, to }, i) => (
          <li
            key={`${to ?? ""}${label}`}
            aria-current={to === null || steps.length === 0 ? "page" : undefined}
          >
            {i > 0 ? <IconChevronRight size={13} aria-hidden="true" className={classes.chevron} /> : null}
            {to === null ? (
              <span title={label}>{label}</span>
            ) : (
              <Link to={to} title={label}>
                {label}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
