import { type Attrs, Mark, type Schema } from "@tiptap/pm/model";
import { cleanAttributes } from "../clean-attributes.js";
import { ForeignMark } from "./foreign.js";

/** Attributes of a run of a Y.Text, by their keys. */
export type TextAttributes = Readonly<Record<string, unknown>>;

/** The mark that an attribute's key names: editors may keep marks that overlap themselves under `name--hash`. */
export function markName(key: string): string {
  return /^(.*)--[\w+/=]{8}$/.exec(key)?.[1] ?? key;
}

/** The marks that a run is shown with. What the schema does not know is a mark as well, so that it is kept. */
export function marksOf(schema: Schema, attributes: TextAttributes = {}): readonly Mark[] {
  let marks = Mark.none;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null) continue;
    const mark = markOf(schema, key, value);
    if (mark !== null) marks = mark.addToSet(marks);
  }
  return marks;
}

function markOf(schema: Schema, key: string, value: unknown): Mark | null {
  const name = markName(key);
  const type = Object.hasOwn(schema.marks, name) ? schema.marks[name] : undefined;
  if (type === undefined || name === ForeignMark.name)
    return schema.marks[ForeignMark.name]?.create({ key, value }) ?? null;
  const attrs = cleanAttributes(type, typeof value === "object" && value !== null ? { ...value } : {});
  // A link to nowhere that may be gone to is not shown as one; it stays in the shared text.
  return name === "link" && attrs.href === undefined ? null : type.create(attrs);
}

/** The attributes that a run with these marks is written with. */
export function attributesOf(marks: readonly Mark[]): Record<string, unknown> {
  return Object.fromEntries(marks.map(attributeOf));
}

/** Under which key a mark is written, and with which value. */
export function attributeOf(mark: Mark): [key: string, value: unknown] {
  if (mark.type.name === ForeignMark.name) return [String(mark.attrs.key), mark.attrs.value];
  return [mark.type.name, sound(mark)];
}

/** A mark's attributes as they may be written: what a paste brought besides is not. */
function sound(mark: Mark): Attrs {
  return mark.type.create(cleanAttributes(mark.type, mark.attrs)).attrs;
}
