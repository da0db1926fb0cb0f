import { soundValue } from "@onrecord/filing/attribute-values";
import { createElement, type ReactNode } from "react";
import { useLocale } from "../../i18n/locale.js";
import classes from "./history.module.css";
import { LostRun } from "./lost-run.js";
import { Run } from "./run.js";
import { useTelling } from "./telling.js";
import { attributeOf, type Lost, type Piece, type TreeNode } from "./tree.js";
import { useStamp } from "./use-stamp.js";

// A map and not an object: a client may call an element `constructor`.
const tags = new Map([
  ["paragraph", "p"],
  ["bulletList", "ul"],
  ["orderedList", "ol"],
  ["listItem", "li"],
  ["blockquote", "blockquote"],
  ["codeBlock", "pre"],
  ["tableRow", "tr"],
  ["tableCell", "td"],
  ["tableHeader", "th"],
]);

/** The pieces of a shared type, one after the other, and what was lost among them. */
export function Pieces({ of: { children, lost = [] } }: { of: Pick<TreeNode, "children" | "lost"> }) {
  const shown: ReactNode[] = [];
  let next = 0;
  // A tree never changes, so a place in it is all the identity a piece has.
  for (let at = 0; at <= children.length; at++) {
    for (let one = lost[next]; one !== undefined && one.at === at; one = lost[++next])
      shown.push(<LostView key={shown.length} lost={one} />);
    const piece = children[at];
    if (piece !== undefined) shown.push(<PieceView key={shown.length} piece={piece} />);
  }
  return shown;
}

/** What was written in between and went with what it stood in. */
function LostView({ lost }: { lost: Lost }): ReactNode {
  if ("text" in lost) return <LostRun lost={lost} />;
  const inner = <Pieces of={lost.node} />;
  return lost.node.type === "element" ? createElement(tagOf(lost.node), null, inner) : inner;
}

function PieceView({ piece }: { piece: Piece }): ReactNode {
  if ("text" in piece) return <Run piece={piece} />;
  if ("value" in piece) return null;
  // A text type has no element of its own: its runs stand in the element around it.
  if (piece.node.type !== "element") return <Pieces of={piece.node} />;
  return <Block piece={piece} node={piece.node} />;
}

/** An element of a filing, with what became of it as a whole. */
function Block({ piece, node }: { piece: Piece; node: TreeNode }) {
  const told = useBlockStamp(piece, node);
  const children = <Pieces of={node} />;
  switch (node.name) {
    case "horizontalRule":
      return <hr {...told} />;
    case "hardBreak":
      return <br />;
    case "table":
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: reachable with the keyboard, to scroll what is wider than the page.
        <div className="table-frame" tabIndex={0} {...told}>
          <table>
            <tbody>{children}</tbody>
          </table>
        </div>
      );
    default:
      return createElement(tagOf(node), { ...told, ...attributesOf(node) }, children);
  }
}

function tagOf(node: TreeNode): string {
  if (node.name !== "heading") return tags.get(node.name ?? "") ?? "div";
  return `h${soundOf(node, "level") ?? 1}`;
}

/** Only what a filing may carry, whatever a client has put there. */
function attributesOf(node: TreeNode): Record<string, unknown> {
  return {
    colSpan: soundOf(node, "colspan"),
    rowSpan: soundOf(node, "rowspan"),
    start: soundOf(node, "start"),
    align: soundOf(node, "textAlign") ?? soundOf(node, "align"),
  };
}

function soundOf(node: TreeNode, name: string): unknown {
  return soundValue(name, attributeOf(node, name));
}

/** A block that came or went as a whole, or whose attributes changed, has a bar beside it. */
function useBlockStamp(piece: Piece, node: TreeNode) {
  const { mode } = useTelling();
  const { messages } = useLocale();
  const stamp = useStamp();
  const words = messages.past;
  if (mode === "authors") return {};
  if (piece.change === "inserted")
    return { className: classes.bar, "data-change": "inserted", ...stamp(piece.inserted, words.inserted) };
  if (piece.change === "deleted")
    return { className: classes.bar, "data-change": "deleted", ...stamp(piece.deleted, words.deleted) };
  const entry = node.entries.find(({ pieces }) => pieces.some(({ change }) => change !== "same"));
  if (entry === undefined) return {};
  const last = entry.pieces.at(-1);
  const by = last?.change === "deleted" ? last.deleted : last?.inserted;
  const told = stamp(by, (name) => words.reformatted(name, words.changed(entry.key)));
  return { className: classes.bar, "data-change": "format", ...told };
}
