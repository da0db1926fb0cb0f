import { expect, test } from "vitest";
import { Doc, XmlElement, XmlText } from "yjs";
import { plainText } from "./plain-text.js";

function element(name: string, ...children: (XmlElement | string)[]): XmlElement {
  const made = new XmlElement(name);
  made.insert(
    0,
    children.map((child) => (typeof child === "string" ? new XmlText(child) : child)),
  );
  return made;
}

test("blocks stand apart, cells beside each other, breaks within a paragraph stay", () => {
  const fragment = new Doc().getXmlFragment("default");
  const cell = (text: string) => element("tableCell", element("paragraph", text));
  fragment.insert(0, [
    element("heading", "Use of proceeds"),
    element("paragraph", "First", element("hardBreak"), "second"),
    element("paragraph"),
    element(
      "table",
      element("tableRow", cell("Net"), cell("1,837")),
      element("tableRow", cell("Gross"), cell("2,000")),
    ),
  ]);
  expect(plainText(fragment)).toBe("Use of proceeds\n\nFirst\nsecond\n\nNet\t1,837\nGross\t2,000");
});

test("an empty filing has no words", () => {
  expect(plainText(new Doc().getXmlFragment("default"))).toBe("");
});
