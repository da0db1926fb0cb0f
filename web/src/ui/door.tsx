import type { ReactNode } from "react";
import { useLocale } from "../i18n/locale.js";
import classes from "./door.module.css";
import { Logo } from "./logo.js";
import { PlainSwitches } from "./plain-switches.js";

interface DoorProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
  readonly below?: ReactNode;
}

/** A page before one is signed in: a card under the product's name. */
export function Door({ title, lead, children, below }: DoorProps) {
  const { messages } = useLocale();
  return (
    <div className={classes.page}>
      <div className={classes.corner}>
        <PlainSwitches />
      </div>
      <main className={classes.door}>
        <div className={classes.brand}>
          <Logo size={34} />
          <span>{messages.shell.product}</span>
        </div>
        <div className={classes.card}>
          <h1 className={classes.title}>{title}</h1>
          {lead === undefined ? null : <p className={classes.lead}>{lead}</p>}
          {children}
        </div>
        {below}
      </main>
    </div>
  );
}
