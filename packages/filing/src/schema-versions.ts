import type { Schema } from "@tiptap/pm/model";

/** What a schema lets a document consist of: nodes and marks, each with its attributes. */
export type SchemaNames = Readonly<Record<"nodes" | "marks", Readonly<Record<string, readonly string[]>>>>;

/**
 * What filings could consist of, by the version of the schema. A schema grows: a name that a version has means the same in every later
 * one, and a page of an older version shows what a newer one wrote as foreign and keeps it. To change the schema is to add a version here.
 */
export const schemaVersions: readonly SchemaNames[] = [
  {
    nodes: {
      paragraph: ["textAlign", "anchor"],
      blockquote: [],
      bulletList: [],
      codeBlock: ["language"],
      doc: [],
      hardBreak: [],
      heading: ["textAlign", "anchor", "level"],
      horizontalRule: [],
      listItem: [],
      orderedList: ["start", "type"],
      text: [],
      table: [],
      tableRow: [],
      tableHeader: ["colspan", "rowspan", "colwidth", "align"],
      tableCell: ["colspan", "rowspan", "colwidth", "align"],
    },
    marks: {
      link: ["href", "target", "rel", "class", "title"],
      bold: [],
      code: [],
      italic: [],
      strike: [],
      underline: [],
      subscript: [],
      superscript: [],
    },
  },
];

/** The names that a schema has. */
export function namesOf({ nodes, marks }: Schema): SchemaNames {
  const attributes = (
    types: Readonly<Record<string, { readonly spec: { readonly attrs?: object | null } }>>,
  ) =>
    Object.fromEntries(
      Object.entries(types).map(([name, { spec }]) => [name, Object.keys(spec.attrs ?? {})]),
    );
  return { nodes: attributes(nodes), marks: attributes(marks) };
}
