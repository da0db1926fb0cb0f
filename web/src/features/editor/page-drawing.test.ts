import { drawingSoundly } from "@onrecord/filing/draw-soundly";
import { Editor, getSchema } from "@tiptap/core";
import { type DOMOutputSpec, MarkType, type NodeType } from "@tiptap/pm/model";
import { describe, expect, test } from "vitest";
import { pageExtensions } from "./page-extensions.js";

const hostile: readonly unknown[] = [
  "left;position:fixed;inset:0",
  'x" onmouseover="alert(1)',
  "javascript:alert(1)",
  "overlay full screen",
  "x".repeat(1_000_000),
  -1,
  1e9,
  Number.NaN,
  true,
  {},
  { position: "fixed" },
  ["left;position:fixed"],
  [1, { toString: "2" }],
];

/** What the page may set on an element, whatever stands in a node. */
const sound =
  /^(style=text-align: (left|center|right|justify)|class=(language-[\w+#.-]{1,40}|table-frame|foreign)|colspan=\d{1,4}|rowspan=\d{1,5}|start=\d{1,7}|type=[1aAiI]|href=|rel=noopener noreferrer nofollow|contenteditable=false|data-foreign-mark=.{0,100})$/;

function drawn(type: NodeType | MarkType | undefined, attrs: Record<string, unknown>): string[] {
  if (type instanceof MarkType) return attributesIn(type.spec.toDOM?.(type.create(attrs), true));
  return attributesIn(type?.spec.toDOM?.(type.create(attrs)));
}

function attributesIn(spec: DOMOutputSpec | undefined): string[] {
  if (Array.isArray(spec)) return spec.flatMap(attributesIn);
  if (typeof spec !== "object" || spec === null) return [];
  return Object.entries(spec)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${String(value)}`);
}

/** An empty document; text would be parsed in a page. */
const content = { type: "doc", content: [{ type: "paragraph" }] };

describe.each([
  ["the editor", new Editor({ element: null, extensions: pageExtensions, content }).schema],
  ["a still page", drawingSoundly(getSchema(pageExtensions))],
])("what %s draws", (_, schema) => {
  const { paragraph, codeBlock, tableCell } = schema.nodes;

  test("has sound values only, for every attribute of every node and mark", () => {
    let tried = 0;
    for (const type of [...Object.values(schema.nodes), ...Object.values(schema.marks)]) {
      for (const name of Object.keys(type.spec.attrs ?? {})) {
        // What a foreign node stands for is read, fitted and drawn by the same rules.
        if (name === "foreign") continue;
        for (const value of hostile) {
          tried++;
          for (const attribute of drawn(type, { [name]: value }))
            expect(attribute, `${type.name}.${name}`).toMatch(sound);
        }
      }
    }
    expect(tried).toBeGreaterThan(200);
  });

  test("keeps what is sound", () => {
    expect(drawn(paragraph, { textAlign: "center" })).toEqual(["style=text-align: center"]);
    expect(drawn(codeBlock, { language: "c++" })).toEqual(["class=language-c++"]);
    expect(drawn(tableCell, { colspan: 2 })).toContain("colspan=2");
  });
});
