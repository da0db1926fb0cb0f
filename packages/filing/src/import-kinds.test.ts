import type { Node } from "@tiptap/pm/model";
import { describe, expect, test } from "vitest";
import { htmlToFiling } from "./import-html.js";
import { toHtml } from "./to-html.js";
import { toText } from "./to-text.js";

const read = (html: string) => htmlToFiling(html).document;
const imported = (html: string) => toHtml(read(html));
const text = (html: string) => toText(read(html));

/** The cells of the first table, with what they say. */
function rowsOf(html: string): string[][] {
  let table: Node | undefined;
  read(html).descendants((node) => {
    if (node.type.name === "table") table ??= node;
  });
  return (
    table?.children.map((row) =>
      row.children.flatMap((cell) => [cell.textContent, ...Array(Number(cell.attrs.colspan) - 1).fill("←")]),
    ) ?? []
  );
}

const row = (...cells: string[]) =>
  `<tr>${cells.map((cell) => (cell.startsWith("<") ? cell : `<td>${cell}</td>`)).join("")}</tr>`;
const tableOf = (...rows: string[]) => `<table>${rows.join("")}</table>`;

describe("the marks of lists", () => {
  test.each([
    ["letters", "<ol type=a><li>x<li>y</ol>", "a. x\nb. y"],
    ["capitals", '<ol style="list-style-type:upper-latin"><li>x<li>y</ol>', "A. x\nB. y"],
    ["Roman numerals", "<ol type=I start=4><li>x<li>y</ol>", "IV. x\nV. y"],
    ["by the shorthand", '<ol style="list-style: lower-roman inside"><li>x<li>y</ol>', "i. x\nii. y"],
    ["an item's own number", "<ol><li>x<li value=5>y<li>z</ol>", "1. x\n\n5. y\n6. z"],
    ["an item's own kind", "<ol><li>x<li type=a>y</ol>", "1. x\n\nb. y"],
    ["counting down", "<ol reversed><li>x<li>y</ol>", "2. x\n\n1. y"],
    ["counting down from a number", "<ol reversed start=9><li>x<li>y</ol>", "9. x\n\n8. y"],
    ["the number of an empty item", "<ol><li>x<li><li>z</ol>", "1. x\n\n3. z"],
    [
      "no number for an item that is not shown",
      "<ol><li>x<li style='display:none'>y<li>z</ol>",
      "1. x\n2. z",
    ],
    ["a number below one", "<ol start=-1><li>x<li>y</ol>", "-1. x\n\n0. y"],
    ["leading zeros", '<ol style="list-style-type:decimal-leading-zero"><li>x</ol>', "01. x"],
    ["Chinese numbers", '<ol style="list-style-type:cjk-ideographic" start=11><li>x</ol>', "十一、 x"],
    ["Greek letters", '<ol style="list-style-type:lower-greek" start=2><li>x</ol>', "β. x"],
    ["text of its own", `<ul style="list-style-type:'– '"><li>x</ul>`, "– x"],
    ["none", '<ol style="list-style-type:none"><li>(i) x<li>(ii) y</ol>', "(i) x\n\n(ii) y"],
    ["none, by the shorthand", '<ul style="list-style:none outside"><li>(a) x</ul>', "(a) x"],
    ["none, of one item", '<ul><li>x<li style="list-style-type:none">(y)</ul>', "• x\n\n(y)"],
    ["none, where items are blocks", '<ul><li style="display:block">x</ul>', "x"],
    ["numbers in a bullet list", '<ul style="list-style-type:decimal"><li>x<li>y</ul>', "1. x\n2. y"],
    ["bullets in a numbered list", "<ol type=disc><li>x</ol>", "• x"],
    ["a list inside one without marks", '<ul style="list-style:none"><li>a<ol><li>b</ol></ul>', "a\n\n1. b"],
    ["nothing for what is indented by a list", "<ul><p>x</p></ul>", "x"],
  ])("keep %s", (_, html, expected) => {
    expect(text(html)).toBe(expected);
  });

  test("are written as a browser reads them", () => {
    expect(imported("<ol type=a start=3><li>x</ol>")).toBe('<ol start="3" type="a"><li><p>x</p></li></ol>');
  });
});

