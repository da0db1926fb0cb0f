import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "react-router";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import classes from "./first-run.module.css";

interface ClosedDoorProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  /** Nothing is wrong. */
  readonly good?: boolean;
  /** Whether there is an account to sign in to. */
  readonly signIn?: boolean;
}

/** Why it does not go on here, and what to do. Whoever was in the form that stood here is taken to it. */
export function ClosedDoor({ icon, title, text, good = false, signIn = true }: ClosedDoorProps) {
  const words = usePeopleWords().door;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className={classes.closed} role="alert">
      <span className={classes.mark} data-good={good || undefined} aria-hidden="true">
        {icon}
      </span>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p>{text}</p>
      {signIn ? (
        <Button component={Link} to="/sign-in" variant="default" size="sm">
          {words.signIn}
        </Button>
      ) : null}
    </div>
  );
}
