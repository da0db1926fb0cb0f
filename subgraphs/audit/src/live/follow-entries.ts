import type { Position } from "@onrecord/ledger/read";
import type { Decision } from "@onrecord/policy/decision";
import { FIRM_ID } from "@onrecord/policy/levels";
import type { Caller } from "@onrecord/policy/principal";
import type { AuditContext } from "../context.js";
import { entryCursor } from "../entries/entry-cursor.js";
import { readFilter } from "../entries/entry-filter.js";
import { matchesFilter } from "../entries/filter-match.js";
import { presentEntry } from "../present.js";
import { recordQuery } from "../queries/page-of-entries.js";
import type { AuditEntryType } from "../types/audit-entry-type.js";
import type { AuditFilter } from "../types/filters.js";
import { events, type Told } from "./events.js";
import { permit } from "./permit.js";

/** What a subscription asks for. */
export interface FollowAsked<Filter> {
  readonly filter?: Filter | null | undefined;
  readonly after?: string | null | undefined;
}

/** Follows the record from a cursor on, or from now on. That somebody follows it is on the record too. */
export async function followEntries(
  context: AuditContext,
  asked: FollowAsked<AuditFilter>,
): Promise<AsyncIterableIterator<Told<AuditEntryType>>> {
  const { caller, db, entryFeed } = context;
  const objectId = asked.filter?.objectId ?? null;
  const authorize = (who: Caller) => authorizeFollowing(context, who, objectId);
  // Before the filter is read: whoever may not follow is denied on the record, whatever they asked for.
  const decision = await authorize(caller);
  const filter = readFilter(asked.filter);
  const after = asked.after ? readAfter(asked.after) : await entryFeed.newest();
  await recordQuery(context, filter, 0);
  return events(entryFeed, {
    after,
    permit: permit(db, caller, authorize, decision),
    wanted: (entry) => matchesFilter(filter, entry),
    present: presentEntry,
  });
}

function readAfter(cursor: string): Position {
  const [txid, entryId] = entryCursor.decode(cursor);
  return { txid, entryId };
}

/** The whole record is for those whose duty it is; what happens to one document, for those who may read its trail. */
async function authorizeFollowing(
  { decisions, guard }: AuditContext,
  caller: Caller,
  objectId: string | null,
): Promise<Decision> {
  const firm = await decisions.decide(guard.requirePrincipal(caller), "readAudit", FIRM_ID);
  if (firm.allow) return firm;
  if (objectId === null) return guard.authorizeFirm(caller, "readAudit");
  return guard.authorize(caller, "readTrail", { kind: "DOCUMENT", id: objectId });
}
