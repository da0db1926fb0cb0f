import { Button, Switch } from "@mantine/core";
import { AuditEntryAppendedDocument, AuditLogDocument } from "@onrecord/schema/generated";
import { IconListSearch, IconLock } from "@tabler/icons-react";
import { useCallback, useMemo, useState } from "react";
import { useClient } from "urql";
import { pageOf } from "../../api/list-page.js";
import { useLiveList } from "../../api/use-live-list.js";
import { useLocale } from "../../i18n/locale.js";
import { useCapability } from "../../session/session.js";
import { Blank } from "../../ui/blank.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { LiveWord } from "../../ui/live-word.js";
import { ProblemView } from "../../ui/problem-view.js";
import { useTitle } from "../../ui/use-title.js";
import { useTellWhere } from "../../ui/where.js";
import { isEmpty, noFilter, type RecordFilter, toAuditFilter } from "./filter.js";
import { FilterBar } from "./filter-bar.js";
import classes from "./record.module.css";
import { RecordTable } from "./record-table.js";

const PAGE = 100;

/** The firm's record: every entry that I may read, searched, counted, live. */
export function RecordPage() {
  const { messages } = useLocale();
  const mayRead = useCapability("READ_AUDIT");
  useTitle(messages.record.title);
  useTellWhere([{ label: messages.record.title, to: null }]);
  if (!mayRead) {
    const { notAllowed, notAllowedHint } = messages.record;
    return <Blank icon={<IconLock size={26} />} title={notAllowed} hint={notAllowedHint} />;
  }
  return <Log />;
}

function Log() {
  const { messages, format } = useLocale();
  const words = messages.record;
  const client = useClient();
  const [filter, setFilter] = useState<RecordFilter>(noFilter);
  const [live, setLive] = useState(true);
  const [loading, setLoading] = useState(false);
  const asked = useMemo(() => toAuditFilter(filter), [filter]);
  const read = useCallback(
    async (after: string | null) => {
      const { data, error } = await client
        .query(AuditLogDocument, { filter: asked, first: PAGE, after }, { requestPolicy: "network-only" })
        .toPromise();
      return pageOf(data?.auditEntries, error);
    },
    [client, asked],
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
    variables: { filter: asked },
    rowOf: ({ auditEntryAppended }) => auditEntryAppended,
    // An end in the past has nothing new to come.
    live: live && filter.to === null,
  });
  const older = async () => {
    setLoading(true);
    await loadOlder();
    setLoading(false);
  };

  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <h1>{words.title}</h1>
        {state === "ready" && total !== null ? (
          <span className={`${classes.total} tabular`} role="status">
            {words.count(format.number(total), total)}
          </span>
        ) : null}
        <span className={classes.spacer} />
        {line === "broken" ? <LiveWord line={line} /> : null}
        <Switch
          size="xs"
          label={words.live}
          title={words.liveHint}
          checked={live}
          disabled={filter.to !== null}
          onChange={(event) => setLive(event.currentTarget.checked)}
        />
      </div>
      <FilterBar filter={filter} onChange={setFilter} />
      {state === "loading" && entries.length === 0 ? <LinesLoading rows={12} /> : null}
      {state !== "loading" && state !== "ready" ? <ProblemView problem={state} onRetry={reload} /> : null}
      {state === "ready" && entries.length === 0 ? (
        isEmpty(filter) ? (
          <Blank icon={<IconListSearch size={26} />} title={words.empty} />
        ) : (
          <Blank
            icon={<IconListSearch size={26} />}
            title={words.emptyFiltered}
            hint={words.emptyFilteredHint}
          >
            <Button variant="default" onClick={() => setFilter(noFilter)}>
              {words.clear}
            </Button>
          </Blank>
        )
      ) : null}
      {entries.length > 0 && (state === "ready" || state === "loading") ? (
        <RecordTable entries={entries} stale={state === "loading"} filter={filter} onFilter={setFilter} />
      ) : null}
      {hasOlder && state === "ready" ? (
        <Button variant="default" my={14} loading={loading} onClick={() => void older()}>
          {messages.common.older}
        </Button>
      ) : null}
    </div>
  );
}
