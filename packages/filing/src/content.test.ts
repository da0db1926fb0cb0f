import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { type ContentFormat, type DocumentKind, readContent } from "./content.js";
import { unsafeMarkup } from "./fixtures/unsafe-markup.js";
import { importHtml } from "./import-html.js";
import { filingSchema } from "./schema.js";

const kinds: readonly DocumentKind[] = ["FILING", "TEXT"];
const formats: readonly ContentFormat[] = ["TEXT", "HTML", "JSON"];

function opened(html: string): Y.Doc {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, importHtml(html).fragmentUpdate);
  return doc;
}

function element(
  name: string,
  attributes: Record<string, unknown>,
  ...children: (Y.XmlElement | Y.XmlText)[]
) {
  const made = new Y.XmlElement<Record<string, string>>(name);
  // A client may set any value; the type allows strings only.
  for (const [key, value] of Object.entries(attributes)) Reflect.apply(made.setAttribute, made, [key, value]);
  made.insert(0, children);
  return made;
}

function text(words: string, attributes: Record<string, unknown> = {}): Y.XmlText {
  const made = new Y.XmlText();
  made.insert(0, words, attributes);
  return made;
}

function lexicalBlock(type: string, words: string): Y.XmlText {
  const made = new Y.XmlText();
  made.setAttribute("__type", type);
  made.insertEmbed(0, new Y.Map([["__type", "text"]]));
  made.insert(1, words);
  return made;
}

function filingOf(...children: (Y.XmlElement | Y.XmlText)[]): Y.Doc {
  const doc = new Y.Doc();
  doc.getXmlFragment("default").insert(0, children);
  return doc;
}

describe("a filing as text", () => {
  test.each([
    ["a blank line between blocks", "<h1>A</h1><p>b<br>c</p><hr><p>d</p>", "A\n\nb\nc\n\n---\n\nd"],
    [
      "bullets and numbers",
      "<ul><li>a<ul><li>b</li></ul></li></ul><ol start=9><li>c</li><li>d</li></ol>",
      "• a\n  • b\n\n9. c\n10. d",
    ],
    [
      "tabs between cells",
      "<table><tr><th>a</th><th>b</th></tr><tr><td>c<p>d</td><td>e</td></tr></table>",
      "a\tb\nc d\te",
    ],
    [
      "tabs for spanned columns",
      "<table><tr><td colspan=2>a</td><td>b</td></tr><tr><td>c</td><td>d</td><td>e</td></tr></table>",
      "a\t\tb\nc\td\te",
    ],
    ["quotations", "<blockquote><p>a</p><p>b</p></blockquote>", "> a\n> \n> b"],
    ["code", "<pre>a\n  b</pre>", "a\n  b"],
  ])("has %s", (_, html, expected) => {
    expect(readContent(opened(html), "FILING", "TEXT")).toBe(expected);
  });

  test("counts as the list says", () => {
    const item = (word: string) => element("listItem", {}, element("paragraph", {}, text(word)));
    const list = (type: string, start: number) =>
      element("orderedList", { type, start }, item("x"), item("y"));
    const doc = filingOf(list("a", 26), list("I", 3), list("i", 8), list("A", 0));
    expect(readContent(doc, "FILING", "TEXT")).toBe(
      "z. x\naa. y\n\nIII. x\nIV. y\n\nviii. x\nix. y\n\n0. x\nA. y",
    );
  });

  test("is empty where nothing was written", () => {
    expect(readContent(new Y.Doc(), "FILING", "TEXT")).toBe("");
    expect(readContent(new Y.Doc(), "FILING", "HTML")).toBe("<p></p>");
    expect(readContent(new Y.Doc(), "TEXT", "TEXT")).toBe("");
  });
});

describe("a text document", () => {
  const doc = new Y.Doc();
  doc.getText("content").insert(0, '\na <b> & "c"');

  test.each<[ContentFormat, string]>([
    ["TEXT", '\na <b> & "c"'],
    ["HTML", "<pre>\n\na &lt;b&gt; &amp; &quot;c&quot;</pre>"],
    ["JSON", '{"text":"\\na <b> & \\"c\\""}'],
  ])("is written as %s", (format, expected) => {
    expect(readContent(doc, "TEXT", format)).toBe(expected);
  });
});

