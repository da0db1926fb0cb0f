import { describe, expect, test } from "vitest";
import { htmlToFiling } from "./import-html.js";
import { toHtml } from "./to-html.js";

/** What a page becomes, written as HTML again. */
function imported(html: string): string {
  const { document } = htmlToFiling(html);
  document.check();
  return toHtml(document);
}

const link = (href: string, text: string) =>
  `<a rel="noopener noreferrer nofollow" href="${href}">${text}</a>`;
const cell = (text: string) => `<td colspan="1" rowspan="1"><p>${text}</p></td>`;
const head = (text: string) => `<th colspan="1" rowspan="1"><p>${text}</p></th>`;
const table = (...rows: string[][]) =>
  `<table><tbody>${rows.map((row) => `<tr>${row.join("")}</tr>`).join("")}</tbody></table>`;

describe("text", () => {
  test.each([
    ["paragraphs", "<p>One</p><p>Two</p>", "<p>One</p><p>Two</p>"],
    ["loose text between blocks", "a<div>b</div>c", "<p>a</p><p>b</p><p>c</p>"],
    [
      "white space as a browser shows it",
      "<p>\n  One\n <b> two</b>\t three </p>",
      "<p>One <strong>two</strong> three</p>",
    ],
    ["no spacer paragraphs", "<p>&nbsp;</p><div><br></div><p>x</p>", "<p>x</p>"],
    ["no zero-width characters", "<p>re&#8203;gis&shy;ter</p>", "<p>register</p>"],
    [
      "emphasis",
      "<b>b</b><i>i</i><u>u</u><s>s</s><sub>1</sub><sup>2</sup><code>c</code>",
      "<p><strong>b</strong><em>i</em><u>u</u><s>s</s><sub>1</sub><sup>2</sup><code>c</code></p>",
    ],
    [
      "emphasis from styles",
      '<p>x <font style="font-weight:700">a</font><span style="font: italic 9pt Arial">b</span></p>',
      "<p>x <strong>a</strong><em>b</em></p>",
    ],
    [
      "weight taken back by an inner element",
      '<p>x <b>a<span style="font-weight:normal">b</span></b></p>',
      "<p>x <strong>a</strong>b</p>",
    ],
    [
      "raised footnote marks",
      '<p>Net<font style="position:relative;bottom:4pt;font-size:6pt">(1)</font></p>',
      "<p>Net<sup>(1)</sup></p>",
    ],
    ["capitals as shown", '<p>T<font style="text-transform:lowercase">ABLE</font></p>', "<p>Table</p>"],
    [
      "alignment",
      '<div style="text-align:right">r</div><center>c</center>',
      '<p style="text-align: right">r</p><p style="text-align: center">c</p>',
    ],
    ["line breaks, and a paragraph at two of them", "a<br>b<br><br>c<br>", "<p>a<br>b</p><p>c</p>"],
    ["a gap made by a margin", 'A<font style="margin-left:30pt">B</font>', "<p>A B</p>"],
    ["entities", "<p>&lt;b&gt; &amp; &quot;</p>", "<p>&lt;b&gt; &amp; &quot;</p>"],
    ["quotations", "<blockquote>q</blockquote>", "<blockquote><p>q</p></blockquote>"],
    ["preformatted text", "<pre>\na\n  b\n</pre>", "<pre><code>a\n  b</code></pre>"],
    ["rules, once", "a<hr><hr>b", "<p>a</p><hr><p>b</p>"],
    [
      "the words for a picture",
      '<p><img src="http://x/y.png" alt="Our pipeline"></p>',
      "<p>[Our pipeline]</p>",
    ],
    ["text without tags", "One\nline\n\nTwo & more", "<p>One<br>line</p><p>Two &amp; more</p>"],
    ["badly nested tags", "<b><p>x</b>y</p>", "<p><strong>x</strong>y</p>"],
  ])("keeps %s", (_, html, expected) => {
    expect(imported(html)).toBe(expected);
  });
});

