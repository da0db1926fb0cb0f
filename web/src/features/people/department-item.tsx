import { ActionIcon, Menu } from "@mantine/core";
import type { DepartmentRowFragment } from "@onrecord/schema/generated";
import { IconCornerDownRight, IconDotsVertical, IconPencil, IconPlus, IconX } from "@tabler/icons-react";
import { Link } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import { usePeopleWords } from "../../i18n/people/use-people-words.js";
import type { Placed } from "./department-tree.js";
import classes from "./people.module.css";

/** What is done with a department that is there. */
export type DepartmentAction = "add" | "rename" | "close";

interface DepartmentItemProps {
  readonly placed: Placed<DepartmentRowFragment>;
  readonly onAction: (action: DepartmentAction) => void;
}

/** One department where it stands in the firm, and how many are in it. */
export function DepartmentItem({ placed: { row, depth, path }, onAction }: DepartmentItemProps) {
  const { format } = useLocale();
  const words = usePeopleWords();
  const { departments } = words;
  const count = row.memberCount ?? 0;
  // So deep that a line would have no room for the name, depth is told by the path alone.
  const indent = { paddingInlineStart: 16 + Math.min(depth, 6) * 22 };
  return (
    <li className={classes.line} style={indent}>
      {depth > 0 ? (
        <IconCornerDownRight size={15} stroke={1.6} aria-hidden="true" className={classes.below} />
      ) : null}
      <span className={classes.lineName} title={path}>
        {row.name}
      </span>
      {count === 0 ? (
        <span className={classes.quiet}>{departments.people(format.number(count), count)}</span>
      ) : (
        <Link to={`/people?department=${row.id}`} className={classes.count}>
          {departments.people(format.number(count), count)}
        </Link>
      )}
      <Menu>
        <Menu.Target>
          <ActionIcon data-focus={`actions-${row.id}`} aria-label={words.actionsOf(path)}>
            <IconDotsVertical size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPlus size={15} />} onClick={() => onAction("add")}>
            {departments.addBelow}
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => onAction("rename")}>
            {departments.rename}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconX size={15} />} onClick={() => onAction("close")}>
            {departments.close}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
