import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodePage } from "./decode-page.js";
import { htmlToFiling } from "./import-html.js";
import { toText } from "./to-text.js";

// They lie beside the repository, not in it; each kind has tests of its own here as well.
const folder = new URL("../../../../shared/data/import-cases/", import.meta.url);
const isThere = existsSync(folder);
if (!isThere)
  console.warn("the import cases are not beside the repository (../shared/data/import-cases): not tested");

const cases: readonly (readonly [file: string, ...expected: RegExp[]])[] = [
  ["01-ascii-filing.txt", /^Cash {26}\$ {3}1,204 {3}\$ {5}998$/m, /^Receivables {23}3,310 {7}2,875$/m],
  ["02-pre-ascii-bold.html", /^ {26}2008 {6}2007\nOperating activities {7}120 {8}98$/m],
  ["03-ol-type.html", /a\. first term\nb\. second/, /I\. Part one\nII\. Part two/, /iv\. fourth\nv\. fifth/],
  [
    "05-list-style-none.html",
    /^\(i\) the Issuer has paid\n\n\(ii\) the Guarantor has paid\n\n\(a\) no event of default$/,
  ],
  [
    "06-word-lists.html",
    /^• Review the prospectus\n {2}• Risk factors\n• Sign the form\n\n3\. Third step\n4\. Fourth step$/,
  ],
  ["07-stylesheet-hidden.html", /^Shown\.\n\nEnd\.$/],
  ["09-visibility-cell.html", /^Debt\t\t78\t90$/m],
  ["10-tfoot-first.html", /Debt\t20\nTotal\t30$/],
  ["11-xhtml-title.xhtml", /^Annual report\n\nRevenue was 5\.$/],
  ["14-xhtml-prefix.xhtml", /^Report\n\nOne\n\nTwo\n\nCash\t12\nDebt\t9$/],
  ["15-wingdings.html", /Yes ☑ No ☐\n\nShell company: Yes ☐ No ☒\n\nBeta β$/],
  ["17-big5.html", /公告.*香港聯合交易所/],
  ["17b-gbk-xmldecl.xhtml", /公告/],
  ["21-parens-own-cells.html", /^Loss\t\(123\)\nPer share\t\$\(45\)\nGrowth\t-%$/],
  ["22-blank-dollar.html", /^Founders\t\$\t\t100$/m],
  ["25-q-quotes.html", /^the “Company” and x$/],
  ["30-svg-chart.html", /^Revenue by year\n\n\[Chart\]\n\nAfter\.$/],
  ["41-paste-hidden.html", /^Shown\n\nEnd$/],
];

describe.skipIf(!isThere)("the import cases come in as they should", () => {
  test.each(cases)("%s", (file, ...expected) => {
    const text = toText(htmlToFiling(decodePage(readFileSync(new URL(file, folder)))).document);
    for (const pattern of expected) expect(text).toMatch(pattern);
  });
});
