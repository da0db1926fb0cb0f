import type { Sql } from "@onrecord/postgres/database";

/** A version as it is told of: all but its content. */
export interface VersionRow {
  readonly documentId: string;
  readonly number: number;
  readonly at: Date;
  readonly authorId: string | null;
  readonly carrierId: string | null;
  /** It came in an answer to a sync. */
  readonly relayed: boolean;
  readonly entryId: string;
  readonly bytes: number;
  readonly name: string | null;
}

/** Which versions of a list are wanted: at most `size`, those after `from` going forward, those before it going backward. */
export interface VersionRange {
  readonly direction: "forward" | "backward";
  readonly size: number;
  readonly from: number | null;
}

const columns = `c.document_id as "documentId", c.version as number, c.at, c.author_id as "authorId",
  c.carrier_id as "carrierId", c.relayed, c.entry_id as "entryId", c.bytes, n.name`;
const named = `left join documents.version_name n on n.document_id = c.document_id and n.version = c.version`;

/** The batches that hold versions from one to another: naming them keeps the others closed. */
const within = (from: string, to: string) =>
  `c.version between ${from} and ${to} and c.last_version >= ${from} and c.first_version <= ${to}`;

/** A range of each document's versions, in the direction asked for. Versions have no gaps, so a page is a range. */
export function listVersions(
  sql: Sql,
  documentIds: readonly string[],
  { direction, size, from }: VersionRange,
): Promise<VersionRow[]> {
  const [low, high, order] =
    direction === "forward"
      ? (["coalesce($2::bigint, 0) + 1", "coalesce($2::bigint, 0) + $3::bigint", "asc"] as const)
      : ([
          "coalesce($2::bigint - 1, h.version) - $3::bigint + 1",
          "coalesce($2::bigint - 1, h.version)",
          "desc",
        ] as const);
  return sql.query<VersionRow>(
    `select v.* from (
       select document_id, version from documents.head union all select document_id, version from documents.shredded
     ) h
     cross join lateral (
       select ${columns} from documents.change c ${named}
       where c.document_id = h.document_id and ${within(low, high)}
     ) v
     where h.document_id = any ($1::uuid[])
     order by v.number ${order}`,
    [documentIds, from, size],
  );
}

/** Single versions, in no order; those that do not exist are missing. */
export function readVersions(
  sql: Sql,
  keys: readonly { documentId: string; number: number }[],
): Promise<VersionRow[]> {
  return sql.query<VersionRow>(
    `select ${columns} from unnest($1::uuid[], $2::bigint[]) k (document_id, version)
     join documents.change c on c.document_id = k.document_id and ${within("k.version", "k.version")} ${named}`,
    [keys.map(({ documentId }) => documentId), keys.map(({ number }) => number)],
  );
}

/** The newest named versions of a document, newest first. */
export function listNamedVersions(sql: Sql, documentId: string, limit: number): Promise<VersionRow[]> {
  return sql.query<VersionRow>(
    `select ${columns} from documents.version_name n
     join documents.change c on c.document_id = n.document_id and ${within("n.version", "n.version")}
     where n.document_id = $1 order by n.version desc limit $2`,
    [documentId, limit],
  );
}

/** The versions after one, in order, with the permission revision of the same snapshot. */
export async function versionsAfter(
  sql: Sql,
  documentId: string,
  after: number,
  limit: number,
): Promise<{ revision: number; rows: VersionRow[] }> {
  const rows = await sql.query<VersionRow & { revision: number }>(
    `select v.*, r.revision from permissions.revision r
     left join lateral (
       select ${columns} from documents.change c ${named}
       where c.document_id = $1 and ${within("$2::bigint + 1", "$2::bigint + $3::bigint")}
     ) v on true
     order by v.number`,
    [documentId, after, limit],
  );
  return {
    revision: rows[0]?.revision ?? 0,
    rows: rows.filter(({ number }) => number !== null).map(({ revision: _, ...row }) => row),
  };
}
