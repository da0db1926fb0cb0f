import { Extension, getSchema, Mark, Node } from "@tiptap/core";
import { expect, test } from "vitest";
import * as Y from "yjs";
import { foreignExtensions } from "./binding/foreign.js";
import { Desk, pageSchema } from "./binding/testing/desk.js";
import { filingExtensions, filingField } from "./extensions.js";
import { filingSchema } from "./schema.js";
import { namesOf, type SchemaNames, schemaVersions } from "./schema-versions.js";

test("the schema is the newest version, and each version has everything of the one before", () => {
  const sorted = (names: SchemaNames) =>
    Object.entries(names).map(([kind, all]) => [
      kind,
      Object.entries(all)
        .map(([name, keys]) => [name, [...keys].sort()])
        .sort(),
    ]);
  expect(sorted(namesOf(filingSchema))).toEqual(sorted(schemaVersions.at(-1) ?? { nodes: {}, marks: {} }));
  schemaVersions.slice(1).forEach((newer, index) => {
    const older = schemaVersions[index];
    for (const kind of ["nodes", "marks"] as const)
      for (const [name, keys] of Object.entries(older?.[kind] ?? {}))
        expect(newer[kind][name], `version ${index + 2} lacks ${name}`).toEqual(
          expect.arrayContaining([...keys]),
        );
  });
});

test("an older page keeps what a newer one wrote, and the newer one goes on with it", () => {
  // Attributes of these names are known to be checked; what the newer schema adds is where they stand.
  const newer = getSchema([
    ...filingExtensions,
    Extension.create({
      name: "numbered",
      addGlobalAttributes: () => [{ types: ["paragraph"], attributes: { start: { default: null } } }],
    }),
    Mark.create({ name: "highlight", addAttributes: () => ({ language: { default: "" } }) }),
    Node.create({ name: "figure", group: "block", content: "paragraph" }),
    ...foreignExtensions,
  ]);
  const doc = new Y.Doc();
  const ahead = new Desk(doc, newer);
  const { schema, tr } = ahead.state;
  const words = schema.text("price", [schema.mark("highlight", { language: "zh" })]);
  const caption = schema.node("paragraph", null, [schema.text("caption")]);
  const written = [
    schema.node("paragraph", { start: 7 }, [schema.text("The "), words]),
    schema.node("figure", null, [caption]),
  ];
  ahead.dispatch(tr.replaceWith(0, tr.doc.content.size, written));
  const behind = new Desk(doc, pageSchema);
  behind.dispatch(behind.state.tr.insertText("offer ", 5));
  behind.dispatch(behind.state.tr.setNodeAttribute(0, "textAlign", "center"));
  expect(ahead.state.doc.toJSON()).toMatchObject({
    content: [
      {
        attrs: { start: 7, textAlign: "center" },
        content: [
          { text: "The offer " },
          { text: "price", marks: [{ type: "highlight", attrs: { language: "zh" } }] },
        ],
      },
      { type: "figure", content: [{ content: [{ text: "caption" }] }] },
    ],
  });
  expect(doc.getXmlFragment(filingField).length).toBe(2);
});
