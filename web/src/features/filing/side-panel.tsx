import { ActionIcon, Tabs } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { OpenDocument } from "../../api/open-document.js";
import { useLocale } from "../../i18n/locale.js";
import { RecordPanel } from "../record/record-panel.js";
import type { Versions } from "../versions/versions.js";
import { VersionsPanel } from "../versions/versions-panel.js";
import classes from "./filing.module.css";
import { usePanelOpen } from "./panel-open.js";

interface SidePanelProps {
  readonly document: OpenDocument;
  readonly versions: Versions;
  readonly shown: number | null;
}

/** Beside the paper: its versions and its record, both live. */
export function SidePanel({ document, versions, shown }: SidePanelProps) {
  const { messages } = useLocale();
  const words = messages.filing;
  const [open, setOpen] = usePanelOpen();
  const [tab, setTab] = useState<string | null>("versions");
  if (!open) return null;
  return (
    <aside id="side-panel" className={classes.panel} aria-label={words.panel}>
      <Tabs value={tab} onChange={setTab} keepMounted={false} className={classes.tabs ?? ""}>
        <Tabs.List>
          <Tabs.Tab value="versions">{words.versions}</Tabs.Tab>
          <Tabs.Tab value="record">{words.record}</Tabs.Tab>
          <ActionIcon
            className={classes.panelClose ?? ""}
            aria-label={words.closePanel}
            onClick={() => setOpen(false)}
          >
            <IconX size={16} />
          </ActionIcon>
        </Tabs.List>
        <Tabs.Panel value="versions" className={classes.tabPanel ?? ""}>
          <VersionsPanel document={document} versions={versions} shown={shown} />
        </Tabs.Panel>
        <Tabs.Panel value="record" className={classes.tabPanel ?? ""}>
          <RecordPanel documentId={document.id} />
        </Tabs.Panel>
      </Tabs>
    </aside>
  );
}
