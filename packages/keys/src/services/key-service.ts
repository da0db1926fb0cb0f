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

/** The service gives no answer that counts: it may later. UNAVAILABLE. */
export function keysUnavailable(service: string, why: string, cause?: unknown): AppError {
  return new AppError(
    "UNAVAILABLE",
    `The key service does not answer (${service}: ${why}): try again in a little while.`,
    { cause },
  );
}

/** The service says no: what it says is for the operator. INTERNAL. */
export function keysRefused(service: string, why: string, cause?: unknown): AppError {
  return new AppError("INTERNAL", `The key service refuses (${service}: ${why}).`, { cause });
}
