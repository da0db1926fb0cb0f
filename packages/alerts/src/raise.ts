import { newId } from "@onrecord/core/ids";
import type { PlacedEntry } from "@onrecord/ledger/read";
import type { Tx } from "@onrecord/postgres/database";
import type { Rule } from "./rules/rule.js";

/**
 * A time later than every alert's. Asked for once a batch, under the reader's lock: only so is the order of time and id also the
 * order in which alerts appear, from which subscribers resume.
 */
export async function nextAlertTime(tx: Tx): Promise<Date> {
  const [row] = await tx.query<{ at: Date }>(
    "select greatest(clock_timestamp(), max(at) + interval '1 millisecond')::timestamptz(3) as at from audit.alert",
  );
  return row?.at ?? new Date();
}

/** Stores what a rule noticed and returns the alert's id; null when it was noticed before. */
export async function raise(
  tx: Tx,
  { rule, entry, at }: { rule: Rule; entry: PlacedEntry; at: Date },
): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(
    `insert into audit.alert (id, at, rule, severity, entry_id, document_id, actor_id) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (rule, entry_id) do nothing returning id`,
    [
      newId(),
      at,
      rule.id,
      rule.severity,
      entry.id,
      entry.objectKind === "DOCUMENT" ? entry.objectId : null,
      entry.actorId,
    ],
  );
  return row?.id ?? null;
}
