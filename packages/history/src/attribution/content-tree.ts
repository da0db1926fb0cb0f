/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Who did something to a run, and when: the first and last of the versions that it was done in. */
export interface Stamp {
  /** Index into the list of origins that comes with the tree. */
  readonly by: number;
  readonly versions: readonly [first: number, last: number];
  /** Times of their commits, ISO 8601. */
  readonly at: readonly [first: string, last: string];
}

/** What became of something between two versions. */
export type Change = "same" | "inserted" | "deleted";

/** One attribute of a run of text that is not what it was; null stands for none. `by` is null where no version is known to have done it. */
export interface Reformat {
  readonly key: string;
  readonly before: Json;
  readonly after: Json;
  readonly by: Stamp | null;
}

/** A run of characters, a value, or a nested type, with what became of it. `deleted` is there where the change is. */
export type Piece = {
  readonly change: Change;
  /** Null where no version is known to have inserted it. */
  readonly inserted: Stamp | null;
  readonly deleted?: Stamp | null;
  /** Formatting of a run of text: of the newer version, or the older one's where it was deleted. */
  readonly format?: { readonly [key: string]: Json };
  /** What of the formatting changed while the text stayed. */
  readonly reformatted?: readonly Reformat[];
} & Content;

/** Text is in UTF-16 code units, as Yjs counts. */
export type Content = { readonly text: string } | { readonly value: Json } | { readonly node: TreeNode };

/**
 * What was written between two versions and is in neither, since what it stood in was taken away without regard to it. A nested type
 * that is lost has nothing but what is lost in it.
 */
export type Lost = {
  /** How many children of the type stand before it. */
  readonly at: number;
  readonly inserted: Stamp | null;
  readonly deleted: Stamp | null;
} & ({ readonly text: string } | { readonly node: TreeNode });

/** An attribute of an element, or an entry of a map: one piece, or two (the old value deleted, the new one inserted). */
export interface Entry {
  readonly key: string;
  readonly pieces: readonly Piece[];
}

/** A shared type as it stands between two versions: everything that either has, in order. */
export interface TreeNode {
  readonly type: "text" | "element" | "fragment" | "array" | "map";
  /** Name of an element. */
  readonly name?: string;
  readonly entries: readonly Entry[];
  readonly children: readonly Piece[];
  /** What a difference alone tells: in order. */
  readonly lost?: readonly Lost[];
  /** Nested so deep that what is in it is left out. */
  readonly cut?: true;
}

/** A root type by its name in the document. */
export interface Root {
  readonly name: string;
  readonly node: TreeNode;
}