describe("what a foreign client wrote", () => {
  test.each([
    [
      "unknown elements become their content",
      [element("marquee", {}, element("paragraph", {}, text("a")), text("b"))],
      "<p>a</p><p>b</p>",
    ],
    [
      "loose text becomes one paragraph",
      [text("a"), text("b", { bold: true })],
      "<p>a<strong>b</strong></p>",
    ],
    [
      "the blocks of Lexical stay apart",
      [lexicalBlock("paragraph", "a"), lexicalBlock("paragraph", "b"), lexicalBlock("callout", "c")],
      "<p>a</p><p>b</p><p>c</p>",
    ],
    [
      "items and cells out of place get their list and table",
      [element("listItem", {}, text("a")), element("tableCell", {}, text("b"))],
      '<ul><li><p>a</p></li></ul><table><tbody><tr><td colspan="1" rowspan="1"><p>b</p></td></tr></tbody></table>',
    ],
    [
      "blocks in a paragraph become its words",
      [element("paragraph", {}, element("paragraph", {}, text("a")), element("heading", {}, text("b")))],
      "<p>a b</p>",
    ],
    [
      "unknown marks are dropped",
      [element("paragraph", {}, text("a", { blink: true, bold: {}, __proto__x: 1 }))],
      "<p><strong>a</strong></p>",
    ],
    [
      "unsafe links are dropped",
      [element("paragraph", {}, text("a", { link: { href: "javascript:alert(1)" } }))],
      "<p>a</p>",
    ],
    [
      "a link's class and target are not the writer's",
      [
        element(
          "paragraph",
          {},
          text("a", { link: { href: "https://a.test/", class: "x", target: "_top", onclick: "x" } }),
        ),
      ],
      '<p><a rel="noopener noreferrer nofollow" href="https://a.test/">a</a></p>',
    ],
    [
      "marks of a client that numbers them are read",
      [element("paragraph", {}, text("a", { "bold--AbCd+/12": {} }))],
      "<p><strong>a</strong></p>",
    ],
    [
      "absurd attributes give way to the defaults",
      [
        element("heading", { level: 99, textAlign: "x;color:red", anchor: '"><script>' }, text("a")),
        element("heading", { level: "2", onclick: "x", textAlign: { toString: 1 } }, text("b")),
      ],
      "<h1>a</h1><h2>b</h2>",
    ],
    [
      "text is escaped",
      [element("paragraph", {}, text("<script>&\u0000\u001b"))],
      "<p>&lt;script&gt;&amp;</p>",
    ],
    [
      "code keeps text only",
      [
        element(
          "codeBlock",
          { language: 'x" onload="y' },
          text("a", { bold: true }),
          element("hardBreak", {}),
          text("b"),
        ),
      ],
      "<pre><code>a\nb</code></pre>",
    ],
    [
      "elements named after parts of a machine are unknown",
      [element("constructor", {}, text("a")), element("__proto__", {}, text("b"))],
      "<p>ab</p>",
    ],
  ])("is read: %s", (_, children, expected) => {
    expect(readContent(filingOf(...children), "FILING", "HTML")).toBe(expected);
  });

  test("nested a hundred thousand deep is read to the last word", () => {
    const doc = new Y.Doc();
    let parent: Y.XmlFragment = doc.getXmlFragment("default");
    doc.transact(() => {
      for (let depth = 0; depth < 100_000; depth += 1) {
        const inner = new Y.XmlElement("blockquote");
        parent.insert(0, [inner]);
        parent = inner;
      }
      parent.insert(0, [new Y.XmlText("deep")]);
    });
    for (const format of formats) expect(readContent(doc, "FILING", format)).toContain("deep");
  });

  test("values, binaries, documents and other types among the children do no harm", () => {
    const doc = new Y.Doc();
    const fragment = doc.getXmlFragment("default");
    fragment.insert(0, [element("paragraph", {}, text("a"))]);
    const odd: unknown[] = [
      "b",
      1,
      null,
      { c: 1 },
      new Uint8Array(2),
      new Y.Doc(),
      new Y.Map(),
      new Y.Array(),
      new Y.Text("d"),
      new Y.XmlHook("e"),
    ];
    // Only a client that forges updates can put these under a fragment: an array's insertion does the same here.
    const insertAny = Y.Array.prototype.insert;
    Reflect.apply(insertAny, fragment, [1, odd]);
    const paragraph = fragment.get(0);
    if (paragraph instanceof Y.XmlElement)
      Reflect.apply(insertAny, paragraph, [
        1,
        odd.filter((value) => !(value instanceof Y.AbstractType) && !(value instanceof Y.Doc)),
      ]);
    const embedded = new Y.XmlText();
    fragment.insert(0, [embedded]);
    embedded.insertEmbed(0, { image: "x" });
    embedded.insertEmbed(1, element("paragraph", {}, text("f")));
    for (const format of formats) expect(readContent(doc, "FILING", format)).toMatch(/f.*a.*b.*d/s);
  });

  test.each(["getText", "getMap", "getArray"] as const)(
    "under the right name but as %s does no harm",
    (get) => {
      for (const kind of kinds) {
        const doc = new Y.Doc();
        doc[get](kind === "FILING" ? "default" : "content");
        for (const format of formats) expect(typeof readContent(doc, kind, format)).toBe("string");
      }
    },
  );
});

