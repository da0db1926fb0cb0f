import { isAsciiFiling } from "./ascii-filing.js";

const submission = /^\s*(?:-----BEGIN PRIVACY|<(?:SEC-DOCUMENT|IMS-DOCUMENT|SUBMISSION|DOCUMENT)>)/i;
/** Bytes of a picture, a PDF or an archive, written as letters. */
const encoded = /^\s*(?:<PDF>\s*)?begin \d{3} /i;
const markup = /<(?:html|body|div|p|table|font|span|h[1-6])[\s>/]/i;

/** A page out of its envelope, and the types of the documents that were beside it. */
export interface Unwrapped {
  readonly page: string;
  readonly leftOut: readonly string[];
}

/**
 * Takes the page out of the envelope in which EDGAR delivers it (`<DOCUMENT><TYPE>… <TEXT>page</TEXT></DOCUMENT>`).
 * A full submission carries several documents: the first that is a page is the filing, the rest are its exhibits.
 */
export function unwrapEdgar(source: string): Unwrapped {
  if (!submission.test(source)) return { page: source, leftOut: [] };
  const documents: { readonly type: string; readonly page: string; readonly isPage: boolean }[] = [];
  let found = false;
  let from = 0;
  for (;;) {
    const start = indexAfter(source, /<TEXT>/gi, from);
    if (start === null) break;
    const end = indexBefore(source, /<\/TEXT>/gi, start);
    const type = /<TYPE>([^\r\n<]*)/i.exec(source.slice(from, start))?.[1]?.trim() ?? "";
    // What comes behind the page is only counted.
    const page: string = found
      ? ""
      : source.slice(start, end).replace(/^\s*<(?:XBRL|XML)>|<\/(?:XBRL|XML)>\s*$/gi, "");
    const isPage: boolean = !found && (markup.test(page) || isAsciiFiling(page));
    documents.push({ type, page, isPage });
    found ||= isPage;
    from = end;
  }
  const chosen =
    documents.find(({ isPage }) => isPage) ??
    documents.find(({ page }) => !encoded.test(page)) ??
    documents[0];
  if (chosen === undefined) return { page: source, leftOut: [] };
  return { page: chosen.page, leftOut: documents.filter((one) => one !== chosen).map(({ type }) => type) };
}

function indexAfter(source: string, pattern: RegExp, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.exec(source) === null ? null : pattern.lastIndex;
}

function indexBefore(source: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(source)?.index ?? source.length;
}
