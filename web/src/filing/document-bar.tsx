import { ActionIcon, Tooltip } from "@mantine/core";
import { IconLayoutSidebarRightCollapse, IconLayoutSidebarRightExpand } from "@tabler/icons-react";
import type { CollabSession } from "../collab/collab-session.js";
import { useLocale } from "../i18n/locale.js";
import { DownloadMenu } from "./download-menu.js";
import classes from "./filing.module.css";
import type { OpenDocument } from "./live-document.js";
import { usePanelOpen } from "./panel-open.js";
import { Presence } from "./presence.js";
import { SavedIndicator } from "./saved-indicator.js";

/** The document's name, whether it is saved, who is here, and what can be done with it. */
export function DocumentBar({ document, session }: { document: OpenDocument; session: CollabSession }) {
  const { messages } = useLocale();
  const words = messages.filing;
  const [open, setOpen] = usePanelOpen();
  const label = open ? words.closePanel : words.openPanel;
  const Icon = open ? IconLayoutSidebarRightCollapse : IconLayoutSidebarRightExpand;
  return (
    <div className={classes.bar}>
      <h1 className={classes.title} title={document.title}>
        {document.title}
      </h1>
      <SavedIndicator session={session} />
      <span className={classes.spacer} />
      <Presence session={session} />
      <DownloadMenu document={document} />
      <Tooltip label={label}>
        <ActionIcon
          aria-label={label}
          aria-expanded={open}
          aria-controls="side-panel"
          onClick={() => setOpen(!open)}
        >
          <Icon size={18} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