describe("cells keep their column", () => {
  const years = row("", "<td><b>2023</b>", "<td><b>2024</b>");
  test.each([
    ["hidden ones", row("Debt", '<td style="visibility:hidden">0', "78"), ["Debt", "", "78"]],
    [
      "with hidden words",
      row("Debt", '<td><span style="visibility:hidden">0</span>', "78"),
      ["Debt", "", "78"],
    ],
    [
      "shown inside hidden ones",
      row("Debt", '<td style="visibility:hidden">0<b style="visibility:visible">7</b>', "78"),
      ["Debt", "7", "78"],
    ],
  ])("%s", (_, debt, expected) => {
    expect(rowsOf(tableOf(years, row("Cash", "12", "34"), debt))[2]).toEqual(expected);
  });

  test("but not those that are not drawn", () => {
    const debt = row("Debt", '<td style="display:none">0</td>', "78", "90");
    expect(rowsOf(tableOf(years, row("Cash", "12", "34"), debt))[2]).toEqual(["Debt", "78", "90"]);
  });

  test("nor does a row that collapses stay", () => {
    expect(
      rowsOf(tableOf(years, '<tr style="visibility:collapse"><td>x<td>1<td>2', row("a", "3", "4"))),
    ).toEqual([
      ["", "2023", "2024"],
      ["a", "3", "4"],
    ]);
  });
});

describe("rows stand in the order of a browser", () => {
  test.each([
    ["a foot that comes first", "<tfoot><tr><td>T<td>3</tfoot><tbody><tr><td>a<td>1</tbody>"],
    ["a foot between", "<tbody></tbody><tfoot><tr><td>T<td>3</tfoot><tr><td>a<td>1"],
    ["by style", '<tbody style="display:table-footer-group"><tr><td>T<td>3<tbody><tr><td>a<td>1'],
  ])("%s", (_, rows) => {
    expect(rowsOf(`<table>${rows}</table>`)).toEqual([
      ["a", "1"],
      ["T", "3"],
    ]);
  });

  test("a head that comes last", () => {
    expect(rowsOf("<table><tr><td>a<td>1<thead><tr><td>H<td>I</thead></table>")).toEqual([
      ["H", "I"],
      ["a", "1"],
    ]);
  });

  test("and no cell reaches out of its group of rows", () => {
    const html = "<table><thead><tr><th rowspan=9>a<th>b</thead><tr><td>c<td>d</table>";
    expect(rowsOf(html)).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });
});

describe("a sign stays with the amount of its column", () => {
  const heads = row("", "<td colspan=2><b>Price</b>", "<td><b>Shares</b>");
  test.each([
    [
      "the $ of a blank amount",
      heads,
      row("F", "$", "", "100"),
      row("P", "$", "5", "200"),
      ["F", "$", "", "100"],
    ],
    [
      "the $ of a blank amount that has the column of amounts",
      row("", "<td><b>Price</b>", "<td><b>Shares</b>"),
      row("F", "$", "100"),
      row("P", "$5", "200"),
      ["F", "$", "100"],
    ],
    [
      "the % of a blank rate",
      row("", "<td><b>A</b>", "<td colspan=2><b>B</b>"),
      row("F", "5", "", "%"),
      row("P", "6", "7", "%"),
      ["F", "5", "", "%"],
    ],
  ])("%s", (_, head, blank, full, expected) => {
    expect(rowsOf(tableOf(head, blank, full))[1]).toEqual(expected);
  });

  test.each([
    ["( 123 )", row("Loss", "(", "123", ")"), "(123)"],
    ["$( 45 )", row("Loss", "$(", "45", ")"), "$(45)"],
    ["$ ( 45 )", row("Loss", "$", "(", "45", ")"), "$(45)"],
    ["- %", row("Growth", "", "-", "%"), "-%"],
    ["$ — over a spacer", row("Growth", "$", "", "—"), "$—"],
  ])("%s is one figure", (_, figure, expected) => {
    expect(rowsOf(tableOf(figure))[0]).toEqual([expect.any(String), expected]);
  });
});

describe("preformatted text keeps its lines and columns", () => {
  test("with a bold line", () => {
    expect(imported("<pre>\n<b>      FLOWS</b>\n         2008\nCash      120\n</pre>")).toBe(
      "<pre><code>      FLOWS\n         2008\nCash      120</code></pre>",
    );
  });

  test("with breaks", () => {
    expect(imported("<pre>a<br><br>b   c</pre>")).toBe("<pre><code>a\n\nb   c</code></pre>");
  });

  test("unless it is not shown so", () => {
    expect(imported('<pre style="white-space:normal">a\n  b</pre>')).toBe("<p>a b</p>");
  });

  const table =
    "<TABLE>\n<CAPTION>\n              2000   1999\n<S>           <C>    <C>\nCash &amp; x      1      2\n\nDebt          3      4\n</TABLE>";
  const block =
    "<pre><code>              2000   1999\nCash &amp; x      1      2\n\nDebt          3      4</code></pre>";

  test("in a filing of plain text", () => {
    const source = `<DOCUMENT>\n<TYPE>10-K\n<TEXT>\n<PAGE>\n     TITLE\n\n${table}\n\nNo dividend.\n  None.\n<PAGE>   2\nEnd.\n</TEXT>\n</DOCUMENT>`;
    expect(imported(source)).toBe(
      `<pre><code>     TITLE</code></pre>${block}<pre><code>No dividend.\n  None.</code></pre><pre><code>   2\nEnd.</code></pre>`,
    );
  });

  test("in the tables of plain text in a page", () => {
    expect(imported(`<html><body><p>a</p><pre>\n${table}\n</pre><p>b</p></body></html>`)).toBe(
      `<p>a</p>${block}<p>b</p>`,
    );
  });

  test("in text without tags", () => {
    expect(imported("Plain.\n\n       2000   1999\nCash      1      2\n")).toBe(
      "<p>Plain.</p><pre><code>       2000   1999\nCash      1      2</code></pre>",
    );
  });
});

