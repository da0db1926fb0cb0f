import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import { openDataKey } from "./data-key.js";

/** A key-encryption key that documents need, and why it does not open them; null: it does. */
export interface ExaminedKey {
  readonly keyId: string;
  readonly documents: number;
  readonly fault: string | null;
}

/** Every key-encryption key that this database's documents need, tried on one of them. */
export async function examineKeys({ db, keys }: Pick<AppContext, "db" | "keys">): Promise<ExaminedKey[]> {
  const rows = await db.query<{ keyId: string; documents: number; documentId: string; wrapped: Buffer }>(
    `select u.*, h.document_id as "documentId", h.wrapped_key as wrapped
     from (
       select documents.key_id(wrapped_key) as "keyId", count(*)::int as documents, (min(document_id::text))::uuid as first
       from documents.head group by 1
     ) u join documents.head h on h.document_id = u.first order by 1`,
  );
  return Promise.all(
    rows.map(async ({ keyId, documents, documentId, wrapped }) => ({
      keyId,
      documents,
      fault: await openDataKey(keys, documentId, wrapped).then(
        () => null,
        (error: unknown) => {
          if (error instanceof AppError) return error.message;
          throw error;
        },
      ),
    })),
  );
}
