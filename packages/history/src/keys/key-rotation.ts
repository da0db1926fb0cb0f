import type { AppContext } from "@onrecord/context/context";
import { AppError } from "@onrecord/core/errors";
import type { ManagedKeys } from "@onrecord/keys/keyring";
import { providerOf } from "@onrecord/keys/wrapped-key";
import type { AuditEvents } from "@onrecord/ledger/events/catalogue";
import type { By } from "@onrecord/ledger/ledger";
import { readKeyUsage } from "./key-usage.js";
import { type Rewrapped, rewrapDocuments } from "./rewrap.js";

/** A key-encryption key as an operator sees it. */
export interface KeyStatus {
  readonly keyId: string;
  /** Absent: documents need it, and the key file does not have it. What a key service has, only it knows: old. */
  readonly state: "current" | "next" | "old" | "absent";
  readonly documents: number;
}

/**
 * Changes the key-encryption keys of a running Onrecord. What is about to happen to the key file is on the record before it happens:
 * an entry without its effect is one that a crash prevented, and there is no effect without an entry.
 */
export class KeyRotation {
  constructor(
    private readonly context: Pick<AppContext, "db" | "ledger">,
    private readonly keys: ManagedKeys,
    private readonly by: By,
  ) {}

  /** Every key that the file has or a document needs. */
  async status(): Promise<KeyStatus[]> {
    const { current, next, all } = await this.keys.ids();
    const usage = new Map(
      (await readKeyUsage(this.context.db)).map(({ keyId, documents }) => [keyId, documents]),
    );
    const stateOf = (keyId: string) => {
      if (keyId === current) return "current";
      if (keyId === next) return "next";
      return all.includes(keyId) || providerOf(keyId) !== "file" ? "old" : "absent";
    };
    return [...new Set([...all, ...usage.keys()])].map((keyId) => ({
      keyId,
      state: stateOf(keyId),
      documents: usage.get(keyId) ?? 0,
    }));
  }

  /** Makes the next key, to be copied to every machine before anything is wrapped with it. */
  async prepare(): Promise<string> {
    if (this.keys.provider !== "file")
      throw new AppError(
        "CONFLICT",
        "A key service is the same for every machine: rotate, there is nothing to copy.",
      );
    return this.#alone(() => this.keys.prepare());
  }

  /**
   * Wraps every data key with a new key-encryption key. Where documents are still under an old one, from a rotation that was broken
   * off, that one is brought to its end and no further key is made: `rotated` is null then.
   */
  async rotate(
    onProgress?: (documents: number) => void,
  ): Promise<{ keyId: string; rotated: string | null } & Rewrapped> {
    const rotated = await this.#alone(async () => {
      const { current } = await this.keys.ids();
      const usage = await readKeyUsage(this.context.db);
      const foreign = usage.find(({ keyId }) => providerOf(keyId) !== this.keys.provider);
      if (foreign)
        throw new AppError(
          "CONFLICT",
          `${foreign.documents} documents are under "${foreign.keyId}", and ONRECORD_KEYS is ${this.keys.provider}: \`onrecord keys move\` would bring them there.`,
        );
      return usage.some(({ keyId }) => keyId !== current) ? null : this.#useNext(current);
    });
    return { rotated, ...(await this.#rewrap(onProgress)) };
  }

  /**
   * Brings every document under the current key of what wraps now, from whatever provider; again to go on after a crash. CONFLICT when
   * none is elsewhere.
   */
  async move(onProgress?: (documents: number) => void): Promise<{ keyId: string } & Rewrapped> {
    await this.#alone(async () => {
      const { current } = await this.keys.ids();
      const usage = await readKeyUsage(this.context.db);
      const foreign = usage.filter(({ keyId }) => providerOf(keyId) !== this.keys.provider);
      if (foreign.length === 0)
        throw new AppError(
          "CONFLICT",
          `No document is elsewhere than under ${this.keys.provider}, which is what ONRECORD_KEYS says.`,
        );
      for (const { keyId } of foreign)
        await this.#record("key.rotated", { keyId: current, previousKeyId: keyId });
    });
    return this.#rewrap(onProgress);
  }

  async #rewrap(onProgress?: (documents: number) => void): Promise<{ keyId: string } & Rewrapped> {
    const { current: keyId } = await this.keys.ids();
    const { db, ledger } = this.context;
    const request = { keyId, by: this.by, ...(onProgress ? { onProgress } : {}) };
    return { keyId, ...(await rewrapDocuments({ db, keys: this.keys }, ledger, request)) };
  }

  /** Forgets a key that no document needs. CONFLICT when one does, or when it is the one in use. */
  async retire(keyId: string): Promise<void> {
    await this.#alone(async () => {
      const { current, all } = await this.keys.ids();
      if (providerOf(keyId) !== "file")
        throw new AppError("CONFLICT", `"${keyId}" is kept by its service: disable or delete it there.`);
      if (!all.includes(keyId))
        throw new AppError("NOT_FOUND", `The key file has no key "${keyId}"; it has ${all.join(", ")}.`);
      if (keyId === current)
        throw new AppError("CONFLICT", `"${keyId}" is the key in use: rotate before you retire it.`);
      const needed = (await readKeyUsage(this.context.db)).find((usage) => usage.keyId === keyId);
      if (needed)
        throw new AppError(
          "CONFLICT",
          `${needed.documents} documents still need "${keyId}": rotate again to bring them to the current key.`,
        );
      await this.#record("key.retired", { keyId });
      await this.keys.remove(keyId);
    });
  }

  async #useNext(previousKeyId: string): Promise<string> {
    const keyId = await this.keys.prepare();
    await this.#record("key.rotated", { keyId, previousKeyId });
    await this.keys.useNext();
    return keyId;
  }

  async #record<A extends "key.rotated" | "key.retired">(action: A, detail: AuditEvents[A]): Promise<void> {
    await this.context.ledger.record({ action, by: this.by, object: { kind: "FIRM", id: null }, detail });
  }

  /** Nobody wraps a new data key, and nobody else changes the keys, until `work` is done. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    return this.context.db.transaction(async (tx) => {
      await tx.query("select pg_advisory_xact_lock(documents.key_lock())");
      return work();
    });
  }
}
