import { AppError } from "@onrecord/core/errors";
import type { PlacedEntry } from "@onrecord/ledger/read";
import { byCaller } from "@onrecord/policy/principal";
import { perRequest } from "@onrecord/subgraph/loader";
import type { AuditContext } from "../context.js";
import { entryById } from "../loaders/entry-by-id.js";
import { mayReadAudit, rightsOnDocument } from "../loaders/rights.js";
import { presentEntry } from "../present.js";
import type { AuditEntryType } from "../types/audit-entry-type.js";

/**
 * Entries that others refer to (a version names its entry): for those who may read the record, or the trail of the document that
 * an entry is about. What one may not know of is null.
 */
export async function entriesByReference(
  refs: readonly { id: string }[],
  context: AuditContext,
): Promise<readonly (AuditEntryType | null | Error)[]> {
  context.guard.requirePrincipal(context.caller);
  const all = await mayReadAudit(context);
  return Promise.all(
    refs.map(async ({ id }) => {
      const entry = await entryById(context).load(id);
      if (entry === null) return null;
      const hindrance = all ? undefined : await hindranceTo(context, entry);
      if (hindrance !== undefined) return hindrance;
      await consulted(context).load(entry);
      return presentEntry(entry);
    }),
  );
}

/** Puts on the record that entries are read one by one, folded by what they are about. */
const consulted = perRequest<PlacedEntry, boolean, AuditContext>(async (entries, { caller, ledger }) => {
  const about = new Map(entries.map(({ id, objectKind, objectId }) => [objectId ?? id, objectKind]));
  const objects = [...about].map(([id, kind]) => ({ kind: kind === "DOCUMENT" ? kind : "LOG", id }) as const);
  await ledger.sittings.record("audit.consulted", byCaller(caller), objects);
  return entries.map(() => true);
});

/** Why the caller does not get an entry; undefined: they do. */
async function hindranceTo(context: AuditContext, entry: PlacedEntry): Promise<null | Error | undefined> {
  if (entry.objectKind !== "DOCUMENT" || entry.objectId === null) return null;
  const rights = await rightsOnDocument(context).load(entry.objectId);
  return rights?.readTrail.allow ? undefined : refusedTrail(context).load(entry.objectId);
}

/** Records the refusal of a trail, once however many of its entries were asked for. */
const refusedTrail = perRequest<string, null | Error | undefined, AuditContext>((ids, { caller, guard }) =>
  Promise.all(
    ids.map(async (id) => {
      try {
        await guard.authorize(caller, "readTrail", { kind: "DOCUMENT", id });
        return undefined;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return error.code === "NOT_FOUND" ? null : error;
      }
    }),
  ),
);