test.each([
  [
    "boxes of a font of signs",
    '<p>Yes <font face="Wingdings">&#254;</font> No <font face=WINGDINGS>&#168;</font></p>',
    "<p>Yes ☑ No ☐</p>",
  ],
  [
    "boxes of other letters",
    `<p><span style="font-family:'Wingdings',serif">o x &#xf0fd;</span></p>`,
    "<p>☐ ☒ ☒</p>",
  ],
  ["boxes by the shorthand", '<p><span style="font:10pt Wingdings 2">R &#163;</span> R</p>', "<p>☑ ☐ R</p>"],
  ["Greek letters of a font of signs", "<p><font face=Symbol>b &#183; &#163;</font></p>", "<p>β • ≤</p>"],
  [
    "arrows and ticks",
    "<p><font face=Wingdings>&agrave; &uuml;</font> <font face=Webdings>a</font></p>",
    "<p>→ ✓ ✓</p>",
  ],
  [
    "words back in a font of words",
    '<p><font face=Wingdings>x<font face="Arial">x</font></font></p>',
    "<p>☒x</p>",
  ],
  ["signs that are signs already", "<p><font face=Wingdings>☒</font></p>", "<p>☒</p>"],
  ["quotation marks", "<p>the <q>A <q>b</q></q>", "<p>the “A ‘b’”</p>"],
  [
    "boxes that are checked, and those that are not",
    "<p><input type=checkbox checked> Yes <input type=CHECKBOX> No",
    "<p>☒ Yes ☐ No</p>",
  ],
  [
    "the name of a drawing, not its words",
    "<p>a</p><svg><title>Chart</title><text>1</text><text>2</text></svg>",
    "<p>a</p><p>[Chart]</p>",
  ],
  ["what shows itself again", '<p hidden style="display:block">a</p><p hidden>b</p>', "<p>a</p>"],
])("%s are kept", (_, html, expected) => {
  expect(imported(html)).toBe(expected);
});

describe("the lists of a word processor", () => {
  const item = (list: string, level: number, mark: string, said: string) =>
    `<p class=MsoListParagraph style='mso-list:${list} level${level} lfo1'><![if !supportLists]><span style='mso-list:Ignore'>${mark}<span>&nbsp;&nbsp; </span></span><![endif]>${said}</p>`;
  const dot = "<span style='font-family:Symbol'>·</span>";

  test.each([
    [
      "a nested bullet list",
      item("l0", 1, dot, "a") + item("l0", 2, "o", "b") + item("l0", 1, dot, "c"),
      "• a\n  • b\n• c",
    ],
    ["numbers that begin at three", item("l1", 1, "3.", "a") + item("l1", 1, "4.", "b"), "3. a\n4. b"],
    [
      "letters, and Roman numerals in them",
      item("l1", 1, "a.", "a") +
        item("l1", 2, "i.", "b") +
        item("l1", 2, "ii.", "c") +
        item("l1", 1, "b.", "d"),
      "a. a\n   i. b\n   ii. c\nb. d",
    ],
    ["a list behind another", item("l0", 1, dot, "a") + item("l1", 1, "1.", "b"), "• a\n\n1. b"],
    ["numbers that jump", item("l1", 1, "1.", "a") + item("l1", 1, "5.", "b"), "1. a\n\n5. b"],
  ])("are read: %s", (_, html, expected) => {
    expect(text(html)).toBe(expected);
  });

  test("keep marks of another form as text", () => {
    expect(text(item("l1", 1, "(a)", "x") + item("l1", 1, "1.1", "y"))).toMatch(/^\(a\)\s+x\n\n1\.1\s+y$/);
  });
});
