import { randomBytes } from "node:crypto";
import { AppError } from "@onrecord/core/errors";
import type { KeyProviderName, KeySecrets, KeySettings } from "@onrecord/core/key-settings";
import { OpenedKeys } from "./opened-keys.js";
import { AwsKms } from "./services/aws-kms.js";
import { type KeyService, KeyServiceError, keysRefused, keysUnavailable } from "./services/key-service.js";
import { VaultTransit } from "./services/vault-transit.js";
import { FileKeyProvider, type KeyProvider } from "./vault.js";
import { providerOf, unpackWrapped } from "./wrapped-key.js";

/** For how long a service that did not answer is not asked again, in milliseconds: whoever waits for it may hold a connection. */
const REST = 3000;

/** A provider whose keys an operator changes. */
export interface ManagedKeys extends KeyProvider {
  /** Whose keys wrap. */
  readonly provider: KeyProviderName;
  ids(): Promise<{ current: string; next: string | undefined; all: readonly string[] }>;
  /** Makes the next key, or says which it will be. */
  prepare(): Promise<string>;
  useNext(): Promise<void>;
  remove(keyId: string): Promise<void>;
}

/** Told when a key service is lost (why) and when it is back (null). */
export type ServiceWatch = (provider: KeyProviderName, lost: string | null) => void;

/** How a key service has served this process so far. */
export interface ServiceHealth {
  /** Whether it did what it was asked last; undefined: it was not asked yet. */
  up: boolean | undefined;
  /** When it last did, in milliseconds since the epoch. */
  lastSuccess: number | undefined;
  /** How often it did not. */
  readonly failures: { away: number; refused: number };
}

/**
 * The keys of a process: `settings.provider` wraps, and what any of those that are configured has wrapped is opened. So documents can be
 * brought from one to another while everything runs. `keys.json` is made only where it wraps, and read where it is.
 */
export class Keyring implements ManagedKeys {
  readonly #opened = new OpenedKeys();
  readonly #restUntil = new Map<KeyProviderName, number>();
  readonly #lost = new Set<KeyProviderName>();
  readonly #health = new Map<KeyProviderName, ServiceHealth>();
  #watch: ServiceWatch = () => undefined;

  private constructor(
    readonly provider: KeyProviderName,
    private readonly file: FileKeyProvider | undefined,
    private readonly services: ReadonlyMap<KeyProviderName, KeyService>,
  ) {
    for (const name of services.keys())
      this.#health.set(name, { up: undefined, lastSuccess: undefined, failures: { away: 0, refused: 0 } });
  }

  /** Of each service that this process is told how to reach. */
  get health(): ReadonlyMap<KeyProviderName, Readonly<ServiceHealth>> {
    return this.#health;
  }

  static async open(dataDir: string, settings: KeySettings, secrets: KeySecrets): Promise<Keyring> {
    const file =
      settings.provider === "file"
        ? await FileKeyProvider.open(dataDir)
        : await FileKeyProvider.openKept(dataDir);
    const services = new Map<KeyProviderName, KeyService>();
    if (settings.aws) services.set("aws-kms", new AwsKms(settings.aws, secrets));
    if (settings.vault) services.set("vault", new VaultTransit(settings.vault, secrets));
    return new Keyring(settings.provider, file, services);
  }

  /** Tells of services that are lost and back, from now on. */
  watch(watch: ServiceWatch): void {
    this.#watch = watch;
  }

  async wrap(dataKey: Buffer, context: string): Promise<Buffer> {
    if (this.provider === "file") return this.#fileKeys().wrap(dataKey, context);
    return this.#ask(this.provider, (service) => service.wrap(dataKey, context));
  }

