import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import { keyContext } from "./data-key.js";

/** So many documents in one transaction, with one entry: their heads are locked only for as long as writing takes. */
const BATCH = 200;

interface Wrapped {
  readonly documentId: string;
  readonly wrapped: Buffer;
}

/** What a pass over the documents came to. */
export interface Rewrapped {
  readonly documents: number;
  /** Documents whose data key does not open: they are left as they are. */
  readonly failed: readonly string[];
}

/**
 * Wraps every data key with the current key-encryption key `keyId`. The data keys stay the same, so no change and no checkpoint is
 * written anew, and open rooms notice nothing. May be broken off at any moment and begun again: what is done is done.
 */
export async function rewrapDocuments(
  { db, keys }: Pick<AppContext, "db" | "keys">,
  ledger: Ledger,
  { keyId, by, onProgress }: { keyId: string; by: By; onProgress?: (documents: number) => void },
): Promise<Rewrapped> {
  const failed: string[] = [];
  let documents = 0;
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const old = await db.query<Wrapped>(
      `select document_id as "documentId", wrapped_key as wrapped from documents.head
       where document_id > $1 and documents.key_id(wrapped_key) <> $2 order by document_id limit $3`,
      [after, keyId, BATCH],
    );
    const last = old.at(-1);
    if (last === undefined) return { documents, failed };
    // A key service may take its time: nothing is locked meanwhile.
    const fresh = await Promise.all(
      old.map(async ({ documentId, wrapped }) => {
        const context = keyContext(documentId);
        const dataKey = await keys.unwrap(wrapped, context).catch((error: unknown) => {
          // That a service is away is no fault of the document's.
          if (error instanceof AppError && error.code === "UNAVAILABLE") throw error;
          failed.push(documentId);
        });
        return dataKey ? [{ documentId, wrapped, again: await keys.wrap(dataKey, context) }] : [];
      }),
    );
    documents += await replaceWraps(db, ledger, by, keyId, fresh.flat());
    after = last.documentId;
    onProgress?.(documents);
  }
}

async function replaceWraps(
  db: AppContext["db"],
  ledger: Ledger,
  by: By,
  keyId: string,
  wraps: readonly (Wrapped & { readonly again: Buffer })[],
): Promise<number> {
  if (wraps.length === 0) return 0;
  return db.transaction(async (tx) => {
    const ids = wraps.map(({ documentId }) => documentId);
    // In the order in which the group commit locks them, so that neither waits for the other in a circle.
    await tx.query(
      "select from documents.head where document_id = any ($1::uuid[]) order by document_id for update",
      [ids],
    );
    const replaced = await tx.query(
      `update documents.head h set wrapped_key = n.again
       from unnest($1::uuid[], $2::bytea[], $3::bytea[]) n (id, wrapped, again)
       where h.document_id = n.id and h.wrapped_key = n.wrapped returning h.document_id`,
      [ids, wraps.map(({ wrapped }) => wrapped), wraps.map(({ again }) => again)],
    );
    const detail = { keyId, documents: replaced.length };
    if (replaced.length > 0)
      await ledger.append(tx, { action: "key.rewrapped", by, object: { kind: "FIRM", id: null }, detail });
    return replaced.length;
  });
}
