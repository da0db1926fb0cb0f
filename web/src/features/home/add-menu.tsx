import { ActionIcon, Menu } from "@mantine/core";
import type { FolderRowFragment } from "@onrecord/schema/generated";
import {
  IconFileImport,
  IconFileText,
  IconFileTypography,
  IconFolderPlus,
  IconPlus,
} from "@tabler/icons-react";
import { useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { type Creatable, CreateModal } from "./create-modal.js";
import { ImportModal } from "./import-modal.js";

/** What can be made in a folder, by those who may. */
export function AddMenu({ folder, onChanged }: { folder: FolderRowFragment; onChanged: () => void }) {
  const { messages } = useLocale();
  const words = messages.home;
  const [making, setMaking] = useState<Creatable | "import" | null>(null);
  if (!folder.permissions.includes("EDIT")) return null;
  const close = () => setMaking(null);
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={`${words.actions} ${words.createIn(folder.name)}`}>
            <IconPlus size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFileTypography size={15} />} onClick={() => setMaking("filing")}>
            {words.newFiling}
          </Menu.Item>
          <Menu.Item leftSection={<IconFileText size={15} />} onClick={() => setMaking("text")}>
            {words.newText}
          </Menu.Item>
          <Menu.Item leftSection={<IconFileImport size={15} />} onClick={() => setMaking("import")}>
            {words.importHtml}
          </Menu.Item>
          {folder.permissions.includes("MANAGE") ? (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconFolderPlus size={15} />} onClick={() => setMaking("folder")}>
                {words.newFolder}
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {making === "import" ? <ImportModal folder={folder} onClose={close} /> : null}
      {making !== null && making !== "import" ? (
        <CreateModal kind={making} parent={folder} onClose={close} onCreated={onChanged} />
      ) : null}
    </>
  );
}
