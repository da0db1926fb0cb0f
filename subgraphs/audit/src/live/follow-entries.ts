import type { Position } from "@onrecord/ledger/read";
import { FIRM_ID } from "@onrecord/policy/levels";
import { OpenRight } from "@onrecord/policy/open-right";
import type { AuditContext } from "../context.js";
import { entryCursor } from "../entries/entry-cursor.js";
import { readFilter } from "../entries/entry-filter.js";
import { matchesFilter } from "../entries/filter-match.js";
import { seesDiscreet } from "../entries/told.js";
import { presentEntry } from "../present.js";
import { recordQuery } from "../queries/page-of-entries.js";
import type { AuditEntryType } from "../types/audit-entry-type.js";
import type { AuditFilter } from "../types/filters.js";
import { events, type FeedEvent } from "./events.js";

/** Whether a follower is told of an entry, or of what was raised by it, as they are now. */
export function isTold(
  { decisions }: AuditContext,
  right: OpenRight,
  { discreet }: { readonly discreet: boolean },
): boolean {
  return !discreet || (right.principal !== null && seesDiscreet(decisions, right.principal));
}

/** What a subscription asks for. */
export interface FollowAsked<Filter> {
  readonly filter?: Filter | null | undefined;
  readonly after?: string | null | undefined;
}

/** Follows the record from a cursor on, or from now on. That somebody follows it is on the record too. */
export async function followEntries(
  context: AuditContext,
  asked: FollowAsked<AuditFilter>,
): Promise<AsyncIterableIterator<FeedEvent<AuditEntryType>>> {
  const { entryFeed } = context;
  const objectId = asked.filter?.objectId ?? null;
  // Before the filter is read: whoever may not follow is denied on the record, whatever they asked for.
  const right = await openRight(context, objectId);
  return right.during(async () => {
    const filter = readFilter(asked.filter);
    const after = asked.after ? readAfter(asked.after) : await entryFeed.newest();
    await recordQuery(context, filter, 0);
    return events(entryFeed, {
      after,
      right,
      wanted: (entry) => isTold(context, right, entry) && matchesFilter(filter, entry),
      present: presentEntry,
    });
  });
}

function readAfter(cursor: string): Position {
  const [txid, entryId] = entryCursor.decode(cursor);
  return { txid, entryId };
}

/** The whole record is for those whose duty it is; what happens to one document, for those who may read its trail. */
async function openRight(context: AuditContext, objectId: string | null): Promise<OpenRight> {
  const { caller, decisions, guard } = context;
  const firm = { kind: "FIRM", id: FIRM_ID } as const;
  if (objectId === null) return OpenRight.open(context, caller, "readAudit", firm);
  const { allow } = await decisions.decide(guard.requirePrincipal(caller), "readAudit", FIRM_ID);
  if (allow) return OpenRight.open(context, caller, "readAudit", firm);
  return OpenRight.open(context, caller, "readTrail", { kind: "DOCUMENT", id: objectId });
}
