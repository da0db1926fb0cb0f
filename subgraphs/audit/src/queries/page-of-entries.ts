import { byCaller } from "@onrecord/policy/principal";
import { pageRequest, toConnection } from "@onrecord/subgraph/page";
import type { Connection } from "@onrecord/subgraph/relay";
import type { AuditContext } from "../context.js";
import { entryCursor, placeOf } from "../entries/entry-cursor.js";
import { describeFilter, type EntryFilter } from "../entries/entry-filter.js";
import { countEntries, readEntries } from "../entries/read-entries.js";
import { toldTo } from "../entries/told.js";
import { presentEntry } from "../present.js";
import type { AuditEntryType } from "../types/audit-entry-type.js";

/** Which part of a list is asked for. */
export interface PageAsked {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

/** Reads a page of the record, newest first, and puts the reading on the record before anybody sees it. */
export async function pageOfEntries(
  context: AuditContext,
  filter: EntryFilter,
  asked: PageAsked,
): Promise<Connection<AuditEntryType>> {
  const request = pageRequest(asked, entryCursor);
  const told = toldTo(context);
  const rows = await readEntries(context.db, told, filter, request.size + 1, request.from?.[1]);
  await recordQuery(context, filter, Math.min(rows.length, request.size));
  return toConnection(request, rows, {
    node: presentEntry,
    position: placeOf,
    cursor: entryCursor,
    count: () => countEntries(context.db, told, filter),
  });
}

/** Puts on the record that somebody read it. It is about the log, so that looking at a trail does not lengthen that trail. */
export async function recordQuery(
  { caller, ledger }: AuditContext,
  filter: EntryFilter,
  returned: number,
): Promise<void> {
  await ledger.record({
    action: "audit.queried",
    by: byCaller(caller),
    object: { kind: "LOG", id: null },
    detail: { filter: describeFilter(filter), returned },
  });
}
