import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import classes from "./people.module.css";

interface SectionHeadProps {
  /** The id of the heading, which takes the focus when something was done. */
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly action: string;
  readonly onAction: () => void;
}

/** What a section is about, and how something new is made in it. */
export function SectionHead({ id, title, lead, action, onAction }: SectionHeadProps) {
  return (
    <div className={classes.head}>
      <div>
        <h1 id={id} tabIndex={-1}>
          {title}
        </h1>
        <p>{lead}</p>
      </div>
      <Button data-focus={`${id}-new`} leftSection={<IconPlus size={15} />} onClick={onAction}>
        {action}
      </Button>
    </div>
  );
}
