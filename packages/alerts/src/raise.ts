import type { EntityManager } from "@mikro-orm/postgresql";
import { newId } from "@onrecord/core/ids";
import type { PlacedEntry } from "@onrecord/ledger/read";
import type { Tx } from "@onrecord/postgres/database";
import { AlertEntity } from "./alert.js";
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
  em: EntityManager,
  { rule, entry, at }: { rule: Rule; entry: PlacedEntry; at: Date },
): Promise<string | null> {
  const id = newId();
  const { affectedRows } = await em
    .createQueryBuilder(AlertEntity)
    .insert({
      id,
      at,
      rule: rule.id,
      severity: rule.severity,
      status: "OPEN",
      entryId: entry.id,
      documentId: entry.objectKind === "DOCUMENT" ? entry.objectId : null,
      actorId: entry.actorId,
    })
    .onConflict(["rule", "entryId"])
    .ignore()
    .execute("run");
  return affectedRows === 0 ? null : id;
}
