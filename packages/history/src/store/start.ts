import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import type { Sql } from "@onrecord/postgres/database";
import { missingDocument } from "./shredded.js";

/** Version, wrapped data key and sealed state of the newest checkpoint at or below a version. */
export interface Start {
  head: number;
  wrapped_key: Buffer;
  checkpoint: number | null;
  at: Date | null;
  tip: string | null;
  sealed: Buffer | null;
}

/** Which checkpoints are looked at: those below a version; of one of more than so many bytes, only that it is there. */
export interface Considered {
  readonly below?: number | undefined;
  readonly mostBytes?: number | undefined;
}

/** Where a load at a version, or at the head, starts. Checkpoints that did not open before are passed over. */
export async function startAt(
  sql: Sql,
  documentId: string,
  version: number | undefined,
  considered: Considered = {},
): Promise<{ start: Start; target: number }> {
  if (version !== undefined && !Number.isSafeInteger(version))
    throw new AppError("BAD_USER_INPUT", "A version is a whole number.");
  const start = await readStart(sql, documentId, version, considered);
  const target = version ?? start.head;
  if (target < 0 || target > start.head) {
    throw new AppError(
      "BAD_USER_INPUT",
      `There is no version ${target}; this document has the versions 0 to ${start.head}.`,
    );
  }
  return { start, target };
}

/** More than a value of Postgres has. */
const MOST_SEALED = 2 ** 31 - 1;

async function readStart(
  sql: Sql,
  documentId: string,
  version: number | undefined,
  { below, mostBytes = MOST_SEALED }: Considered,
): Promise<Start> {
  const rows = isId(documentId)
    ? await sql.query<Start>(
        `select h.version as head, h.wrapped_key, c.version as checkpoint, c.sealed, n.at,
           n.entry_ids[coalesce($2, h.version) - n.first_version + 1] as tip
         from documents.head h
         left join lateral (
           select at, entry_ids, first_version from documents.batch b
           where b.document_id = h.document_id and b.last_version >= coalesce($2, h.version)
           order by b.last_version limit 1
         ) n on n.first_version <= coalesce($2, h.version)
         left join lateral (
           select version, case when octet_length(sealed) <= $3 then sealed end as sealed from documents.checkpoint k
           where k.document_id = h.document_id and k.version <= coalesce($2, h.version) and k.version > 0
             and k.unusable_at is null and ($4::bigint is null or k.version < $4)
           order by version desc limit 1
         ) c on true
         where h.document_id = $1`,
        [documentId, version ?? null, Math.min(mostBytes, MOST_SEALED), below ?? null],
      )
    : [];
  const [start] = rows;
  if (!start) throw await missingDocument(sql, documentId);
  return start;
}
