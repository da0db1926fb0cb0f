import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, scrypt } from "node:crypto";
import { Transform } from "node:stream";
import { promisify } from "node:util";
import { AppError } from "@onrecord/core/errors";

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** The first line of a backup, in JSON: how its key is made of the passphrase. All else is sealed. */
interface Header {
  readonly onrecordBackup: 1;
  readonly scrypt: { readonly n: number; readonly r: number; readonly p: number; readonly salt: string };
  /** Whether it is the passphrase: eight bytes of an HMAC under the key, in hex. */
  readonly check: string;
}

/** 128 MiB and some 0.3 s for each guess. */
const COST = { n: 2 ** 17, r: 8, p: 1 };
const LONGEST_HEADER = 1024;
/** Bytes of each chunk before it is sealed: as much is held in memory, and no more. */
const CHUNK = 256 * 1024;
const TAG = 16;
/** In a chunk's length: nothing comes after it. Without such a chunk a backup is torn. */
const LAST = 0x80000000;

const torn = () =>
  new AppError(
    "BAD_CONFIG",
    "The backup is torn: it ends before its end. Take another, and see that it was copied whole.",
  );
const altered = () =>
  new AppError(
    "BAD_CONFIG",
    "The backup was altered or damaged: what it holds is not what was sealed. Take another.",
  );

/** Seals a stream under a passphrase: the header, then chunks of `length(4, with LAST) ‖ ciphertext ‖ tag(16)`, AES-256-GCM. */
export async function sealStream(passphrase: string): Promise<Transform> {
  const salt = randomBytes(32);
  const key = await keyOf(passphrase, salt, COST);
  const header: Header = {
    onrecordBackup: 1,
    scrypt: { ...COST, salt: salt.toString("base64") },
    check: checkOf(key),
  };
  const line = `${JSON.stringify(header)}\n`;
  const context = contextOf(line);
  let begun = false;
  let number = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const sealed = (plain: Buffer, last: boolean): Buffer => {
    const cipher = createCipheriv("aes-256-gcm", key, nonceOf(number++, last));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(plain.length + (last ? LAST : 0));
    cipher.setAAD(Buffer.concat([context, length]));
    const body = cipher.update(plain);
    cipher.final();
    return Buffer.concat([length, body, cipher.getAuthTag()]);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!begun) this.push(line);
      begun = true;
      waiting.push(chunk);
      waitingBytes += chunk.length;
      if (waitingBytes >= CHUNK) {
        const all = Buffer.concat(waiting);
        let at = 0;
        for (; all.length - at >= CHUNK; at += CHUNK) this.push(sealed(all.subarray(at, at + CHUNK), false));
        waiting = [all.subarray(at)];
        waitingBytes = all.length - at;
      }
      done();
    },
    flush(done) {
      if (!begun) this.push(line);
      this.push(sealed(Buffer.concat(waiting), true));
      done();
    },
  });
}

/** Opens what `sealStream` made. It ends in an error where the passphrase is another, a bit differs, a chunk is missing or moved, or the end is. */
export function unsealStream(passphrase: string): Transform {
  let rest: Buffer = Buffer.alloc(0);
  let opened: { key: Buffer; context: Buffer } | undefined;
  let number = 0;
  let ended = false;
  const take = async (stream: Transform): Promise<void> => {
    if (!opened) {
      const end = rest.indexOf("\n");
      if (end < 0 && rest.length > LONGEST_HEADER) throw notABackup();
      if (end < 0) return;
      const line = rest.subarray(0, end + 1).toString();
      opened = await open(line, passphrase);
      rest = rest.subarray(end + 1);
    }
    while (rest.length >= 4) {
      if (ended) throw altered();
      const head = rest.readUInt32BE(0);
      const last = head >= LAST;
      const length = last ? head - LAST : head;
      if (length > CHUNK) throw altered();
      if (rest.length < 4 + length + TAG) return;
      const decipher = createDecipheriv("aes-256-gcm", opened.key, nonceOf(number++, last), {
        authTagLength: TAG,
      });
      decipher.setAAD(Buffer.concat([opened.context, rest.subarray(0, 4)]));
      decipher.setAuthTag(rest.subarray(4 + length, 4 + length + TAG));
      const plain = decipher.update(rest.subarray(4, 4 + length));
      try {
        decipher.final();
      } catch {
        throw altered();
      }
      stream.push(plain);
      ended = last;
      rest = rest.subarray(4 + length + TAG);
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      take(this).then(() => done(), done);
    },
    flush(done) {
      if (opened === undefined && rest.length > 0) done(notABackup());
      else if (!ended) done(torn());
      else done(rest.length > 0 ? altered() : undefined);
    },
  });
}

function notABackup(): AppError {
  return new AppError("BAD_CONFIG", "This is not a backup that `onrecord backup` made.");
}

async function open(line: string, passphrase: string): Promise<{ key: Buffer; context: Buffer }> {
  const header = parse(line);
  const { salt, ...cost } = header.scrypt;
  const key = await keyOf(passphrase, Buffer.from(salt, "base64"), cost);
  if (checkOf(key) !== header.check)
    throw new AppError("BAD_CONFIG", "The backup does not open with this passphrase.");
  return { key, context: contextOf(line) };
}

function parse(line: string): Header {
  let header: Partial<Header>;
  try {
    header = JSON.parse(line) as Partial<Header>;
  } catch {
    throw notABackup();
  }
  if (header === null || typeof header !== "object" || header.onrecordBackup === undefined)
    throw notABackup();
  if (header.onrecordBackup !== 1)
    throw new AppError("BAD_CONFIG", "This backup was made by a newer Onrecord: restore it with that one.");
  const { n, r, p, salt } = header.scrypt ?? {};
  // Another cost than ours would only be a way to use up this machine.
  if (n !== COST.n || r !== COST.r || p !== COST.p || typeof salt !== "string") throw altered();
  return header as Header;
}

function keyOf(passphrase: string, salt: Buffer, { n, r, p }: typeof COST): Promise<Buffer> {
  const text = passphrase.normalize("NFC");
  return derive(text, salt, 32, { N: n, r, p, maxmem: 256 * 1024 * 1024 });
}

function checkOf(key: Buffer): string {
  return createHmac("sha256", key).update("onrecord backup").digest("hex").slice(0, 16);
}

/** Every chunk is bound to the header. */
function contextOf(line: string): Buffer {
  return createHash("sha256").update(line).digest();
}

/** A key seals one file, so that its chunks' numbers never come again under it. */
function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce[0] = last ? 1 : 0;
  nonce.writeBigUInt64BE(BigInt(number), 4);
  return nonce;
}
