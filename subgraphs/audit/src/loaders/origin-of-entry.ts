import { inOrder, perRequest } from "@onrecord/subgraph/loader";
import type { AuditContext } from "../context.js";

interface EntryOrigin {
  readonly entryId: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Where the requests behind some entries came from; null where nothing is known or it was shredded. */
export const originOfEntry = perRequest<string, EntryOrigin | null, AuditContext>(async (ids, { db }) => {
  const rows = await db.query<EntryOrigin>(
    `select e.id as "entryId", o.ip, o.user_agent as "userAgent"
     from audit.entry e join audit.origin o on o.id = e.origin_id where e.id = any ($1::uuid[])`,
    [ids],
  );
  return inOrder<string, EntryOrigin>(ids, rows, ({ entryId }) => entryId);
});
