import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import type { KeyProvider } from "@onrecord/keys/vault";

/** A new document's data key, wrapped. */
export function wrapNewDataKey(keys: KeyProvider, documentId: string): Promise<Buffer> {
  return keys.wrap(randomBytes(32), keyContext(documentId));
}

/** A document's data key. Throws when the key-encryption keys at hand do not open it, or when it is another document's. */
export async function openDataKey(
  keys: KeyProvider,
  documentId: string,
  wrapped: Buffer,
): Promise<KeyObject> {
  return createSecretKey(await keys.unwrap(wrapped, keyContext(documentId)));
}

/** What a wrapped data key is bound to: it opens only as this document's. */
export function keyContext(documentId: string): string {
  return `key:${documentId}`;
}
