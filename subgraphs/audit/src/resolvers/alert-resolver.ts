import { AlertEntity, type AlertRow } from "@onrecord/alerts/alert";
import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import { inOrder } from "@onrecord/subgraph/loader";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { alertCursor, alertPosition } from "../alerts/alert-cursor.js";
import { alertsToldTo } from "../alerts/alert-filter.js";
import type { AuditContext } from "../context.js";
import { entryById } from "../loaders/entry-by-id.js";
import { presentAlert, presentEntry } from "../present.js";
import { recordAlerts } from "../queries/page-of-alerts.js";
import { AlertType } from "../types/alert-type.js";
import { AuditEntryType } from "../types/audit-entry-type.js";
import { ActorType, DocumentType } from "../types/references.js";
import { shownDocument } from "./shown-document.js";

/** What an alert is about. */
@Resolver(() => AlertType)
export class AlertResolver {
  @FieldResolver(() => AuditEntryType, { description: "The entry that raised it." })
  async entry(@Root() { row, known }: AlertType, @Ctx() context: AuditContext): Promise<AuditEntryType> {
    if (known !== null) return known;
    const entry = await entryById(context).load(row.entryId);
    if (entry === null) throw new AppError("INTERNAL", `The entry of the alert ${row.id} is missing.`);
    return presentEntry(entry);
  }

  @FieldResolver(() => DocumentType, { nullable: true })
  document(@Root() { row }: AlertType, @Ctx() context: AuditContext): Promise<DocumentType | null> {
    return shownDocument(context, row.documentId ?? null);
  }

  @FieldResolver(() => ActorType, { nullable: true })
  actor(@Root() { row }: AlertType): ActorType | null {
    return row.actorId ? { id: `user:${row.actorId}` } : null;
  }

  @FieldResolver(() => String, { description: "Give it as `after` to continue behind this alert." })
  cursor(@Root() { row }: AlertType): string {
    return alertCursor.encode(alertPosition(row));
  }
}

/** Alerts that others refer to, for those who may read the record. */
export async function alertsByReference(
  refs: readonly { id: string }[],
  context: AuditContext,
): Promise<readonly (AlertType | null)[]> {
  const { caller, em, guard } = context;
  await guard.authorizeFirm(caller, "readAudit");
  const ids = refs.map(({ id }) => id);
  const rows = await em.find(AlertEntity, {
    $and: [{ id: { $in: ids.filter(isId) } }, alertsToldTo(context)],
  });
  await recordAlerts(context, {}, rows.length);
  return inOrder<string, AlertRow>(ids, rows, ({ id }) => id).map((row) => row && presentAlert(row));
}
