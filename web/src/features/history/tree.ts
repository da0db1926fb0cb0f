import type { CompareVersionsQuery, OriginFragment } from "@onrecord/schema/generated";

/** A document's content as the API tells it, with who and when. */
export type Root = NonNullable<CompareVersionsQuery["document"]>["diff"]["roots"][number];
export type TreeNode = Root["node"];
export type Piece = TreeNode["children"][number];
export type TextPiece = Extract<Piece, { text: string }>;
export type Lost = NonNullable<TreeNode["lost"]>[number];
export type LostText = Extract<Lost, { text: string }>;
export type Stamp = NonNullable<Piece["inserted"]>;
export type Origin = OriginFragment;

/** An attribute of an element as it is now, or was when it went. */
export function attributeOf(node: TreeNode, key: string): unknown {
  const pieces = node.entries.find((entry) => entry.key === key)?.pieces ?? [];
  const piece = pieces.findLast(({ change }) => change !== "deleted") ?? pieces[0];
  return piece && "value" in piece ? piece.value : undefined;
}

/** Every run of text below a node, in order; the nesting is bounded by the API. */
export function* runsOf(node: TreeNode): Generator<TextPiece> {
  for (const piece of node.children) {
    if ("text" in piece) yield piece;
    else if ("node" in piece) yield* runsOf(piece.node);
  }
}

/** Whether anything below a node was written in between and lost. */
export function hasLost({ lost = [], children }: TreeNode): boolean {
  return lost.length > 0 || children.some((piece) => "node" in piece && hasLost(piece.node));
}
