import { expect, test } from "vitest";
import { importHtml } from "./import-html.js";

const losses = (html: string) => importHtml(html).losses;
const loss = (kind: string, what: string, more: object = {}) => ({
  kind,
  what,
  count: 1,
  place: 1,
  before: "Before.",
  ...more,
});

test.each([
  ["a picture", '<img src="a.jpg">', loss("picture", "a.jpg")],
  ["a picture that the page carries", '<img src="data:image/png;base64,AA">', loss("picture", "")],
  ["pictures", "<img src=a.jpg><img src=b.jpg>", loss("picture", "a.jpg", { count: 2 })],
  ["a drawing", "<svg aria-label=Chart><text>1</text></svg>", loss("drawing", "Chart")],
  ["a frame", '<iframe src="x.htm"></iframe>', loss("embedded", "x.htm")],
  ["a film", "<video></video>", loss("embedded", "video")],
  ["a field", "<input value=12>", loss("field", "12")],
  ["a choice", "<select name=n><option>x</select>", loss("field", "n")],
  ["hidden text", '<p style="display:none">Secret <b>talk</b></p>', loss("hidden text", "Secret talk")],
  ["text that is not seen", '<p style="visibility:hidden">Secret</p>', loss("hidden text", "Secret")],
  ["a link to another file", '<a href="ex99.htm">Exhibit</a>', loss("link", "ex99.htm")],
  [
    "facts",
    "<ix:nonFraction name=a>1</ix:nonFraction> <ix:nonNumeric>2</ix:nonNumeric>",
    loss("fact", "a", { count: 2 }),
  ],
  ["damaged letters", "<p>a\ufffd\ufffd</p>", loss("damaged letters", "", { count: 2 })],
  [
    "emphasis in preformatted text",
    "<pre><b>a</b>\nb</pre>",
    loss("emphasis", "a b", { place: 2, before: "Before.a b" }),
  ],
])("an import tells of %s", (_, html, expected) => {
  expect(losses(`<p>Before.</p>${html}<p>After.</p>`)).toEqual([expected]);
});

test("an import tells of the documents beside the page", () => {
  const document = (type: string, page: string) =>
    `<DOCUMENT>\n<TYPE>${type}\n<TEXT>\n${page}\n</TEXT>\n</DOCUMENT>\n`;
  const source = `<SEC-DOCUMENT>x\n${document("8-K", "<p>Report.</p>")}${document("EX-99.1", "<p>b</p>")}${document("GRAPHIC", "begin 644 a.jpg")}</SEC-DOCUMENT>`;
  expect(losses(source)).toEqual([loss("exhibit", "EX-99.1", { count: 2, before: "Report." })]);
});

test.each([
  [
    "a page",
    "<h1>a</h1><p>b <a href='#c'>c</a></p><p id=c>d</p><table><tr><td>1<td>2</table><script>x</script>",
  ],
  ["boxes", "<p><input type=checkbox> a</p>"],
  ["a picture that makes room", "<p>a<img src=x.gif width=1 height=1></p>"],
  [
    "what inline XBRL keeps for programs",
    "<div style='display:none'><ix:header><ix:hidden>x</ix:hidden></ix:header></div><p>a</p>",
  ],
  ["plain text", "a\n\nb"],
])("nothing is lost of %s", (_, html) => {
  expect(losses(html)).toEqual([]);
});

test("however much is lost, the report ends", () => {
  const told = losses("<p>a</p><img src=x>".repeat(3000));
  expect(told).toHaveLength(1000);
  expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(3000);
});
