import type { Sql } from "@onrecord/postgres/database";

/** How much a database holds: entries of the record, documents, those of them that have a head, and versions, also of destroyed ones. */
export async function readCounts(sql: Sql): Promise<{
  entries: number;
  documents: number;
  heads: number;
  versions: number;
}> {
  const [row] = await sql.query<{ entries: string; documents: string; heads: string; versions: string }>(
    `select (select count(*) from audit.entry)::text as entries, (select count(*) from documents.document)::text as documents,
       (select count(*) from documents.head)::text as heads,
       (select coalesce(sum(last_version - first_version + 1), 0) from documents.batch)::text as versions`,
  );
  const { entries, documents, heads, versions } = row!;
  return {
    entries: Number(entries),
    documents: Number(documents),
    heads: Number(heads),
    versions: Number(versions),
  };
}
