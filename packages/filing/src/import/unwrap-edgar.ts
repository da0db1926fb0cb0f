import { isAsciiFiling } from "./ascii-filing.js";

const submission = /^\s*(?:-----BEGIN PRIVACY|<(?:SEC-DOCUMENT|IMS-DOCUMENT|SUBMISSION|DOCUMENT)>)/i;
/** Bytes of a picture, a PDF or an archive, written as letters. */
const encoded = /^\s*(?:<PDF>\s*)?begin \d{3} /i;
const markup = /<(?:html|body|div|p|table|font|span|h[1-6])[\s>/]/i;

/**
 * Takes the page out of the envelope in which EDGAR delivers it (`<DOCUMENT><TYPE>… <TEXT>page</TEXT></DOCUMENT>`).
 * A full submission carries several documents: the first that is a page is the filing, the rest are its exhibits.
 */
export function unwrapEdgar(source: string): string {
  if (!submission.test(source)) return source;
  let first: string | null = null;
  let from = 0;
  for (;;) {
    const start = indexAfter(source, /<TEXT>/gi, from);
    if (start === null) break;
    const end = indexBefore(source, /<\/TEXT>/gi, start);
    const page = source.slice(start, end).replace(/^\s*<(?:XBRL|XML)>|<\/(?:XBRL|XML)>\s*$/gi, "");
    if (markup.test(page) || isAsciiFiling(page)) return page;
    if (!encoded.test(page)) first ??= page;
    from = end;
  }
  return first ?? source;
}

function indexAfter(source: string, pattern: RegExp, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.exec(source) === null ? null : pattern.lastIndex;
}

function indexBefore(source: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(source)?.index ?? source.length;
}
