import { type CipherKey, createCipheriv, createDecipheriv, randomBytes, randomFillSync } from "node:crypto";
import { chmod, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "@onrecord/core/errors";
import { readOrCreate, replaceKept } from "@onrecord/core/kept-file";
import { packWrapped, unpackWrapped } from "./wrapped-key.js";

const IV = 12;
const TAG = 16;

/** Random bytes for the next IVs: asking the system for twelve at a time costs more than the sealing itself. */
const ivs = Buffer.alloc(IV * 1024);
let ivsUsed = ivs.length;

function takeIv(): Buffer {
  if (ivsUsed === ivs.length) {
    randomFillSync(ivs);
    ivsUsed = 0;
  }
  ivsUsed += IV;
  return ivs.subarray(ivsUsed - IV, ivsUsed);
}

/**
 * Seals bytes with AES-256-GCM: `iv(12) ‖ tag(16) ‖ ciphertext`.
 * `context` is authenticated but not stored: a sealed value moved to another row does not open there. Pass a `KeyObject` where a key is
 * used often: it is prepared once.
 */
export function seal(key: CipherKey, plain: Uint8Array, context: string): Buffer {
  const iv = takeIv();
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(context));
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Opens what `seal` made; throws when the key, the context or a single bit differs. */
export function unseal(key: CipherKey, sealed: Uint8Array, context: string): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV), {
    // Without it a value cut short would be judged by a tag of four bytes.
    authTagLength: TAG,
  });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(IV, IV + TAG));
  const plain = decipher.update(sealed.subarray(IV + TAG));
  decipher.final();
  return plain;
}

/**
 * Wraps and unwraps data keys; the key-encryption keys never leave it. Whatever the provider, a wrapped data key begins with the id of
 * the key that opens it: `id length(1) ‖ id ‖ …`, id in ASCII. UNAVAILABLE while a key service does not answer.
 */
export interface KeyProvider {
  /** Wraps with the key-encryption key that is current at this moment. */
  wrap(dataKey: Buffer, context: string): Promise<Buffer>;
  unwrap(wrapped: Buffer, context: string): Promise<Buffer>;
  /** Fails with a sentence when what wraps cannot be used now. */
  check?(): Promise<void>;
  /** Has what wraps wrap something and open it again, where that is somebody else's service. */
  prove?(): Promise<void>;
}

interface KeyFile {
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
  /** A key that is there and not yet used: it becomes current with the next rotation. */
  readonly next?: string;
}

/**
 * Key-encryption keys in `<dataDir>/keys.json` (mode 0600), made at the first start. A process reads the file again before it wraps
 * and when it meets a key that it does not know, so keys change under running processes.
 */
export class FileKeyProvider implements KeyProvider {
  readonly provider = "file";
  #file: KeyFile;

  private constructor(
    private readonly path: string,
    file: KeyFile,
  ) {
    this.#file = file;
  }

  static async open(dataDir: string): Promise<FileKeyProvider> {
    const path = join(dataDir, "keys.json");
    return readingKeys(path, async () => {
      const id = newKeyId();
      const file = { current: id, keys: { [id]: newKey() } };
      const text = await readOrCreate(path, () => JSON.stringify(file, null, 2));
      await chmod(path, 0o600);
      return new FileKeyProvider(path, parseKeys(text));
    });
  }

  /** The keys of a data directory that has some; none are made. */
  static async openKept(dataDir: string): Promise<FileKeyProvider | undefined> {
    const path = join(dataDir, "keys.json");
    return readingKeys(path, async () => {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
        return undefined;
      });
      return text === undefined ? undefined : new FileKeyProvider(path, parseKeys(text));
    });
  }

  async wrap(dataKey: Buffer, context: string): Promise<Buffer> {
    // With a key that has been retired meanwhile, nobody could open it any more.
    await this.#read();
    const { current } = this.#file;
    return packWrapped(current, seal(await this.#key(current), dataKey, context));
  }

  async unwrap(wrapped: Buffer, context: string): Promise<Buffer> {
    const { keyId: id, body } = unpackWrapped(wrapped);
    const key = await this.#key(id);
    try {
      return unseal(key, body, context);
    } catch (cause) {
      throw new AppError(
        "INTERNAL",
        `A data key does not open with the key-encryption key "${id}": it was altered or moved, or the key file has another key of that name.`,
        { cause },
      );
    }
  }

  /** The ids of all keys, and of the one that wraps now; `next` is prepared and not yet used. */
  async ids(): Promise<{ current: string; next: string | undefined; all: readonly string[] }> {
    const { current, next, keys } = await this.#read();
    return { current, next, all: Object.keys(keys) };
  }

  /** Makes the key of the next rotation, which nothing uses yet, and returns its id; one that is prepared already stays. */
  async prepare(): Promise<string> {
    const file = await this.#read();
    if (file.next !== undefined) return file.next;
    const next = newKeyId();
    await this.#write({ ...file, next, keys: { ...file.keys, [next]: newKey() } });
    return next;
  }

  /** Wraps with the prepared key from now on. */
  async useNext(): Promise<void> {
    const { next, keys } = await this.#read();
    if (next === undefined) throw new AppError("CONFLICT", "No key is prepared: prepare one first.");
    await this.#write({ current: next, keys });
  }

  /** Forgets a key: what is wrapped with it can never be opened again. */
  async remove(id: string): Promise<void> {
    const file = await this.#read();
    const { [id]: _, ...keys } = file.keys;
    await this.#write({ ...file, keys });
  }

  /** Forgets all of them, and the file. */
  async removeAll(): Promise<void> {
    await unlink(this.path);
  }

  async #key(id: string): Promise<Buffer> {
    if (!Object.hasOwn(this.#file.keys, id)) await this.#read();
    const key = this.#file.keys[id];
    if (key === undefined)
      throw new AppError("INTERNAL", `The key-encryption key "${id}" is not in the key file.`);
    return Buffer.from(key, "base64");
  }

  async #read(): Promise<KeyFile> {
    this.#file = await readingKeys(this.path, async () => parseKeys(await readFile(this.path, "utf8")));
    return this.#file;
  }

  async #write(file: KeyFile): Promise<void> {
    const text = JSON.stringify(file, null, 2);
    // What could not be read again must never stand there.
    this.#file = parseKeys(text);
    await replaceKept(this.path, text);
  }
}

/** The day tells people how old a key is; chance, that two machines never give one name to two keys. */
function newKeyId(): string {
  return `kek-${new Date().toISOString().slice(0, 10)}-${randomBytes(4).toString("hex")}`;
}

function newKey(): string {
  return randomBytes(32).toString("base64");
}

async function readingKeys<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { message } = cause as Error;
    throw new AppError("BAD_CONFIG", `Cannot read or create the key file ${path}: ${message}.`, { cause });
  }
}

/** Faults are found at the start, not at the first document that cannot be opened. */
function parseKeys(text: string): KeyFile {
  const { current, next, keys } = JSON.parse(text) as Partial<KeyFile>;
  if (typeof current !== "string" || typeof keys !== "object" || !Object.hasOwn(keys, current))
    throw new TypeError("`current` does not name one of its keys");
  if (next !== undefined && !Object.hasOwn(keys, next))
    throw new TypeError("`next` does not name one of its keys");
  for (const [id, key] of Object.entries(keys))
    if (Buffer.from(key, "base64").length !== 32) throw new TypeError(`the key "${id}" is not 32 bytes long`);
  return next === undefined ? { current, keys } : { current, keys, next };
}
