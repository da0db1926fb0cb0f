/** Decodes the bytes of a page whose encoding somebody has said, or nobody (null). */
type Decode = (bytes: Uint8Array, said: string | null) => string;

interface Part {
  readonly headers: string;
  readonly body: string;
}

/** Answers whether a file is a page that a browser or a word processor saved with its parts in one file. */
export function isMhtml(head: string): boolean {
  const headers = head.trimStart().split(/\r?\n\r?\n/, 1)[0] ?? "";
  return (
    /^[\w-]+:/.test(headers) &&
    /^content-type:\s*(?:multipart\/(?:related|alternative|mixed)|text\/html)/im.test(headers) &&
    /^(?:mime-version|content-transfer-encoding|content-location|snapshot-content-location):/im.test(headers)
  );
}

/** The first page in such a file, or null if it holds none. */
export function pageOfMhtml(bytes: Uint8Array, decode: Decode): string | null {
  // One character a byte, so that parts of other encodings keep theirs.
  const whole = latin1(bytes).trimStart();
  const page = pageIn(partOf(whole), 0);
  if (page === null) return null;
  const said = /charset\s*=\s*"?([\w.:-]+)/i.exec(headerOf(page.headers, "content-type"))?.[1] ?? null;
  return decode(bodyOf(page), said);
}

function pageIn(part: Part, depth: number): Part | null {
  const type = headerOf(part.headers, "content-type");
  if (/^\s*(?:text\/html|application\/xhtml)/i.test(type)) return part;
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined || depth > 4) return null;
  for (const inner of part.body.split(`--${name}`).slice(1)) {
    const found = pageIn(partOf(inner.replace(/^[ \t]*\r?\n/, "")), depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function partOf(source: string): Part {
  const gap = /\r?\n\r?\n/.exec(source);
  if (gap === null) return { headers: source, body: "" };
  return { headers: source.slice(0, gap.index), body: source.slice(gap.index + gap[0].length) };
}

function headerOf(headers: string, name: string): string {
  const unfolded = headers.replace(/\r?\n[ \t]+/g, " ");
  return new RegExp(`^${name}:(.*)$`, "im").exec(unfolded)?.[1]?.trim() ?? "";
}

function bodyOf({ headers, body }: Part): Uint8Array {
  switch (headerOf(headers, "content-transfer-encoding").toLowerCase()) {
    case "base64":
      return fromBase64(body);
    case "quoted-printable":
      return toBytes(
        body
          .replace(/[ \t]*=[ \t]*\r?\n/g, "")
          .replace(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
      );
    default:
      return toBytes(body);
  }
}

function fromBase64(body: string): Uint8Array {
  const letters = body.replace(/[^A-Za-z0-9+/]/g, "");
  return toBytes(atob(letters.slice(0, letters.length - (letters.length % 4 === 1 ? 1 : 0))));
}

/** `latin1` of a text decoder is Windows-1252, which is another thing. */
function latin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192)
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return pieces.join("");
}

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}
