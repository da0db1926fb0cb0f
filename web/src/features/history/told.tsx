import type { ReactNode } from "react";
import classes from "./history.module.css";
import type { StampProps } from "./use-stamp.js";

interface ToldProps {
  readonly as: "ins" | "del" | "span";
  readonly className: string | undefined;
  readonly props: StampProps;
  readonly change?: string;
  readonly children: ReactNode;
}

/** Something with a colour for the eye, and what became of it in words for the ear. */
export function Told({ as: Tag, className, props, change, children }: ToldProps) {
  return (
    <Tag className={className} {...props} data-change={change}>
      <span className={classes.spoken}>{props["data-tip"]}: </span>
      {children}
    </Tag>
  );
}