  async unwrap(wrapped: Buffer, context: string): Promise<Buffer> {
    const { keyId, body } = unpackWrapped(wrapped);
    const provider = providerOf(keyId);
    if (provider === "file") return this.#fileKeys(keyId).unwrap(wrapped, context);
    return this.#opened.get(wrapped, context, () =>
      this.#ask(provider, (service) => service.unwrap(keyId, body, context), keyId),
    );
  }

  /** Fails with a sentence when what wraps cannot be used: better at the start than at the first document. */
  async check(): Promise<void> {
    await this.ids();
  }

  /** Has the service that wraps wrap something and open it again; fails with a sentence when it does not. A key file needs no proof. */
  async prove(): Promise<void> {
    const { provider } = this;
    if (provider === "file") return;
    const [dataKey, context] = [randomBytes(32), "key:proof"];
    const wrapped = await this.#ask(provider, (service) => service.wrap(dataKey, context));
    const { keyId, body } = unpackWrapped(wrapped);
    const opened = await this.#ask(provider, (service) => service.unwrap(keyId, body, context), keyId);
    if (!opened.equals(dataKey)) throw keysRefused(provider, "it opens something else than it has wrapped");
  }

  async ids() {
    if (this.provider === "file") return this.#fileKeys().ids();
    const current = await this.#ask(this.provider, (service) => service.current());
    return { current, next: undefined, all: [current, ...((await this.file?.ids())?.all ?? [])] };
  }

  prepare(): Promise<string> {
    return this.provider === "file"
      ? this.#fileKeys().prepare()
      : this.#ask(this.provider, (it) => it.next());
  }

  useNext(): Promise<void> {
    return this.provider === "file"
      ? this.#fileKeys().useNext()
      : this.#ask(this.provider, (it) => it.useNext());
  }

  async remove(keyId: string): Promise<void> {
    if (providerOf(keyId) !== "file")
      throw new AppError("CONFLICT", `"${keyId}" is kept by its service: disable or delete it there.`);
    const file = this.#fileKeys(keyId);
    const { current, all } = await file.ids();
    if (this.provider === "file" || keyId !== current) return file.remove(keyId);
    if (all.length > 1)
      throw new AppError("CONFLICT", "It is what keys.json would wrap with: retire its other keys first.");
    await file.removeAll();
  }

  #fileKeys(keyId?: string): FileKeyProvider {
    if (this.file) return this.file;
    const of = keyId === undefined ? "" : `, which has the key "${keyId}"`;
    throw new AppError("INTERNAL", `There is no keys.json in this data directory${of}.`);
  }

  async #ask<T>(
    provider: KeyProviderName,
    work: (service: KeyService) => Promise<T>,
    keyId?: string,
  ): Promise<T> {
    const service = this.services.get(provider);
    if (service === undefined)
      throw new AppError(
        "INTERNAL",
        `A data key is wrapped by "${keyId}", and this process is not told how to reach ${provider}.`,
      );
    if (Date.now() < (this.#restUntil.get(provider) ?? 0))
      throw keysUnavailable(provider, "it did not a moment ago");
    try {
      const answer = await work(service);
      this.#served(provider);
      if (this.#lost.delete(provider)) this.#watch(provider, null);
      return answer;
    } catch (error) {
      if (error instanceof KeyServiceError) this.#failed(provider, error.kind);
      // It has looked, and what was asked for is not sound.
      else if (error instanceof AppError) this.#served(provider);
      if (error instanceof AppError && error.code === "UNAVAILABLE") {
        this.#restUntil.set(provider, Date.now() + REST);
        if (!this.#lost.has(provider)) this.#watch(provider, error.message);
        this.#lost.add(provider);
      }
      throw error;
    }
  }

  #served(provider: KeyProviderName): void {
    const health = this.#health.get(provider);
    if (health) Object.assign(health, { up: true, lastSuccess: Date.now() });
  }

  #failed(provider: KeyProviderName, kind: KeyServiceError["kind"]): void {
    const health = this.#health.get(provider);
    if (!health) return;
    health.up = false;
    health.failures[kind]++;
  }
}
