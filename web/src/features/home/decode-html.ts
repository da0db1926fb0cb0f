/** The text of an HTML file in whatever encoding it declares; browsers save pages in many. */
export function decodeHtml(bytes: Uint8Array): string {
  const declared = declaredEncoding(bytes);
  if (declared !== null) return declared.decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Not UTF-8 and nothing declared: what old filing software writes.
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** How far the HTML standard looks for a declaration. */
const PRESCAN_BYTES = 1024;

function declaredEncoding(bytes: Uint8Array): TextDecoder | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be");
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return new TextDecoder("utf-8");
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, PRESCAN_BYTES));
  const label = /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(head)?.[1];
  if (label === undefined) return null;
  try {
    return new TextDecoder(label);
  } catch {
    return null;
  }
}

/** A title to begin with: the file's name without its ending and with its words apart. */
export function titleFromFile(name: string): string {
  return name
    .replace(/\.x?html?$/i, "")
    .replace(/[_-]+/g, " ")
    .trim();
}
