import type { Node } from "@tiptap/pm/model";

/**
 * Writes a valid filing as plain text: a blank line between blocks, a bullet or number before list items,
 * one line a table row with its cells separated by tabs.
 */
export function toText(filing: Node): string {
  return blocksToText(filing, "\n\n");
}

function blocksToText(parent: Node, separator: string): string {
  return parent.children
    .map(blockToText)
    .filter((text) => text !== "")
    .join(separator);
}

function blockToText(node: Node): string {
  switch (node.type.name) {
    case "bulletList":
      return listToText(node, () => "• ");
    case "orderedList":
      return listToText(node, (index) => `${orderedMarker(node, index)} `);
    case "table":
      return node.children.map(rowToText).join("\n");
    case "blockquote":
      return indent(blocksToText(node, "\n\n"), "> ", "> ");
    case "codeBlock":
      return node.textContent;
    case "horizontalRule":
      return "---";
    default:
      return node.inlineContent ? inlineToText(node) : blocksToText(node, "\n\n");
  }
}

function inlineToText(block: Node): string {
  return block.children
    .map((inline) => (inline.isText ? (inline.text ?? "") : "\n"))
    .join("")
    .trim();
}

function listToText(list: Node, marker: (index: number) => string): string {
  return list.children
    .map((item, index) => {
      const mark = marker(index);
      return indent(blocksToText(item, "\n"), mark, " ".repeat(mark.length));
    })
    .join("\n");
}

function orderedMarker(list: Node, index: number): string {
  const number = Number(list.attrs.start) + index;
  switch (list.attrs.type) {
    case "a":
      return `${letters(number)}.`;
    case "A":
      return `${letters(number).toUpperCase()}.`;
    case "i":
      return `${roman(number)}.`;
    case "I":
      return `${roman(number).toUpperCase()}.`;
    default:
      return `${number}.`;
  }
}

function letters(number: number): string {
  if (number < 1) return String(number);
  const rest = Math.floor((number - 1) / 26);
  return (rest > 0 ? letters(rest) : "") + String.fromCharCode(97 + ((number - 1) % 26));
}

const numerals: readonly [number, string][] = [
  [1000, "m"],
  [900, "cm"],
  [500, "d"],
  [400, "cd"],
  [100, "c"],
  [90, "xc"],
  [50, "l"],
  [40, "xl"],
  [10, "x"],
  [9, "ix"],
  [5, "v"],
  [4, "iv"],
  [1, "i"],
];

function roman(number: number): string {
  if (number < 1 || number > 3999) return String(number);
  let rest = number;
  let text = "";
  for (const [value, numeral] of numerals) {
    for (; rest >= value; rest -= value) text += numeral;
  }
  return text;
}

/** A cell that spans several columns is followed by as many empty ones, so that columns stay in line in a spreadsheet. */
function rowToText(row: Node): string {
  return row.children
    .map((cell) => {
      const text = blocksToText(cell, " ").replace(/\s+/g, " ");
      return text + "\t".repeat(Math.min(Number(cell.attrs.colspan) - 1, 100));
    })
    .join("\t")
    .trimEnd();
}

function indent(text: string, first: string, following: string): string {
  return first + text.replaceAll("\n", `\n${following}`);
}
