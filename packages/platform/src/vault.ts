import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "./errors.js";

const IV = 12;
const TAG = 16;

/**
 * Seals bytes with AES-256-GCM: `iv(12) ‖ tag(16) ‖ ciphertext`.
 * `context` is authenticated but not stored: a sealed value moved to another row does not open there.
 */
export function seal(key: Buffer, plain: Uint8Array, context: string): Buffer {
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(context));
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Opens what `seal` made; throws when the key, the context or a single bit differs. */
export function unseal(key: Buffer, sealed: Uint8Array, context: string): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV));
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(IV, IV + TAG));
  const plain = decipher.update(sealed.subarray(IV + TAG));
  decipher.final();
  return plain;
}

/** Wraps and unwraps data keys; the key-encryption keys never leave it. A KMS is another class of this shape. */
export interface KeyProvider {
  /** Wraps with the current key-encryption key; the wrapped form names the key that was used. */
  wrap(dataKey: Buffer, context: string): Promise<Buffer>;
  unwrap(wrapped: Buffer, context: string): Promise<Buffer>;
}

interface KeyFile {
  current: string;
  keys: Record<string, string>;
}

/**
 * Key-encryption keys in `<dataDir>/keys.json` (mode 0600), made at the first start.
 * A wrapped key is `id length(1) ‖ id ‖ sealed data key`. Add a key and change `current` to rotate: old wraps still open.
 */
export class FileKeyProvider implements KeyProvider {
  readonly #file: KeyFile;

  private constructor(file: KeyFile) {
    this.#file = file;
  }

  static async open(dataDir: string): Promise<FileKeyProvider> {
    const path = join(dataDir, "keys.json");
    await mkdir(dataDir, { recursive: true });
    const fresh: KeyFile = { current: "kek-1", keys: { "kek-1": randomBytes(32).toString("base64") } };
    const draft = `${path}.${process.pid}`;
    try {
      await writeFile(draft, JSON.stringify(fresh, null, 2), { mode: 0o600, flush: true });
      // link() never replaces: of two processes that start at once, one key file wins and both read it.
      await link(draft, path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      });
      await unlink(draft);
      await chmod(path, 0o600);
      return new FileKeyProvider(JSON.parse(await readFile(path, "utf8")) as KeyFile);
    } catch (cause) {
      throw new AppError(
        "BAD_CONFIG",
        `Cannot read or create the key file ${path}: ${(cause as Error).message}.`,
        { cause },
      );
    }
  }

  async wrap(dataKey: Buffer, context: string): Promise<Buffer> {
    const id = Buffer.from(this.#file.current);
    return Buffer.concat([
      Buffer.from([id.length]),
      id,
      seal(this.#key(this.#file.current), dataKey, context),
    ]);
  }

  async unwrap(wrapped: Buffer, context: string): Promise<Buffer> {
    const length = wrapped[0] ?? 0;
    const id = wrapped.subarray(1, 1 + length).toString();
    return unseal(this.#key(id), wrapped.subarray(1 + length), context);
  }

  #key(id: string): Buffer {
    const key = this.#file.keys[id];
    if (key === undefined)
      throw new AppError("INTERNAL", `The key-encryption key "${id}" is not in the key file.`);
    return Buffer.from(key, "base64");
  }
}