describe("headings", () => {
  const body = `<p style="font-size:10pt">${"Plain words of the body. ".repeat(20)}</p>`;
  const first = (html: string) => imported(html + body).replace(/<p>Plain.*/, "");

  test.each([
    ["tags", "<h2>Risk</h2>", "<h2>Risk</h2>"],
    [
      "large bold type",
      '<div style="font-size:16pt;font-weight:bold">Risk factors</div>',
      "<h1>Risk factors</h1>",
    ],
    [
      "bold centred capitals",
      '<p style="font-size:10pt;text-align:center"><b>RISK FACTORS</b></p>',
      '<h2 style="text-align: center">RISK FACTORS</h2>',
    ],
    ["a short bold line", '<p style="font-size:10pt"><b>Our pipeline</b> </p>', "<h3>Our pipeline</h3>"],
    [
      "a short bold italic line",
      '<p style="font-size:10pt"><b><i>Revenue</i></b></p>',
      "<h4><em>Revenue</em></h4>",
    ],
  ])("are found in %s", (_, html, expected) => {
    expect(first(html)).toBe(expected);
  });

  test.each([
    [
      "a bold sentence",
      '<p style="font-size:10pt"><b>We have lost money in every year since we began.</b></p>',
    ],
    ["a bold word in a sentence", '<p style="font-size:10pt"><b>Note</b> that this is new</p>'],
    ["bold small print", '<p style="font-size:7pt"><b>Exact name of registrant</b></p>'],
    ["a bold number", '<p style="font-size:10pt"><b>333-282241</b></p>'],
    ["a bold line on the right", '<p style="font-size:10pt;text-align:right"><b>Exhibit 99</b></p>'],
    ["a bold line where the page has heading tags", "<p><b>Our pipeline</b></p><h1>x</h1>"],
  ])("are not seen in %s", (_, html) => {
    expect(first(html)).toMatch(/^<p/);
  });
});

describe("lists", () => {
  test.each([
    [
      "lists, nested",
      "<ul><li>a<ol start=3><li>b</li></ol></li></ul>",
      '<ul><li><p>a</p><ol start="3"><li><p>b</p></li></ol></li></ul>',
    ],
    ["items outside a list", "<li>a</li><li>b</li>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"],
    ["text directly in a list", "<ul>a<li>b</li></ul>", "<p>a</p><ul><li><p>b</p></li></ul>"],
    ["headings in items", "<ul><li><h3>a</h3></li></ul>", "<ul><li><p></p><h3>a</h3></li></ul>"],
    [
      "typed bullets",
      "<p>• a</p><p>•&nbsp;&nbsp;<b>b</b></p>",
      "<ul><li><p>a</p></li><li><p><strong>b</strong></p></li></ul>",
    ],
    [
      "bullets floating beside their text",
      '<div style="float:left">&#8226;<br></div><div>a</div><div>&#8203;</div><div style="float:left">•</div><div>b</div>',
      "<ul><li><p>a</p></li><li><p>b</p></li></ul>",
    ],
    [
      "bullets in a layout table",
      "<table><tr><td>•</td><td></td><td>a</td></tr><tr><td>•</td><td></td><td>b</td></tr></table>",
      "<ul><li><p>a</p></li><li><p>b</p></li></ul>",
    ],
    [
      "bullets of two shapes",
      "<p>• a</p><p>◦ b</p><p>• c</p>",
      "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ul>",
    ],
    [
      "numbers beside their text as text",
      '<div style="float:left">(1)</div><div>Note</div>',
      "<p>(1) Note</p>",
    ],
    [
      "boxes in a layout table as text",
      "<table><tr><td>☐</td><td>Written</td></tr></table>",
      "<p>☐ Written</p>",
    ],
    ["a dash in a sentence as it is", "<p>– a</p>", "<p>– a</p>"],
  ])("keeps %s", (_, html, expected) => {
    expect(imported(html)).toBe(expected);
  });
});

