import { describe, expect, test } from "vitest";
import { htmlToFiling, importHtml } from "./import-html.js";
import { toHtml } from "./to-html.js";

const page = (css: string, body: string) =>
  `<html><head><style>${css}</style></head><body>${body}</body></html>`;
const imported = (css: string, body: string) => toHtml(htmlToFiling(page(css, body)).document);
const secret = '<p>a</p><div class="note big" id="talk" title="x-1"><p>secret</p></div><p>b</p>';

describe("what a page's own style sheet hides is not in the filing", () => {
  test.each([
    ".note{display:none}",
    "#talk { visibility : hidden }",
    "DIV.note.big > p, h7 {display:none!important}",
    "body .note p{display:none}",
    "p + div{display:none}",
    "p ~ div.big{display:none}",
    "[title^=x]{display:none}",
    "div[class~='big']{display:none}",
    "div:nth-child(2){display:none}",
    "div:not(.other){display:none}",
    "@media screen{.note{display:none}}",
    "@media (min-width: 600px) and (max-width:2000px){.note{display:none}}",
    "/* .x{ */ <!-- .note{display:none} -->",
    "@import 'x.css'; @font-face{font-family:x;src:url(a)} .note{display:none}",
    "h1:hover,.note{display:none}",
    '.x:before{content:"}"} .note{display:none}',
    ".note{display:none",
    ".note{opacity:0}",
    ".note{font-size:0}",
  ])("by %s", (css) => {
    expect(imported(css, secret)).toBe("<p>a</p><p>b</p>");
  });

  test.each([
    "@media print{.note{display:none}}",
    "@media (max-width: 600px){.note{display:none}}",
    ".note{display:none} div.note{display:block}",
    ".note{display:none} #talk{display:block}",
    "#talk{display:none} div{display:block!important}",
    ".note:hover{display:none}",
    ".other .note{display:none}",
    ".note > .big{display:none}",
    "p div, div + .note{display:none}",
    "@supports (x:y){}",
    "{display:none}",
    ".note{color:none;display:}",
  ])("but it is where nothing hides it: %s", (css) => {
    expect(imported(css, secret)).toBe("<p>a</p><p>secret</p><p>b</p>");
  });

  test("a style attribute has the last word, unless the sheet is important", () => {
    const body = '<p>a</p><p class=n style="display:block">b</p>';
    expect(imported(".n{display:none}", body)).toBe("<p>a</p><p>b</p>");
    expect(imported(".n{display:none !important}", body)).toBe("<p>a</p>");
  });

  test("what the sheet shows again is shown", () => {
    expect(imported("#r{visibility:hidden} #r b{visibility:visible}", "<p id=r>a<b>b</b></p><p>c</p>")).toBe(
      "<p><strong>b</strong></p><p>c</p>",
    );
    expect(imported("p{display:block}", "<p hidden>a</p>")).toBe("<p>a</p>");
  });
});

test("a class gives text its weight, its place and its marks of lists", () => {
  const css = ".b{font-weight:bold} .c{text-align:center} ol.r{list-style:lower-roman} li.n{list-style:none}";
  expect(imported(css, "<p class=c>x <span class=b>y</span></p><ol class=r><li>z<li class=n>w</ol>")).toBe(
    '<p style="text-align: center">x <strong>y</strong></p><ol type="i"><li><p>z</p></li></ol><p>w</p>',
  );
});

test("classes are told apart by case only where the page is not of the old kind", () => {
  const hidden = '<style>.Note{display:none}</style><p class="note">a</p><p>b</p>';
  expect(toHtml(htmlToFiling(hidden).document)).toBe("<p>b</p>");
  expect(toHtml(htmlToFiling(`<!doctype html>${hidden}`).document)).toBe("<p>a</p><p>b</p>");
});

describe("a style sheet without end", () => {
  test("of sixty thousand rules is applied", () => {
    const css = Array.from({ length: 60_000 }, (_, index) => `.a${index} p{display:none}`).join("\n");
    expect(imported(css, '<div class="a59999"><p>a</p></div><p>b</p>')).toBe("<p>b</p>");
  });

  test("that asks too much is refused", () => {
    const css = Array.from({ length: 20_000 }, (_, index) => `*[a${index}]{display:none}`).join("\n");
    expect(() => importHtml(page(css, "<p>x".repeat(5000)))).toThrow(
      /style sheets of this page are too large/,
    );
  });

  test.each([
    "{".repeat(50_000),
    "a".repeat(50_000),
    '"'.repeat(50_000),
    "(".repeat(50_000),
    "@media{".repeat(50_000),
  ])("that means nothing hides nothing", (css) => {
    expect(imported(css, "<p>a</p>")).toBe("<p>a</p>");
  });
});
