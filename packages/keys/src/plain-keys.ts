import { AppError } from "@onrecord/core/errors";
import type { Logger } from "@onrecord/core/log";
import type { Keyring } from "./keyring.js";
import { KeyServiceError } from "./services/key-service.js";
import type { KeyProvider } from "./vault.js";

/** At most 120 letters: an editor's socket is closed with them. */
const sentences = {
  away: "Documents cannot be opened or made just now, because the key service does not answer: try again in a little while.",
  refused:
    "Documents cannot be opened or made just now, because the key service refuses: tell whoever operates Onrecord.",
};

/**
 * The keys of a process that serves. What a key service says, with its host and the cloud's words, goes to the log; users are told
 * UNAVAILABLE in plain words.
 */
export class PlainKeys implements KeyProvider {
  constructor(
    private readonly keys: Keyring,
    private readonly log: Logger,
  ) {}

  wrap(dataKey: Buffer, context: string): Promise<Buffer> {
    return this.#plainly(() => this.keys.wrap(dataKey, context));
  }

  unwrap(wrapped: Buffer, context: string): Promise<Buffer> {
    return this.#plainly(() => this.keys.unwrap(wrapped, context));
  }

  /** At the start, when an operator listens. */
  check(): Promise<void> {
    return this.keys.check();
  }

  prove(): Promise<void> {
    return this.#plainly(() => this.keys.prove());
  }

  async #plainly<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof KeyServiceError)) throw error;
      this.log.error({ why: error.message }, "a key service did not do what it was asked");
      throw new AppError("UNAVAILABLE", sentences[error.kind], { cause: error });
    }
  }
}

/** What an operator should read of an error that users have read in plain words. */
export function operatorsWords(error: AppError): string {
  return error.cause instanceof KeyServiceError ? error.cause.message : error.message;
}
