import { describe, expect, test } from "vitest";
import { htmlToFiling } from "./import-html.js";
import { toHtml } from "./to-html.js";

const imported = (html: string) => toHtml(htmlToFiling(html).document);
const xml = '<?xml version="1.0"?>\n';
const xmlns = 'xmlns="http://www.w3.org/1999/xhtml"';

describe("a page that is XML", () => {
  test.each([
    ["an empty title", `${xml}<html ${xmlns}><head><title/></head><body><h1>A</h1><p>b</p></body></html>`],
    ["no XML declaration", `<html ${xmlns}><head><title /></head><body><h1>A</h1><p>b</p></body></html>`],
    ["nothing said at all", "<head><title/></head><body><h1>A</h1><p>b</p></body>"],
    ["an empty script and style", `${xml}<html ${xmlns}><script src="x"/><style/><h1>A</h1><p>b</p></html>`],
    ["empty emphasis and cells", `${xml}<html ${xmlns}><b/><h1>A</h1><i class='a"/>'/><p>b</p><div/></html>`],
    ["text in CDATA", `${xml}<html ${xmlns}><h1><![CDATA[A]]></h1><p>b</p></html>`],
    ["a prefix", `${xml}<x:html xmlns:x="http://www.w3.org/1999/xhtml"><x:h1>A</x:h1><x:p>b</x:p></x:html>`],
    [
      "a prefix and other names",
      `<h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns:ix="i"><h:title/><h:h1>A</h:h1><h:p><ix:n>b</ix:n></h:p></h:html>`,
    ],
    [
      "declarations in its document type",
      `${xml}<!DOCTYPE html [<!ENTITY a "x>y"> ]><html ${xmlns}><h1>A</h1><p>b</p></html>`,
    ],
    ["tags in a comment", `${xml}<!-- <title/> <p> --><html ${xmlns}><h1>A</h1><p>b</p></html>`],
  ])("is read with %s", (_, source) => {
    expect(imported(source)).toBe("<h1>A</h1><p>b</p>");
  });

  test("keeps the columns of empty cells", () => {
    const row = (...cells: string[]) => `<tr>${cells.join("")}</tr>`;
    const source = `${xml}<html ${xmlns}><table>${row("<td/>", "<td>2024</td>", "<td>2025</td>")}${row("<td>Debt</td>", "<td/>", "<td>9</td>")}</table></html>`;
    const { document } = htmlToFiling(source);
    expect(document.firstChild?.lastChild?.children.map(({ textContent }) => textContent)).toEqual([
      "Debt",
      "",
      "9",
    ]);
  });

  test("with a tag that never ends is read to there", () => {
    expect(imported(`${xml}<html ${xmlns}><p>a</p><p title="b`)).toBe("<p>a</p>");
  });
});
