/** A mark that has not been checked against the schema yet. */
export interface LooseMark {
  type: string;
  attrs?: Readonly<Record<string, unknown>>;
}

/** A node that has not been checked against the schema yet: of any name, in any place, with any attributes. */
export interface LooseNode {
  type: string;
  attrs?: Readonly<Record<string, unknown>>;
  content?: readonly LooseNode[];
  text?: string;
  marks?: readonly LooseMark[];
}

/** Deeper than this structure is flattened, since ProseMirror, Yjs and browsers all recurse over it. */
export const deepestNesting = 48;
