import type { ReactNode } from "react";
import classes from "./ui.module.css";

interface BlankProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly hint?: ReactNode;
  readonly children?: ReactNode;
}

/** A place with nothing in it, said kindly: what is not here, and what to do about it. */
export function Blank({ icon, title, hint, children }: BlankProps) {
  return (
    <div className={classes.blank}>
      <span className={classes.blankIcon} aria-hidden="true">
        {icon}
      </span>
      <h2 className={classes.blankTitle}>{title}</h2>
      {hint === undefined ? null : <p className={classes.blankHint}>{hint}</p>}
      {children === undefined ? null : <div className={classes.blankActions}>{children}</div>}
    </div>
  );
}
