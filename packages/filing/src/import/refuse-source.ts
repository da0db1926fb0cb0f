import { ImportError } from "../import-error.js";

const asPage = "save the filing as a web page (HTML) first.";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u0008\u000e-\u001f]/g;

/**
 * What begins a file of another kind, with a dot in the middle (·) for every control character, and what such a file is. Bytes have been
 * taken for letters of some encoding.
 */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/^[^<]{0,1024}%PDF-\d/, `This is a PDF; ${asPage}`],
  [/^PK··/, `This is a Word, Excel or ZIP file; ${asPage}`],
  [
    /^\s*\{\\(?:rtf|\*)/,
    "This is a rich-text file (RTF); open it in a word processor, save it as a web page (HTML, filtered), and import that.",
  ],
  [/^.?PNG\r?\n·/s, `This is an image (PNG); ${asPage}`],
  [/^GIF8[79]a/, `This is an image (GIF); ${asPage}`],
  [/^.{1,6}(?:JFIF|Exif)·/s, `This is an image (JPEG); ${asPage}`],
  [/^RIFF[\s\S]{4,8}WEBP/, `This is an image (WebP); ${asPage}`],
  [/^(?:II\*·|MM·\*)/, `This is an image (TIFF); ${asPage}`],
  [/^(?:ÐÏ·à|\ufffd{2}·\ufffd+·)/, `This is a Word or Excel file; ${asPage}`],
  [/^·[‹\u008b\ufffd]·/, "This is a compressed file; unpack it first."],
  [/^(?:7z\S{2,5}'·|Rar!)/, "This is an archive; unpack it first."],
];

/**
 * Refuses what cannot be a page.
 * @throws ImportError with what it is and what to do
 */
export function refuseSource(source: string, longest: number): void {
  if (source.trim() === "") throw new ImportError("The file is empty: there is nothing to import.");
  if (source.length > longest) {
    throw new ImportError(
      `The file is larger than ${longest / 1024 / 1024} MB; split it and import the parts.`,
    );
  }
  const head = source.slice(0, 4096).replace(/^\ufeff/, "");
  const shown = head.replace(control, "·");
  const kind = kinds.find(([pattern]) => pattern.test(shown));
  if (kind !== undefined) throw new ImportError(kind[1]);
  if (head.includes("\u0000\u0000") || isBinary(head))
    throw new ImportError(`This is not a text file; ${asPage}`);
}

/** A text may have a stray control character; bytes of anything else have them everywhere. */
function isBinary(head: string): boolean {
  const strange = (head.match(control)?.length ?? 0) + (head.match(/\ufffd/g)?.length ?? 0);
  return strange > 16 && strange > head.length / 10;
}
