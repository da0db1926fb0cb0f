import { pageStyle } from "./page-style.js";
import { escapeHtml } from "./to-html.js";

/** What a page is made of; all but `body` is plain text. */
export interface HtmlPage {
  readonly title: string;
  /** A fragment of HTML that is already safe, such as `readContent` answers. */
  readonly body: string;
  /** The language of the text, as in `zh-HK`. */
  readonly language?: string;
  /** Lines above the text: what this copy is, which version, for whom. */
  readonly header?: readonly string[];
  /** A line below the text. */
  readonly footer?: string;
}

/** Writes a page that stands alone: it fetches nothing, runs nothing, and prints like a filing. */
export function toHtmlPage({ title, body, language = "en", header = [], footer }: HtmlPage): string {
  const lines = header.map((line) => `<p>${escapeHtml(line)}</p>`).join("");
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
${lines === "" ? "" : `<header>${lines}</header>\n`}<main>
${body}
</main>
${footer === undefined ? "" : `<footer><p>${escapeHtml(footer)}</p></footer>\n`}</body>
</html>
`;
}
