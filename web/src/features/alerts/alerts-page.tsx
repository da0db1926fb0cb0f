import { Button, Select } from "@mantine/core";
import type { AlertFilter, AlertStatus, Severity } from "@onrecord/schema/generated";
import { IconBellCheck, IconLock } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useLocale } from "../../i18n/locale.js";
import { useCapability } from "../../session/session.js";
import { Blank } from "../../ui/blank.js";
import { LinesLoading } from "../../ui/lines-loading.js";
import { LiveWord } from "../../ui/live-word.js";
import { ProblemView } from "../../ui/problem-view.js";
import { useTitle } from "../../ui/use-title.js";
import { useTellWhere } from "../../ui/where.js";
import { AlertItem } from "./alert-item.js";
import classes from "./alerts.module.css";
import { useAlerts } from "./use-alerts.js";

const PAGE = 50;

/** What the rules noticed, as it happens. */
export function AlertsPage() {
  const { messages } = useLocale();
  const mayRead = useCapability("READ_AUDIT");
  useTitle(messages.alerts.title);
  useTellWhere([{ label: messages.alerts.title, to: null }]);
  if (!mayRead) {
    const { notAllowed, notAllowedHint } = messages.alerts;
    return <Blank icon={<IconLock size={26} />} title={notAllowed} hint={notAllowedHint} />;
  }
  return <AlertList />;
}

function AlertList() {
  const { messages, format } = useLocale();
  const words = messages.alerts;
  const [severity, setSeverity] = useState<Severity | null>(null);
  const [status, setStatus] = useState<AlertStatus | null>(null);
  const [loading, setLoading] = useState(false);
  const filter = useMemo<AlertFilter>(
    () => ({ ...(severity ? { severities: [severity] } : {}), ...(status ? { statuses: [status] } : {}) }),
    [severity, status],
  );
  const { rows: alerts, fresh, total, hasOlder, state, line, loadOlder, reload } = useAlerts(filter, PAGE);
  const filtered = severity !== null || status !== null;
  const options = (names: Record<string, string>) =>
    Object.entries(names).map(([value, label]) => ({ value, label }));
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
          <span className={`${classes.total} tabular`}>{words.count(format.number(total), total)}</span>
        ) : null}
        <span className={classes.spacer} />
        <LiveWord line={line} />
        <Select
          size="xs"
          w={136}
          aria-label={words.anySeverity}
          placeholder={words.anySeverity}
          data={options(words.severity)}
          value={severity}
          onChange={(chosen) => setSeverity(chosen as Severity | null)}
          clearable
        />
        <Select
          size="xs"
          w={136}
          aria-label={words.anyStatus}
          placeholder={words.anyStatus}
          data={options(words.status)}
          value={status}
          onChange={(chosen) => setStatus(chosen as AlertStatus | null)}
          clearable
        />
      </div>
      {state === "loading" && alerts.length === 0 ? <LinesLoading /> : null}
      {state !== "loading" && state !== "ready" ? <ProblemView problem={state} onRetry={reload} /> : null}
      {state === "ready" && alerts.length === 0 ? (
        <Blank
          icon={<IconBellCheck size={26} />}
          title={filtered ? words.emptyFiltered : words.empty}
          hint={filtered ? undefined : words.emptyHint}
        />
      ) : null}
      <ol className={classes.list} aria-live="polite" aria-relevant="additions">
        {alerts.map((alert) => (
          <AlertItem key={alert.id} alert={alert} fresh={fresh.has(alert.id)} />
        ))}
      </ol>
      {hasOlder && state === "ready" ? (
        <Button variant="default" mt={14} loading={loading} onClick={() => void older()}>
          {messages.common.older}
        </Button>
      ) : null}
    </div>
  );
}
