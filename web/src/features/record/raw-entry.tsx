import { CopyButton, UnstyledButton } from "@mantine/core";
import { visible } from "@onrecord/core/hidden-characters";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useLocale } from "../../i18n/locale.js";
import classes from "./record.module.css";
import type { Entry } from "./sentence.js";

/** A search text that is on the record may be anything that somebody typed. */
function shownText(_key: string, value: unknown): unknown {
  return typeof value === "string" ? visible(value) : value;
}

/** The entry itself, field by field, with what ties it to the log (leaf hash) and to the server's traces (request). */
export function RawEntry({ entry, id, children }: { entry: Entry; id: string; children?: ReactNode }) {
  const { messages, format } = useLocale();
  const { fields } = messages.record;
  const facts: [string, string | null][] = [
    [fields.action, entry.action],
    [fields.at, format.full(entry.at)],
    [fields.actor, entry.actor.id],
    [fields.object, entry.object ? `${entry.object.kind} ${entry.object.id ?? ""}`.trim() : null],
    [fields.ip, entry.ip],
    [fields.userAgent, entry.userAgent],
    [fields.sessionId, entry.sessionId],
    [fields.requestId, entry.requestId],
    [fields.id, entry.id],
    [fields.leafHash, entry.leafHash],
  ];
  return (
    <div id={id} className={classes.raw}>
      <dl>
        {facts.map(([name, value]) =>
          value === null || value === "" ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ),
        )}
        <div>
          <dt>{fields.detail}</dt>
          <dd>
            <pre className="mono">{JSON.stringify(entry.detail, shownText, 2)}</pre>
          </dd>
        </div>
      </dl>
      <CopyButton value={JSON.stringify(entry, null, 2)}>
        {({ copied, copy }) => (
          <UnstyledButton className={classes.copy} onClick={copy}>
            {copied ? <IconCheck size={13} /> : <IconCopy size={13} />}
            {copied ? messages.common.copied : messages.common.copy}
          </UnstyledButton>
        )}
      </CopyButton>
      {children}
    </div>
  );
}