describe("tables", () => {
  test.each([
    ["a table", "<table><tr><td>a</td><td>b</td></tr></table>", table([cell("a"), cell("b")])],
    [
      "header cells",
      "<table><thead><tr><td>a</td><td>b</td></tr></thead><tr><th>c</th><td></td></tr></table>",
      table([head("a"), head("b")], [head("c"), cell("")]),
    ],
    [
      "a bold first row as the head",
      "<table><tr><td></td><td><b>2024</b></td></tr><tr><td>Net</td><td>1</td></tr></table>",
      table([head(""), head("2024")], [cell("Net"), cell("1")]),
    ],
    [
      "spans",
      "<table><tr><td rowspan=2>a</td><td colspan=2>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
      '<table><tbody><tr><td colspan="1" rowspan="2"><p>a</p></td><td colspan="2" rowspan="1"><p>b</p></td></tr>' +
        `<tr>${cell("c")}${cell("d")}</tr></tbody></table>`,
    ],
    [
      "captions, before the table",
      "<table><caption>C</caption><tr><td>a</td><td>b</td></tr></table>",
      `<p>C</p>${table([cell("a"), cell("b")])}`,
    ],
    [
      "tables in cells",
      "<table><tr><td>a</td><td><table><tr><td>b</td><td>c</td></tr></table></td></tr></table>",
      `<table><tbody><tr>${cell("a")}<td colspan="1" rowspan="1">${table([cell("b"), cell("c")])}</td></tr></tbody></table>`,
    ],
    [
      "short rows, filled up",
      "<table><tr><td>a</td><td>b</td><td>c</td></tr><tr><td>d</td></tr></table>",
      table([cell("a"), cell("b"), cell("c")], [cell("d"), '<td colspan="2" rowspan="1"><p></p></td>']),
    ],
    [
      "a span into a cell from above, cut short",
      "<table><tr><td>a</td><td rowspan=2>b</td></tr><tr><td colspan=2>c</td></tr></table>",
      `<table><tbody><tr>${cell("a")}<td colspan="1" rowspan="2"><p>b</p></td></tr><tr>${cell("c")}</tr></tbody></table>`,
    ],
  ])("keeps %s", (_, html, expected) => {
    expect(imported(html)).toBe(expected);
  });

  test.each([
    [
      "empty columns and rows",
      "<table><tr><td>a</td><td>&nbsp;</td><td>b</td></tr><tr><td></td><td></td><td></td></tr><tr><td>c</td><td></td><td>d</td></tr></table>",
      table([cell("a"), cell("b")], [cell("c"), cell("d")]),
    ],
    [
      "columns for signs",
      "<table><tr><td>Cash</td><td></td><td>$</td><td>12</td><td></td></tr><tr><td>Loss</td><td></td><td>$</td><td>(3</td><td>)</td></tr><tr><td>Rate</td><td></td><td></td><td>4</td><td>%</td></tr></table>",
      table([cell("Cash"), cell("$12")], [cell("Loss"), cell("$(3)")], [cell("Rate"), cell("4%")]),
    ],
    [
      "heads that span sign columns",
      "<table><tr><td></td><td colspan=3><b>2024</b></td></tr><tr><td>Cash</td><td>$</td><td>12</td><td></td></tr></table>",
      table([head(""), head("2024")], [cell("Cash"), cell("$12")]),
    ],
    [
      "a table of one column",
      "<table><tr><td>a</td><td></td></tr><tr><td>b</td><td></td></tr></table>",
      "<p>a</p><p>b</p>",
    ],
    [
      "a table around the page",
      "<table><tr><td><h1>T</h1><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>",
      `<h1>T</h1>${table([cell("a"), cell("b")])}`,
    ],
    ["a table of nothing", "a<table><tr><td></td></tr></table>", "<p>a</p>"],
  ])("lose %s", (_, html, expected) => {
    expect(imported(html)).toBe(expected);
  });

  test("that were written as tables keep their empty rows and columns", () => {
    const html = "<table><tr><th>a</th><th></th></tr><tr><td></td><td></td></tr></table>";
    expect(imported(html)).toBe(table([head("a"), head("")], [cell(""), cell("")]));
  });
});

