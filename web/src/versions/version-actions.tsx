import { ActionIcon, Menu } from "@mantine/core";
import { IconBookmark, IconDots, IconRestore } from "@tabler/icons-react";
import { useState } from "react";
import { useLocale } from "../i18n/locale.js";
import type { VersionRow } from "./group-versions.js";
import { NameModal } from "./name-modal.js";
import { RestoreModal } from "./restore-modal.js";
import type { RowContext } from "./version-item.js";
import classes from "./versions.module.css";

/** What an editor may do with a version: name it, or restore it. */
export function VersionActions({
  version,
  document,
  versions,
  newest,
  mayEdit,
}: RowContext & { version: VersionRow }) {
  const { messages, format } = useLocale();
  const words = messages.versions;
  const [doing, setDoing] = useState<"naming" | "restoring" | null>(null);
  if (!mayEdit) return null;
  const close = () => setDoing(null);
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon
            size="sm"
            className={classes.actions ?? ""}
            aria-label={words.actions(format.number(version.number))}
          >
            <IconDots size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconBookmark size={15} />} onClick={() => setDoing("naming")}>
            {version.name === null ? words.nameIt : words.rename}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconRestore size={15} />}
            disabled={version.number === newest}
            onClick={() => setDoing("restoring")}
          >
            {words.restore}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {doing === "naming" ? <NameModal version={version} onNamed={versions.put} onClose={close} /> : null}
      {doing === "restoring" ? (
        <RestoreModal documentId={document.id} number={version.number} onClose={close} />
      ) : null}
    </>
  );
}
