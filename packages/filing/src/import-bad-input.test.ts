import { EditorState } from "@tiptap/pm/state";
import { fixTables } from "@tiptap/pm/tables";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { readContent, readFiling } from "./content.js";
import { unsafeMarkup } from "./fixtures/unsafe-markup.js";
import { ImportError } from "./import-error.js";
import { htmlToFiling, importHtml } from "./import-html.js";

const many = 100_000;
const some = 10_000;

describe("a page too strange to be read as it is", () => {
  test.each([
    ["nested divs", `${"<div>".repeat(many)}${"a</div>".repeat(some)}`, some],
    ["nested spans", `${"<span>".repeat(many)}a`, 1],
    ["nested lists", "<ul><li>a".repeat(some), some],
    ["nested quotations", "<blockquote>a".repeat(some), some],
    ["nested tables", "<table><tr><td>a".repeat(some), some],
    ["unclosed emphasis", "<b>a<i>".repeat(some), some],
    ["a paragraph of a hundred thousand lines", "a<br>".repeat(many), many],
    ["a list of ten thousand items", "<li>a".repeat(some), some],
    [
      "columns without end",
      `<table>${`<tr>${'<td colspan="1000">a</td>'.repeat(3)}</tr>`.repeat(1000)}`,
      3000,
    ],
    ["rows without end", `<table>${'<tr><td rowspan="65534" colspan="30">a</td></tr>'.repeat(3000)}`, 3000],
    [
      "one wide row over many short ones",
      `<table><tr>${"<td>a".repeat(900)}${"<tr><td>a".repeat(5000)}`,
      5900,
    ],
  ])("keeps its text: %s", (_, html, letters) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, importHtml(html).fragmentUpdate);
    const filing = readFiling(doc);
    filing.check();
    expect(filing.textContent.match(/a/g)).toHaveLength(letters);
  });

  test("whose emphasis would be copied without end is refused", () => {
    const unclosed = Array.from({ length: 3000 }, (_, index) => `<b title=${index}>`).join("");
    expect(() => importHtml(`<div>${unclosed}</div>${"<p>x</p>".repeat(3000)}`)).toThrow(/badly nested/);
  });
});

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13);

describe("what is no page", () => {
  test.each([
    ["nothing", "", /empty/],
    ["white space", " \n ", /empty/],
    ["a PDF", "%PDF-1.7\n", /PDF/],
    ["a Word file", "PK\u0003\u0004\u0014", /Word/],
    ["bytes", "\u0001\u0000\u0000\u0000", /not a text file/],
    ["tags without text", "<div></div><hr>", /shows no text/],
    ["what hides all it says", '<body style="display:none"><p>a</p>', /shows no text/],
    ["a rich-text file", "{\\rtf1\\ansi Offer}", /RTF.*web page/],
    ["a PNG", new TextDecoder("latin1").decode(png), /image \(PNG\)/],
    ["a PNG taken for UTF-8", new TextDecoder().decode(png), /image \(PNG\)/],
    ["a GIF", "GIF89a\u0001", /image \(GIF\)/],
    ["a JPEG", "ÿØÿà\u0000\u0010JFIF\u0000", /image \(JPEG\)/],
    ["an old Word file", "ÐÏ\u0011à¡±\u001aá", /Word/],
    ["other bytes", "a\u0002\ufffd".repeat(200), /not a text file/],
  ])("is refused with a sentence: %s", (_, source, sentence) => {
    expect(() => importHtml(source)).toThrow(sentence);
    expect(() => importHtml(source)).toThrow(ImportError);
    expect(() => importHtml(source)).toThrow(expect.objectContaining({ code: "BAD_USER_INPUT" }));
  });
});

test("progress only goes forward, from more than nothing to all", () => {
  const told: number[] = [];
  importHtml("<p>x</p>", { onProgress: (fraction) => told.push(fraction) });
  expect(told.at(-1)).toBe(1);
  expect(told).toEqual([...told].sort((a, b) => a - b));
});

const names = [
  "p",
  "div",
  "span",
  "b",
  "i",
  "font",
  "a",
  "table",
  "tr",
  "td",
  "th",
  "thead",
  "tbody",
  "caption",
  "ul",
  "ol",
  "li",
  "blockquote",
  "pre",
  "code",
  "h1",
  "h3",
  "br",
  "hr",
  "img",
  "sup",
  "center",
  "script",
  "style",
  "title",
  "textarea",
  "select",
  "option",
  "template",
  "svg",
  "math",
  "ix:header",
  "ix:nonnumeric",
  "form",
  "button",
  "dd",
  "frameset",
];
const attributes = [
  "",
  ' colspan="3"',
  ' rowspan="2"',
  ' rowspan="0"',
  ' colspan="-1"',
  ' style="font-weight:bold"',
  ' style="float:left"',
  ' style="text-align:center;font-size:200%"',
  ' style="display:none"',
  ' style=";:;font:;"',
  ' href="#a"',
  ' name="a"',
  ' href="javascript:alert(1)"',
  ' id="a"',
  ' start="7"',
  ' align="right"',
  ' style="white-space:pre"',
  ' alt="x"',
];
const words = [
  "a",
  "• b",
  "•",
  "(1)",
  "$",
  "12",
  ")",
  "%",
  " ",
  "&nbsp;",
  "&#0;",
  "\n",
  "<",
  "<!--",
  "-->",
  "]]>",
  "&",
  "\ud800",
  "☐",
  "Risk",
];
const piece = fc.oneof(
  fc.constantFrom(...words),
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom(...attributes))
    .map(([name, attribute]) => `<${name}${attribute}>`),
  fc.constantFrom(...names).map((name) => `</${name}>`),
  fc.string({ unit: "binary", maxLength: 5 }),
);

test("whatever the tags, the outcome is a valid filing that an editor leaves as it is, or an ImportError", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const doc = new Y.Doc();
      try {
        Y.applyUpdate(doc, importHtml(pieces.join("")).fragmentUpdate);
      } catch (error) {
        expect(error).toBeInstanceOf(ImportError);
        return;
      }
      const { document } = htmlToFiling(pieces.join(""));
      document.check();
      expect(readFiling(doc).toJSON()).toEqual(document.toJSON());
      expect(fixTables(EditorState.create({ doc: document }))).toBeUndefined();
      expect(unsafeMarkup(readContent(doc, "FILING", "HTML"))).toEqual([]);
      expect(typeof readContent(doc, "FILING", "TEXT")).toBe("string");
    }),
    { numRuns: 1000 },
  );
});
