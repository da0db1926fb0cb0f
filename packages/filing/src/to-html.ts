import { type DOMOutputSpec, DOMSerializer, type Mark, type Node } from "@tiptap/pm/model";
import { filingSchema } from "./schema.js";

const nodeSpecs = DOMSerializer.nodesFromSchema(filingSchema);
const markSpecs = DOMSerializer.marksFromSchema(filingSchema);
const voidElements = new Set(["br", "hr", "img", "col"]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: HTML forbids them, and a parser may stop at one
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes text safe between tags and inside a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(forbidden, "").replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Writes a valid filing as a fragment of HTML, from the same rules by which the editor draws it. */
export function toHtml(filing: Node): string {
  return childrenToHtml(filing);
}

function childrenToHtml(parent: Node): string {
  let html = "";
  let open: readonly Mark[] = [];
  const closing: string[] = [];
  parent.forEach((child) => {
    const kept = sharedMarks(open, child.marks);
    while (closing.length > kept) html += closing.pop();
    for (const mark of child.marks.slice(kept)) {
      const [before, after] = around(markSpecs[mark.type.name]?.(mark, true) ?? ["span", 0]);
      html += before;
      closing.push(after);
    }
    open = child.marks;
    html += nodeToHtml(child);
  });
  return html + closing.reverse().join("");
}

function sharedMarks(open: readonly Mark[], next: readonly Mark[]): number {
  const different = open.findIndex((mark, index) => next[index]?.eq(mark) !== true);
  return different === -1 ? open.length : different;
}

function nodeToHtml(node: Node): string {
  if (node.isText) return escapeHtml(node.text ?? "");
  const [before, after] = around(nodeSpecs[node.type.name]?.(node) ?? ["div", 0]);
  return before + childrenToHtml(node) + after;
}

/** Renders ProseMirror's nested-array notation for an element into what stands before and after its content. */
function around(spec: DOMOutputSpec): [before: string, after: string] {
  if (!Array.isArray(spec)) throw new TypeError("an extension must describe its element as an array");
  const [name, ...rest] = spec;
  const hasAttributes = typeof rest[0] === "object" && rest[0] !== null && !Array.isArray(rest[0]);
  const attributes: object = hasAttributes ? rest[0] : {};
  const tag = `<${name}${attributesToHtml(attributes)}>`;
  if (voidElements.has(name)) return [tag, ""];
  let before = tag;
  let after = "";
  for (const part of hasAttributes ? rest.slice(1) : rest) {
    if (part === 0) continue;
    const [innerBefore, innerAfter] = around(part);
    before += innerBefore;
    after = innerAfter + after;
  }
  return [before, `${after}</${name}>`];
}

function attributesToHtml(attributes: object): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeHtml(String(value))}"`)
    .join("");
}
