import { ActionIcon, Menu } from "@mantine/core";
import { IconBookmark, IconDots, IconGitCompare, IconRestore, IconUserEdit } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import type { VersionRow } from "./group-versions.js";
import { addressOf, type Look } from "./look.js";
import { NameModal } from "./name-modal.js";
import { RestoreModal } from "./restore-modal.js";
import type { RowContext } from "./row-context.js";
import { useHead } from "./use-versions.js";
import type { Versions } from "./versions.js";
import classes from "./versions.module.css";

/** What may be done with a version: see what it changed and who wrote it; editors may name and restore it. */
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
          <PastItems number={version.number} versions={versions} />
          {mayEdit ? (
            <>
              <Menu.Divider />
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
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {doing === "naming" ? <NameModal version={version} onNamed={versions.put} onClose={close} /> : null}
      {doing === "restoring" ? (
        <RestoreModal documentId={document.id} number={version.number} onClose={close} />
      ) : null}
    </>
  );
}

/** The ways to look at a version. Asks for the newest itself: its row is not drawn again for every version that comes. */
function PastItems({ number, versions }: { number: number; versions: Versions }) {
  const { messages } = useLocale();
  const newest = useHead(versions, number);
  const words = messages.past;
  const item = (label: string, Icon: typeof IconUserEdit, look: Look) => (
    <Menu.Item component={Link} to={addressOf(look)} leftSection={<Icon size={15} />}>
      {label}
    </Menu.Item>
  );
  return (
    <>
      {item(words.compareWithPrevious, IconGitCompare, { kind: "changes", from: number - 1, to: number })}
      {number === newest
        ? null
        : item(words.compareWithCurrent, IconGitCompare, { kind: "changes", from: number, to: newest })}
      {item(words.authorsHere, IconUserEdit, { kind: "authors", version: number })}
    </>
  );
}
