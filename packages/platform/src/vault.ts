import { type CipherKey, createCipheriv, createDecipheriv, randomBytes, randomFillSync } from "node:crypto";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "./errors.js";
import { readOrCreate } from "./kept-file.js";

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
    try {
      const text = await readOrCreate(path, () =>
        JSON.stringify({ current: "kek-1", keys: { "kek-1": randomBytes(32).toString("base64") } }, null, 2),
      );
      await chmod(path, 0o600);
      return new FileKeyProvider(parseKeys(text));
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

/** Faults are found at the start, not at the first document that cannot be opened. */
function parseKeys(text: string): KeyFile {
  const { current, keys } = JSON.parse(text) as Partial<KeyFile>;
  if (typeof current !== "string" || typeof keys !== "object" || !Object.hasOwn(keys, current))
    throw new TypeError("`current` does not name one of its keys");
  for (const [id, key] of Object.entries(keys))
    if (Buffer.from(key, "base64").length !== 32) throw new TypeError(`the key "${id}" is not 32 bytes long`);
  return { current, keys };
}
