import type { KeyProviderName } from "@onrecord/core/key-settings";

/** A wrapped data key as it is stored: the id of the key that opens it stands before what that key's holder made. */
export function packWrapped(keyId: string, body: Uint8Array): Buffer {
  const id = Buffer.from(keyId, "latin1");
  if (id.length > 255) throw new RangeError(`The id of a key has at most 255 bytes: "${keyId}".`);
  return Buffer.concat([Buffer.from([id.length]), id, body]);
}

export function unpackWrapped(wrapped: Buffer): { keyId: string; body: Buffer } {
  const length = wrapped[0] ?? 0;
  return { keyId: wrapped.subarray(1, 1 + length).toString("latin1"), body: wrapped.subarray(1 + length) };
}

/** Whose key has this id. Those of files have had names of their own since before there were others. */
export function providerOf(keyId: string): KeyProviderName {
  if (keyId.startsWith("aws-kms:")) return "aws-kms";
  return keyId.startsWith("vault:") ? "vault" : "file";
}
