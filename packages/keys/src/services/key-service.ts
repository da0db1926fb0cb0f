import { AppError } from "@onrecord/core/errors";
import type { KeyProviderName } from "@onrecord/core/key-settings";

/** A service of others that wraps and unwraps data keys with keys that never leave it. */
export interface KeyService {
  readonly provider: Exclude<KeyProviderName, "file">;
  /** The id of the key that wraps at this moment. */
  current(): Promise<string>;
  wrap(dataKey: Buffer, context: string): Promise<Buffer>;
  unwrap(keyId: string, body: Buffer, context: string): Promise<Buffer>;
  /** The id that the next key will have; CONFLICT where whoever runs the service makes its keys. */
  next(): Promise<string>;
  /** Makes that key, and wraps with it from now on. */
  useNext(): Promise<void>;
}

/** A key service does not do what it was asked. Its words, with host and cause, are for operators; `PlainKeys` has some for users. */
export class KeyServiceError extends AppError {
  constructor(
    /** "away": no answer that counts, it may be there later. "refused": it says no. */
    readonly kind: "away" | "refused",
    sentence: string,
    cause?: unknown,
  ) {
    super(kind === "away" ? "UNAVAILABLE" : "INTERNAL", sentence, { cause });
  }
}

/** The service gives no answer that counts: it may later. UNAVAILABLE. */
export function keysUnavailable(service: string, why: string, cause?: unknown): KeyServiceError {
  const sentence = `The key service does not answer (${service}: ${why}): try again in a little while.`;
  return new KeyServiceError("away", sentence, cause);
}

/** The service says no: what it says is for the operator. INTERNAL. */
export function keysRefused(service: string, why: string, cause?: unknown): KeyServiceError {
  return new KeyServiceError("refused", `The key service refuses (${service}: ${why}).`, cause);
}
