import { Badge, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconChevronRight, IconFileText } from "@tabler/icons-react";
import { memo, useId, useState } from "react";
import { Link } from "react-router";
import { useLocale } from "../../i18n/locale.js";
import { Moment } from "../../ui/moment.js";
import { EntrySentence } from "../record/entry-sentence.js";
import { RawEntry } from "../record/raw-entry.js";
import classes from "./alerts.module.css";
import { ruleName } from "./rule-name.js";
import type { AlertRow } from "./use-alerts.js";

/** One alert: how grave, what, who, about which document; open, the entry that raised it. */
export const AlertItem = memo(function AlertItem({ alert, fresh }: { alert: AlertRow; fresh: boolean }) {
  const { messages } = useLocale();
  const words = messages.alerts;
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <li className={classes.item} data-severity={alert.severity} data-fresh={fresh || undefined}>
      <div className={classes.row}>
        <span className={classes.mark} aria-hidden="true">
          <IconAlertTriangle size={17} stroke={1.8} />
        </span>
        <div className={classes.what}>
          <div className={classes.title}>
            <strong>{ruleName(alert.rule, messages)}</strong>
            <span className={classes.severity}>{words.severity[alert.severity]}</span>
            {alert.status === "OPEN" ? null : (
              <Badge size="xs" color="gray" tt="none">
                {words.status[alert.status]}
              </Badge>
            )}
            {fresh ? (
              <Badge size="xs" color="red" tt="none">
                {words.fresh}
              </Badge>
            ) : null}
          </div>
          <EntrySentence entry={alert.entry} />
          {alert.document && alert.document.id !== alert.entry.object?.document?.id ? (
            <Link to={`/documents/${alert.document.id}`} className={classes.document}>
              <IconFileText size={14} stroke={1.6} aria-hidden="true" />
              {alert.document.title}
            </Link>
          ) : null}
        </div>
        <Moment at={alert.at} className={classes.at ?? ""} />
        <UnstyledButton
          className={classes.expand}
          aria-expanded={open}
          aria-controls={id}
          aria-label={open ? messages.record.hideRaw : messages.record.showRaw}
          onClick={() => setOpen(!open)}
        >
          <IconChevronRight size={15} data-open={open || undefined} />
        </UnstyledButton>
      </div>
      {open ? <RawEntry id={id} entry={alert.entry} /> : null}
    </li>
  );
});
