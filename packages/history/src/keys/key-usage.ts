import type { Sql } from "@onrecord/postgres/database";

/** How many documents' data keys a key-encryption key wraps. */
export interface KeyUsage {
  readonly keyId: string;
  readonly documents: number;
}

/** Which key-encryption keys the documents of this database need. */
export function readKeyUsage(sql: Sql): Promise<KeyUsage[]> {
  return sql.query<KeyUsage>(
    `select documents.key_id(wrapped_key) as "keyId", count(*)::int as documents
     from documents.head group by 1 order by 1`,
  );
}
