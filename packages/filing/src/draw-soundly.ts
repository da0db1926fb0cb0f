import { Extension } from "@tiptap/core";
import type { Mark, Node, Schema } from "@tiptap/pm/model";
import { cleanAttributes } from "./clean-attributes.js";
import { schemaVersions } from "./schema-versions.js";

/**
 * Makes a schema draw its nodes and marks with sound values only, and answers it. What is read from a shared document is clean before it becomes a node; this stands behind
 * it, for whatever comes another way (a command, a paste, a program's JSON): the stock rules write a `textAlign` into a style and a
 * language into a class as they are.
 */
export function drawingSoundly(schema: Schema): Schema {
  const known = schemaVersions.at(-1);
  for (const [name, { spec }] of Object.entries(schema.nodes)) {
    const { toDOM } = spec;
    if (toDOM && Object.hasOwn(known?.nodes ?? {}, name)) spec.toDOM = (node) => toDOM(soundNode(node));
  }
  for (const [name, { spec }] of Object.entries(schema.marks)) {
    const { toDOM } = spec;
    if (toDOM && Object.hasOwn(known?.marks ?? {}, name))
      spec.toDOM = (mark, inline) => toDOM(soundMark(mark), inline);
  }
  return schema;
}

/** Does it to the schema of an editor, which the editor makes itself. */
export const DrawSoundly = Extension.create({
  name: "drawSoundly",
  onBeforeCreate() {
    drawingSoundly(this.editor.schema);
  },
});

function soundNode(node: Node): Node {
  const attrs = cleanAttributes(node.type, node.attrs);
  return isSound(node.attrs, attrs) ? node : node.type.create(attrs, node.content, node.marks);
}

function soundMark(mark: Mark): Mark {
  const attrs = cleanAttributes(mark.type, mark.attrs);
  return isSound(mark.attrs, attrs) ? mark : mark.type.create(attrs);
}

function isSound(
  given: Readonly<Record<string, unknown>>,
  sound: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(given).every(([name, value]) => value === null || sound[name] === value);
}
