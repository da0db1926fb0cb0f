import type { Sql } from "@onrecord/postgres/database";
import type { KeptBinding } from "./commit.js";

/** Whose clientIDs are whose in a document, as committed, in the order of their clocks; of all of them, or of these. */
export function readBindings(
  sql: Sql,
  documentId: string,
  clientIds?: readonly number[],
): Promise<KeptBinding[]> {
  return sql.query<KeptBinding>(
    `select client_id as "clientId", clock, user_id as "userId", since from documents.client
     where document_id = $1 and ($2::bigint[] is null or client_id = any ($2)) order by client_id, clock`,
    [documentId, clientIds ?? null],
  );
}
