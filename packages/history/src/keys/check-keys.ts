import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import { operatorsWords } from "@onrecord/keys/plain-keys";
import { providerOf, unpackWrapped } from "@onrecord/keys/wrapped-key";
import { openDataKey } from "./data-key.js";

const FILE =
  "The key file of this data directory does not open this database's documents: bring back the keys.json that was made with it.";

/** Fails with one clear sentence when this process's keys do not open this database's documents: better at the start than at the first filing. */
export async function checkKeys({ db, keys }: Pick<AppContext, "db" | "keys">): Promise<void> {
  await keys.check?.();
  // One document for each key-encryption key that is needed.
  const rows = await db.query<{ documentId: string; wrapped: Buffer }>(
    `select distinct on (documents.key_id(wrapped_key)) document_id as "documentId", wrapped_key as wrapped from documents.head`,
  );
  for (const { documentId, wrapped } of rows)
    await openDataKey(keys, documentId, wrapped).catch((cause: unknown) => {
      const { keyId } = unpackWrapped(wrapped);
      const sentence =
        providerOf(keyId) === "file" ? FILE : `This process cannot open the documents under "${keyId}".`;
      const why =
        cause instanceof AppError && providerOf(keyId) !== "file" ? ` ${operatorsWords(cause)}` : "";
      throw new AppError("BAD_CONFIG", `${sentence}${why}`, { cause });
    });
}
