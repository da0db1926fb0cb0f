import { ActionIcon, Tooltip } from "@mantine/core";
import {
  IconGitCompare,
  IconLayoutSidebarRightCollapse,
  IconLayoutSidebarRightExpand,
  IconUserEdit,
} from "@tabler/icons-react";
import { Link } from "react-router";
import type { OpenDocument } from "../../api/open-document.js";
import type { CollabSession } from "../../collab/collab-session.js";
import { useLocale } from "../../i18n/locale.js";
import { addressOf, type Look } from "../versions/look.js";
import { useTold } from "../versions/use-versions.js";
import type { Versions } from "../versions/versions.js";
import { DownloadMenu } from "./download-menu.js";
import classes from "./filing.module.css";
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
      <PastLinks versions={versions} opened={document.version} />
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

/** The ways into the past: who wrote what, and what changed since the last version that has a name. */
function PastLinks({ versions, opened }: { versions: Versions; opened: number }) {
  const { messages } = useLocale();
  const { window } = useTold(versions);
  const head = window.versions[0]?.number ?? opened;
  if (head === 0) return null;
  const named = window.versions.find(({ number, name }) => name !== null && number < head);
  const from = named?.number ?? (head > 1 ? 1 : 0);
  return (
    <>
      <PastLink label={messages.past.authors} Icon={IconUserEdit} look={{ kind: "authors", version: head }} />
      <PastLink
        label={messages.past.compare}
        Icon={IconGitCompare}
        look={{ kind: "changes", from, to: head }}
      />
    </>
  );
}

interface PastLinkProps {
  readonly label: string;
  readonly Icon: typeof IconUserEdit;
  readonly look: Look;
}

function PastLink({ label, Icon, look }: PastLinkProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon component={Link} to={addressOf(look)} aria-label={label} visibleFrom="sm">
        <Icon size={18} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}
