import { DOMSerializer, type Schema } from "@tiptap/pm/model";
import { describe, expect, it } from "vitest";
import * as Y from "yjs";
import { soundValue } from "./attribute-values.js";
import { pageSchema } from "./binding/testing/desk.js";
import { element, text } from "./binding/testing/shared.js";
import { Views } from "./binding/views.js";
import { readContent } from "./content.js";
import { hostileValues } from "./fixtures/hostile-values.js";
import { unsafeMarkup } from "./fixtures/unsafe-markup.js";
import { filingSchema } from "./schema.js";

/** Every attribute that the schema has, with what has it. */
const attributes = (schema: Schema) =>
  [...Object.values(schema.nodes), ...Object.values(schema.marks)].flatMap((type) =>
    Object.keys(type.spec.attrs ?? {}).map((name) => [type.name, name] as const),
  );

describe("the value of an attribute", () => {
  it("that is sound is kept, and a number also where it was written as text", () => {
    for (const [name, value, kept] of [
      ["textAlign", "justify", "justify"],
      ["level", 2, 2],
      ["level", "2", 2],
      ["colspan", "3", 3],
      ["colwidth", [120, 80], [120, 80]],
      ["href", "https://a.test/", "https://a.test/"],
      ["href", "#terms", "#terms"],
      ["anchor", "terms", "terms"],
      ["type", "i", "i"],
      ["language", "c++", "c++"],
      ["start", 0, 0],
    ] as const)
      expect([name, soundValue(name, value)]).toEqual([name, kept]);
  });

  it("is nothing under a name that no filing has", () => {
    for (const name of ["style", "class", "onclick", "src", "constructor", "__proto__", "target"])
      expect(soundValue(name, "x")).toBeUndefined();
  });

  it.each(attributes(filingSchema))(
    "of %s: %s falls to the schema's default when it is not sound",
    (_, name) => {
      for (const value of hostileValues) {
        const sound = soundValue(name, value);
        if (sound === undefined) continue;
        // What hostile values are sound for an attribute after all: numbers, plain words without a sign, and lists of numbers.
        expect(JSON.stringify(sound)).toMatch(/^("[\p{L}\p{N}_.:+#-]{1,200}"|\d{1,6}|\[[\d,]*\])$/u);
      }
    },
  );
});

describe("a hostile value in a shared filing", () => {
  const doc = (name: string, value: unknown): Y.Doc => {
    const made = new Y.Doc();
    const of = (extra: object = {}) => ({ ...extra, [name]: value, style: value, class: value, id: value });
    const cell = (type: string) => element(type, of(), element("paragraph", of(), text("cell")));
    const item = element("listItem", of(), element("paragraph", of(), text("item")));
    made
      .getXmlFragment("default")
      .insert(0, [
        element("heading", of({ level: 2 }), text("title")),
        element("paragraph", of(), text("words", { link: of({ href: "https://a.test/" }), bold: of() })),
        element("codeBlock", of(), text("code")),
        element("orderedList", of(), item),
        element("table", of(), element("tableRow", of(), cell("tableHeader"), cell("tableCell"))),
        element("widget", of(), element("paragraph", of(), text("foreign", { glow: value ?? true }))),
      ]);
    return made;
  };
  // Yjs itself refuses to write these.
  const values = hostileValues.filter(
    (value) =>
      typeof value !== "bigint" &&
      (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== null),
  );

  it.each([...new Set(attributes(filingSchema).map(([, name]) => name))])(
    "as %s reaches no page and no copy",
    (name) => {
      for (const value of values) {
        const shared = doc(name, value);
        const html = readContent(shared, "FILING", "HTML");
        expect(unsafeMarkup(html)).toEqual([]);
        for (const format of ["TEXT", "JSON"] as const)
          expect(readContent(shared, "FILING", format)).not.toMatch(/position|javascript|onerror|evil/);
        const drawn = new Views(shared.getXmlFragment("default"), pageSchema).document;
        expect(styles(drawn)).toEqual([]);
      }
    },
  );
});

/** What the page would set of a node and what is in it, that is not one of the few styles and classes it knows. */
function styles(root: ReturnType<typeof filingSchema.node>): string[] {
  const specs: unknown[] = [];
  const nodes = DOMSerializer.nodesFromSchema(pageSchema);
  const marks = DOMSerializer.marksFromSchema(pageSchema);
  root.descendants((node) => {
    if (!node.isText) specs.push(nodes[node.type.name]?.(node));
    for (const mark of node.marks) specs.push(marks[mark.type.name]?.(mark, true));
  });
  return objectsIn(specs).flatMap((attributes) =>
    Object.entries(attributes).flatMap(([name, value]) => {
      if (value === null || value === undefined) return [];
      const told = `${name}=${String(value)}`;
      return known.test(told) ? [] : [told];
    }),
  );
}

const known =
  /^(style=text-align: (left|center|right|justify)|class=(language-[\w+#.-]{1,40}|foreign)|colspan=\d{1,4}|rowspan=\d{1,5}|colwidth=[\d,]*|start=\d+|type=[1aAiI]|id=[\p{L}\p{N}_.:-]+|href=https:\/\/a\.test\/|rel=noopener noreferrer nofollow|contenteditable=false|data-foreign=widget|data-foreign-mark=glow|align=(left|center|right))$/u;

function objectsIn(spec: unknown): object[] {
  if (Array.isArray(spec)) return spec.flatMap(objectsIn);
  return typeof spec === "object" && spec !== null ? [spec] : [];
}