const names = [
  ...Object.keys(filingSchema.nodes),
  "text",
  "marquee",
  "image",
  "constructor",
  "UNDEFINED",
  "",
];
const marks = [...Object.keys(filingSchema.marks), "blink", "toString", "ychange"];
const attribute = fc.tuple(
  fc.constantFrom(
    "level",
    "textAlign",
    "anchor",
    "colspan",
    "rowspan",
    "colwidth",
    "start",
    "type",
    "language",
    "href",
    "x",
  ),
  fc.oneof(fc.jsonValue(), fc.constantFrom("center", "javascript:x", "#a", 2, 1e9, -1, [1, 2], "a")),
);
const attributesOf = fc.array(attribute, { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs));
interface Leaf {
  readonly words: string;
  readonly given: Record<string, unknown>;
}
interface Branch {
  readonly name: string;
  readonly given: Record<string, unknown>;
  readonly children: readonly (Leaf | Branch)[];
}
const leaf: fc.Arbitrary<Leaf> = fc.record({
  words: fc.string({ unit: "binary", maxLength: 6 }),
  given: fc.dictionary(fc.constantFrom(...marks), attributesOf, { maxKeys: 3 }),
});
const { tree } = fc.letrec<{ tree: Leaf | Branch; branch: Branch }>((tie) => ({
  tree: fc.oneof({ maxDepth: 5, withCrossShrink: true }, leaf, tie("branch")),
  branch: fc.record({
    name: fc.constantFrom(...names),
    given: attributesOf,
    children: fc.array(tie("tree"), { maxLength: 5 }),
  }),
}));

function made(shape: Leaf | Branch): Y.XmlElement | Y.XmlText {
  return "words" in shape
    ? text(shape.words, shape.given)
    : element(shape.name, shape.given, ...shape.children.map(made));
}

function wordsIn(shapes: readonly (Leaf | Branch)[]): string {
  return shapes.map((shape) => ("words" in shape ? shape.words : wordsIn(shape.children))).join("");
}

test("whatever stands in a fragment, it is read as a valid filing, safe as HTML, with no text lost", () => {
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 6 }), (shapes) => {
      const doc = filingOf(...shapes.map(made));
      const filing = filingSchema.nodeFromJSON(JSON.parse(readContent(doc, "FILING", "JSON")));
      filing.check();
      expect(unsafeMarkup(readContent(doc, "FILING", "HTML"))).toEqual([]);
      expect(typeof readContent(doc, "FILING", "TEXT")).toBe("string");
      const squeeze = (words: string) => words.replace(/\s/g, "");
      expect(squeeze(filing.textContent)).toBe(squeeze(wordsIn(shapes)));
    }),
    { numRuns: 1000 },
  );
});
