import { ActionIcon, Tooltip } from "@mantine/core";
import {
  IconGitCompare,
  IconLayoutSidebarRightCollapse,
  IconLayoutSidebarRightExpand,
  IconWriting,
} from "@tabler/icons-react";
import { Link } from "react-router";
import type { CollabSession } from "../collab/collab-session.js";
import { useLocale } from "../i18n/locale.js";
import { addressOf, type Look } from "../past/look.js";
import type { Versions } from "../versions/use-versions.js";
import { DownloadMenu } from "./download-menu.js";
import classes from "./filing.module.css";
import type { OpenDocument } from "./live-document.js";
import { usePanelOpen } from "./panel-open.js";
import { Presence } from "./presence.js";
import { SavedIndicator } from "./saved-indicator.js";

interface DocumentBarProps {
  readonly document: OpenDocument;
  readonly session: CollabSession;
  readonly versions: Versions;
}

/** The document's name, whether it is saved, who is here, and what can be done with it. */
export function DocumentBar({ document, session, versions }: DocumentBarProps) {
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
      <PastLinks head={versions.window.versions[0]?.number ?? document.version} />
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

/** The ways into the past: who wrote what, and what changed. */
function PastLinks({ head }: { head: number }) {
  const { messages } = useLocale();
  const ways: { label: string; Icon: typeof IconWriting; look: Look }[] = [
    { label: messages.past.authors, Icon: IconWriting, look: { kind: "authors", version: head } },
    {
      label: messages.past.compare,
      Icon: IconGitCompare,
      look: { kind: "changes", from: Math.max(0, head - 1), to: head },
    },
  ];
  if (head === 0) return null;
  return ways.map(({ label, Icon, look }) => (
    <Tooltip key={label} label={label}>
      <ActionIcon component={Link} to={addressOf(look)} aria-label={label}>
        <Icon size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  ));
}
