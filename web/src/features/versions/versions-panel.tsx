import { Button, Switch } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { OpenDocument } from "../../api/open-document.js";
import { useLocale } from "../../i18n/locale.js";
import { Blank } from "../../ui/blank.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { LiveWord } from "../../ui/live-word.js";
import { ProblemView } from "../../ui/problem-view.js";
import { groupVersions } from "./group-versions.js";
import { useTold } from "./use-versions.js";
import { VersionItem } from "./version-item.js";
import { VersionRun } from "./version-run.js";
import type { Versions } from "./versions.js";
import classes from "./versions.module.css";

interface VersionsPanelProps {
  readonly document: OpenDocument;
  readonly versions: Versions;
  readonly shown: number | null;
}

/** Every version, newest first, growing as changes are committed. */
export function VersionsPanel({ document, versions, shown }: VersionsPanelProps) {
  const { messages } = useLocale();
  const words = messages.versions;
  const { window, state, line } = useTold(versions);
  const [onlyNamed, setOnlyNamed] = useState(false);
  const [loading, setLoading] = useState(false);
  const listed = useMemo(
    () => (onlyNamed ? window.versions.filter(({ name }) => name !== null) : window.versions),
    [window.versions, onlyNamed],
  );
  const groups = useMemo(() => groupVersions(listed), [listed]);
  const newest = window.versions[0]?.number ?? null;
  const mayEdit = document.permissions.includes("EDIT");

  if (state === "loading") return <LinesLoading />;
  if (state !== "ready") return <ProblemView problem={state} onRetry={versions.reload} />;
  if (window.versions.length === 0) {
    return <Blank icon={<IconHistory size={26} />} title={words.empty} hint={words.emptyHint} />;
  }
  const older = async () => {
    setLoading(true);
    await versions.loadOlder();
    setLoading(false);
  };
  const context = { document, versions, shown, newest, mayEdit };
  return (
    <>
      <div className={classes.head}>
        <LiveWord line={line} />
        <Switch
          size="xs"
          label={words.onlyNamed}
          checked={onlyNamed}
          onChange={(event) => setOnlyNamed(event.currentTarget.checked)}
        />
      </div>
      {groups.length === 0 ? <p className={classes.none}>{words.noNamed}</p> : null}
      <ol className={classes.list}>
        {groups.map((group) =>
          group.kind === "one" ? (
            <VersionItem key={group.key} version={group.version} {...context} />
          ) : (
            <VersionRun key={group.key} group={group} {...context} />
          ),
        )}
      </ol>
      {window.before === null ? null : (
        <Button variant="subtle" fullWidth my={10} loading={loading} onClick={() => void older()}>
          {messages.common.older}
        </Button>
      )}
    </>
  );
}
