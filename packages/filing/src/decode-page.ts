import { isMhtml, pageOfMhtml } from "./mhtml.js";

/** How far declarations are looked for: the HTML standard asks for 1024 bytes at least, and EDGAR puts an envelope before the page. */
const prescan = 16 * 1024;

/**
 * The text of a file in the encoding that the HTML standard finds: its byte order mark, else what its `meta` or its XML declaration
 * says, else UTF-8 where it is that, else Windows-1252. A declaration that the bytes belie is not believed. Of a page that a browser
 * saved with its parts in one file (MHTML) it is the page. Never throws.
 */
export function decodePage(bytes: Uint8Array): string {
  const marked = byMark(bytes);
  if (marked !== null) return new TextDecoder(marked).decode(bytes);
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, prescan));
  if (isMhtml(head)) return pageOfMhtml(bytes, decodeAs) ?? decodeAs(bytes, null);
  return decodeAs(bytes, declaredIn(head));
}

/** Decodes a page of which somebody has said the encoding, or nobody (null); what the page says of itself counts then. */
function decodeAs(bytes: Uint8Array, said: string | null): string {
  const marked = byMark(bytes);
  if (marked !== null) return new TextDecoder(marked).decode(bytes);
  const label = said ?? declaredIn(new TextDecoder("latin1").decode(bytes.subarray(0, prescan)));
  const encoding = encodingOf(label);
  const utf8 = strictly("utf-8", bytes);
  if (encoding === null || encoding === "utf-8") return utf8 ?? damagedOrOld(bytes);
  // Text of a single-byte encoding is UTF-8 only by a declaration that nobody changed with the page.
  if (utf8 !== null && (isSingleByte(encoding) || strictly(encoding, bytes) === null)) return utf8;
  return new TextDecoder(encoding).decode(bytes);
}

/** Bytes that are called UTF-8 and are not: some that were damaged among many that are, or an old page. */
function damagedOrOld(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  const wrong = text.match(/\ufffd/g)?.length ?? 0;
  const right = text.match(/[\u0080-\ufffc]/g)?.length ?? 0;
  return right > wrong * 4 ? text : new TextDecoder("windows-1252").decode(bytes);
}

function byMark(bytes: Uint8Array): string | null {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  // Without a mark, UTF-16 shows itself by the zeros between the letters of the first tag.
  if (first === 0x3c && second === 0 && third !== 0 && bytes[3] === 0) return "utf-16le";
  if (first === 0 && second === 0x3c && third === 0 && bytes[3] !== 0) return "utf-16be";
  return null;
}

function isSingleByte(encoding: string): boolean {
  return /^(?:windows-|iso-8859|koi8|macintosh|x-mac|ibm866)/.test(encoding);
}

function strictly(encoding: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** What a page says of its encoding. */
function declaredIn(head: string): string | null {
  const open = head.replace(/<!--[\s\S]*?(?:-->|$)/g, "");
  for (const [, inside = ""] of open.matchAll(/<meta[\s/]([^>]*)/gi)) {
    const attributes = attributesIn(inside);
    const own = attributes.get("charset");
    if (own !== undefined) return own;
    const content = attributes.get("content") ?? "";
    const label = /charset\s*=\s*["']?\s*([^\s;"']+)/i.exec(content)?.[1];
    if (label !== undefined && attributes.get("http-equiv")?.toLowerCase() === "content-type") return label;
  }
  return /^\s*(?:<[^?>]*>[^<]*)*<\?xml\b[^>]*?\bencoding\s*=\s*["']\s*([^"'\s]+)/i.exec(open)?.[1] ?? null;
}

function attributesIn(source: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = "", a, b, c] of source.matchAll(
    /([^\s"'>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/g,
  )) {
    const key = name.toLowerCase();
    if (!found.has(key)) found.set(key, (a ?? b ?? c ?? "").trim());
  }
  return found;
}

/** The encoding that a label stands for, or null if none does. A page whose `meta` could be read is not UTF-16, whatever that says. */
function encodingOf(label: string | null): string | null {
  if (label === null) return null;
  try {
    const { encoding } = new TextDecoder(label);
    return encoding.startsWith("utf-16") ? "utf-8" : encoding;
  } catch {
    return label.toLowerCase() === "x-user-defined" ? "windows-1252" : null;
  }
}