describe("links", () => {
  test.each([
    [
      "web addresses",
      '<a href="https://a.test/?a=1&b=2">x</a>',
      `<p>${link("https://a.test/?a=1&amp;b=2", "x")}</p>`,
    ],
    ["mail addresses", '<a href="mailto:a@b.test">x</a>', `<p>${link("mailto:a@b.test", "x")}</p>`],
    [
      "places in the page",
      '<a href="#R%201">go</a><p><a name="R 1"></a>Risk</p>',
      `<p>${link("#R-1", "go")}</p><p id="R-1">Risk</p>`,
    ],
    [
      "places with two names, under the first",
      '<a href="#b">x</a><a href="#a">y</a><p><a name="a"></a><a name="b"></a>Risk</p>',
      `<p>${link("#a", "xy")}</p><p id="a">Risk</p>`,
    ],
    [
      "places that an empty block names",
      '<a href="#a">x</a><div id="a"></div><p>Risk</p>',
      `<p>${link("#a", "x")}</p><p id="a">Risk</p>`,
    ],
  ])("keep %s", (_, html, expected) => {
    expect(imported(html)).toBe(expected);
  });

  test.each([
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "&#1;javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.test",
    "ex99.htm",
    "ftp://a.test",
    "blob:https://a.test/x",
    "https:",
    "",
  ])("to %j become plain text", (href) => {
    expect(imported(`<p><a href="${href}">x</a></p>`)).toBe("<p>x</p>");
  });
});

describe("what a reader never sees", () => {
  test.each([
    [
      "scripts, styles and frames",
      "<script>a</script><style>b</style><iframe src=x>c</iframe><noscript>d</noscript>",
    ],
    ["comments", "<!-- a --><![CDATA[b]]><?php c ?>"],
    [
      "hidden elements",
      '<p hidden>a</p><div style="display: none">b</div><span style="visibility:hidden">c</span>',
    ],
    [
      "facts that inline XBRL hides",
      "<div><ix:header><ix:hidden><ix:nonNumeric>a</ix:nonNumeric></ix:hidden></ix:header></div>",
    ],
    ["form fields", "<input value=a><select><option>b</select>"],
  ])("is dropped: %s", (_, html) => {
    expect(imported(`${html}<p>seen</p>`)).toBe("<p>seen</p>");
  });

  test("event handlers, classes and identifiers do not come along", () => {
    expect(imported('<p onclick="x()" class="y" id="root" style="position:fixed">a</p>')).toBe("<p>a</p>");
  });

  test("facts that inline XBRL shows are kept", () => {
    expect(imported('<p>Form <ix:nonNumeric name="dei:DocumentType">8-K</ix:nonNumeric></p>')).toBe(
      "<p>Form 8-K</p>",
    );
  });
});

describe("envelopes", () => {
  test("an EDGAR document is taken out of its envelope", () => {
    const html =
      "<DOCUMENT>\n<TYPE>EX-99\n<SEQUENCE>2\n<TEXT>\n<html><body><p>a</p></body></html>\n</TEXT>\n</DOCUMENT>\n";
    expect(imported(html)).toBe("<p>a</p>");
  });

  test("of a full submission the first page is taken", () => {
    const document = (text: string) => `<DOCUMENT>\n<TYPE>X\n<TEXT>\n${text}\n</TEXT>\n</DOCUMENT>\n`;
    const html = `<SEC-DOCUMENT>x.txt\n<SEC-HEADER>y</SEC-HEADER>\n${document("begin 644 a.pdf")}${document("<p>a</p>")}${document("<p>b</p>")}`;
    expect(imported(html)).toBe("<p>a</p>");
  });
});

describe("titles", () => {
  test.each([
    ["the page's own", "<title> Draft\n announcement </title><h1>x</h1>", "Draft announcement"],
    [
      "the first heading, where the page's own is a file name",
      "<title>tm24_8k.htm</title><h2>a b c</h2><h1>The Report Itself</h1>",
      "The Report Itself",
    ],
    ["none, where no heading reads like a name", "<title>Document</title><h1>6,820,000 shares</h1>", null],
    ["none, where there is neither", "<p>x</p>", null],
  ])("are %s", (_, html, expected) => {
    expect(htmlToFiling(html).title).toBe(expected);
  });
});
