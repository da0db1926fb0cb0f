import { expect, test } from "vitest";
import { decodeHtml, titleFromFile } from "./decode-html.js";

const bytes = (...parts: (string | number[])[]) =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)),
  );

test("UTF-8 is read as it is, declared or not, with or without a byte order mark", () => {
  expect(decodeHtml(bytes("<p>招股章程 – “draft”</p>"))).toBe("<p>招股章程 – “draft”</p>");
  expect(decodeHtml(bytes([0xef, 0xbb, 0xbf], "<p>é</p>"))).toBe("<p>é</p>");
});

test("a declared encoding is used", () => {
  expect(decodeHtml(bytes('<meta charset="big5">', [0xa4, 0xa4]))).toBe('<meta charset="big5">中');
  const old = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">';
  expect(decodeHtml(bytes(old, [0xe9]))).toBe(`${old}é`);
});

test("undeclared bytes that are not UTF-8 are taken for what old software writes", () => {
  expect(decodeHtml(bytes("<p>", [0x93], "Shares", [0x94], "</p>"))).toBe("<p>“Shares”</p>");
});

test("an unknown declaration is ignored", () => {
  expect(decodeHtml(bytes('<meta charset="klingon"><p>é'))).toBe('<meta charset="klingon"><p>é');
});

test("a title from a file name", () => {
  expect(titleFromFile("camp4-424b4_prospectus.HTML")).toBe("camp4 424b4 prospectus");
});
