import { Button } from "@mantine/core";
import { AuditEntryAppendedDocument, DocumentTrailDocument } from "@onrecord/schema/generated";
import { IconListDetails } from "@tabler/icons-react";
import { useCallback, useMemo, useState } from "react";
import { useClient } from "urql";
import { pageOf } from "../../api/list-page.js";
import { useLiveList } from "../../api/use-live-list.js";
import { useLocale } from "../../i18n/locale.js";
import { Blank } from "../../ui/blank.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { LiveWord } from "../../ui/live-word.js";
import { ProblemView } from "../../ui/problem-view.js";
import { EntryItem } from "./entry-item.js";
import { EntryRun } from "./entry-run.js";
import { groupEntries } from "./group-entries.js";
import classes from "./record.module.css";

const PAGE = 50;

/** The record of one document, growing as it happens. */
export function RecordPanel({ documentId }: { documentId: string }) {
  const { messages, format } = useLocale();
  const words = messages.record;
  const client = useClient();
  const [loading, setLoading] = useState(false);
  const read = useCallback(
    async (after: string | null) => {
      const { data, error } = await client
        .query(
          DocumentTrailDocument,
          { id: documentId, first: PAGE, after },
          { requestPolicy: "network-only" },
        )
        .toPromise();
      return pageOf(data?.document?.auditTrail, error);
    },
    [client, documentId],
  );
  const {
    rows: entries,
    total,
    hasOlder,
    state,
    line,
    loadOlder,
    reload,
  } = useLiveList({
    read,
    subscription: AuditEntryAppendedDocument,
    variables: { filter: { objectId: documentId } },
    rowOf: ({ auditEntryAppended }) => auditEntryAppended,
  });

  const groups = useMemo(() => groupEntries(entries), [entries]);
  if (state === "loading") return <LinesLoading />;
  if (state !== "ready")
    return <ProblemView problem={state} onRetry={state.kind === "forbidden" ? undefined : reload} />;
  if (entries.length === 0) return <Blank icon={<IconListDetails size={26} />} title={words.empty} />;
  const older = async () => {
    setLoading(true);
    await loadOlder();
    setLoading(false);
  };
  return (
    <>
      <div className={classes.panelHead}>
        <LiveWord line={line} />
        {total === null ? null : <span className="tabular">{words.count(format.number(total), total)}</span>}
      </div>
      <ol className={classes.list} aria-live="off">
        {groups.map((group) =>
          group.kind === "one" ? (
            <EntryItem key={group.key} entry={group.entry} hereId={documentId} />
          ) : (
            <EntryRun key={group.key} group={group} hereId={documentId} />
          ),
        )}
      </ol>
      {hasOlder ? (
        <Button variant="subtle" fullWidth my={10} loading={loading} onClick={() => void older()}>
          {messages.common.older}
        </Button>
      ) : null}
    </>
  );
}
