import { ActionIcon, Button, SegmentedControl, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconBookmark, IconRestore } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import type { OpenDocument } from "../../api/open-document.js";
import { useLocale } from "../../i18n/locale.js";
import { Moment } from "../../ui/moment.js";
import { authorName } from "../versions/author-name.js";
import type { Look } from "../versions/look.js";
import { NameModal } from "../versions/name-modal.js";
import { RestoreModal } from "../versions/restore-modal.js";
import type { Versions } from "../versions/versions.js";
import classes from "./history.module.css";
import { Timeline } from "./timeline.js";
import type { KnownVersions } from "./use-known-versions.js";
import { VersionSelect } from "./version-select.js";

interface PastBarProps {
  readonly document: OpenDocument;
  readonly look: Exclude<Look, { kind: "live" }>;
  readonly head: number;
  readonly known: KnownVersions;
  readonly versions: Versions;
  readonly mayEdit: boolean;
  readonly onLook: (look: Look) => void;
}

/** Above the paper while the past is read: what is shown, the other ways to see it, and the timeline. */
export function PastBar({ document, look, head, known, versions, mayEdit, onLook }: PastBarProps) {
  const { messages, format } = useLocale();
  const words = messages.past;
  const [doing, setDoing] = useState<"naming" | "restoring" | null>(null);
  const version = look.kind === "changes" ? look.to : look.version;
  const row = known.find(version);
  const close = () => setDoing(null);
  const see = (kind: string) => {
    if (kind === "changes") onLook({ kind, from: Math.max(0, version - 1), to: version });
    else if (kind === "text" || kind === "authors") onLook({ kind, version });
  };
  return (
    <div className={classes.past}>
      <div className={classes.pastRow}>
        <Tooltip label={messages.versions.back}>
          <ActionIcon component={Link} to="?" replace aria-label={messages.versions.back}>
            <IconArrowLeft size={17} />
          </ActionIcon>
        </Tooltip>
        {look.kind === "changes" ? (
          <span className={classes.selects}>
            <VersionSelect
              label={words.from}
              value={look.from}
              head={head}
              named={known.named}
              allows={(from) => from < look.to}
              onChoose={(from) => onLook({ ...look, from })}
            />
            <span aria-hidden="true">→</span>
            <VersionSelect
              label={words.to}
              value={look.to}
              head={head}
              named={known.named}
              allows={(to) => to > look.from}
              onChoose={(to) => onLook({ ...look, to })}
            />
          </span>
        ) : (
          <span className={classes.shown}>
            <span>
              <strong>{row?.name ?? messages.versions.version(format.number(version))}</strong>
              {row?.name ? ` · ${messages.versions.version(format.number(version))}` : null} ·{" "}
              {messages.versions.viewingHint}
            </span>
            {row ? (
              <span>
                {authorName(row, messages)} · <Moment at={row.at} />
              </span>
            ) : null}
          </span>
        )}
        <SegmentedControl
          size="xs"
          aria-label={words.views}
          value={look.kind}
          onChange={see}
          data={[
            { value: "text", label: words.text },
            { value: "changes", label: words.changes },
            { value: "authors", label: words.authors },
          ]}
        />
        {mayEdit && look.kind !== "changes" ? (
          <span className={classes.actions}>
            {row ? (
              <Tooltip label={row.name === null ? messages.versions.nameIt : messages.versions.rename}>
                <ActionIcon
                  variant="default"
                  aria-label={row.name === null ? messages.versions.nameIt : messages.versions.rename}
                  onClick={() => setDoing("naming")}
                >
                  <IconBookmark size={15} />
                </ActionIcon>
              </Tooltip>
            ) : null}
            <Button
              leftSection={<IconRestore size={15} />}
              disabled={version === head}
              onClick={() => setDoing("restoring")}
            >
              {messages.versions.restore}
            </Button>
          </span>
        ) : null}
      </div>
      <Timeline look={look} head={head} named={known.named} known={known.find} onLook={onLook} />
      {doing === "naming" && row ? <NameModal version={row} onNamed={versions.put} onClose={close} /> : null}
      {doing === "restoring" ? (
        <RestoreModal documentId={document.id} number={version} onClose={close} />
      ) : null}
    </div>
  );
}
