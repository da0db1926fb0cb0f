import type { KeyProvider } from "@onrecord/keys/vault";

/** Between two proofs, in milliseconds. */
const EVERY_MS = 60_000;

/**
 * Has the key service prove every minute that it wraps and opens: a night on which nobody opens anything must not hide that it is gone. What
 * it says is counted (`onrecord_key_service_up`) and in the log.
 */
export class KeyProof implements Disposable {
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly keys: KeyProvider) {
    this.#timer = setInterval(() => this.#prove(), EVERY_MS).unref();
    this.#prove();
  }

  #prove(): void {
    this.keys.prove?.().catch(() => undefined);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
