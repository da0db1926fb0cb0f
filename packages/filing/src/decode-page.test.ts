import { expect, test } from "vitest";
import { decodePage } from "./decode-page.js";
import { htmlToFiling } from "./import-html.js";

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)),
  );
const utf16 = (text: string, little: boolean) =>
  [...text].flatMap((letter) => {
    const code = letter.charCodeAt(0);
    return little ? [code & 255, code >> 8] : [code >> 8, code & 255];
  });
const meta = (charset: string) => `<meta http-equiv="Content-Type" content="text/html; charset=${charset}">`;

test.each([
  ["UTF-8 that nobody declared", bytes("<p>公告 – “x”"), "公告 – “x”"],
  ["a mark of UTF-8, whatever the page says", bytes([0xef, 0xbb, 0xbf], meta("big5"), "<p>公告"), "公告"],
  ["Big5", bytes(meta("big5"), "<p>", [0xa4, 0xbd, 0xa7, 0x69]), "公告"],
  ["GBK by an attribute", bytes("<meta charset=gbk><p>", [0xb9, 0xab, 0xb8, 0xe6]), "公告"],
  [
    "GB 18030 by the XML declaration",
    bytes('<?xml version="1.0" encoding="gb18030"?><p>', [0xb9, 0xab, 0xb8, 0xe6]),
    "公告",
  ],
  [
    "Shift-JIS",
    bytes('<META content="text/html; charset=Shift_JIS" HTTP-EQUIV=content-type><p>', [0x8a, 0x94]),
    "株",
  ],
  ["UTF-16 with a mark", bytes([0xff, 0xfe], utf16("<p>公告", true)), "公告"],
  ["UTF-16 the other way about", bytes([0xfe, 0xff], utf16("<p>公告", false)), "公告"],
  ["UTF-16 without a mark", bytes(utf16("<p>公告", true)), "公告"],
  ["Windows-1252 that nobody declared", bytes("<p>", [0x93], "x", [0x94]), "“x”"],
  ["Latin-1, which is Windows-1252", bytes(meta("iso-8859-1"), "<p>", [0x93], "é".slice(1)), "“"],
  ["UTF-8 that is called Latin-1", bytes(meta("iso-8859-1"), "<p>公告"), "公告"],
  ["UTF-8 that is called UTF-16", bytes(meta("utf-16"), "<p>公告"), "公告"],
  ["an old page that is called UTF-8", bytes(meta("utf-8"), "<p>", [0x93], "x", [0x94]), "“x”"],
  ["UTF-8 with one damaged letter", bytes(meta("utf-8"), "<p>公告公告公告", [0xe5]), "公告公告公告\ufffd"],
  ["an encoding that nobody knows", bytes('<meta charset="klingon"><p>é'), "é"],
  ["no declaration in a comment", bytes(`<!-- ${meta("big5")} --><p>`, [0xe9]), "é"],
  ["no declaration in another meta", bytes('<meta name=a content="charset=big5"><p>', [0xe9]), "é"],
  [
    "a declaration behind an envelope",
    bytes("<DOCUMENT>\n<TEXT>\n", "x\n".repeat(900), meta("big5"), "<p>", [0xa4, 0xbd]),
    "公",
  ],
])("reads %s", (_, source, text) => {
  expect(decodePage(source).replace(/^[\s\S]*>/, "")).toBe(text);
});

const mhtml = (encoding: string, type: string, body: string | number[]) =>
  bytes(
    'From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html"; boundary="=_x"\r\n\r\n',
    "preamble\r\n--=_x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n",
    `--=_x\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`,
    body,
    "\r\n--=_x--\r\n",
  );

test.each([
  [
    "quoted-printable",
    mhtml("quoted-printable", "text/html; charset=utf-8", '<p class=3D"a">=E5=85=AC=\r\n=E5=91=8A</p>'),
  ],
  ["base64", mhtml("base64", 'text/html; charset="big5"', "PHA+pL2naTwv\r\ncD4=")],
  ["8 bits", mhtml("8bit", "text/html", [...bytes(meta("big5"), "<p>", [0xa4, 0xbd, 0xa7, 0x69], "</p>")])],
])("reads the page out of a file with all its parts: %s", (_, source) => {
  expect(htmlToFiling(decodePage(source)).document.textContent).toBe("公告");
});

test("reads it also where the file comes as text", () => {
  const source = new TextDecoder().decode(
    mhtml("quoted-printable", "text/html; charset=utf-8", "<p>=E5=85=AC</p>"),
  );
  expect(htmlToFiling(source).document.textContent).toBe("公");
});
