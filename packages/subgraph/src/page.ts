import { AppError } from "@onrecord/core/errors";
import type { CursorCodec } from "./cursor.js";
import type { Connection } from "./relay.js";

const DEFAULT_SIZE = 50;
const MAX_SIZE = 500;

/** How many items a page may have: `first` (or `last`) as asked, 50 when not asked, never more than 500. */
export function pageSize(first: number | null | undefined): number {
  if (first === null || first === undefined) return DEFAULT_SIZE;
  if (first < 0) throw new AppError("BAD_USER_INPUT", "`first` and `last` may not be negative.");
  return Math.min(first, MAX_SIZE);
}

/** Relay's four paging arguments. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** A page to read: `size + 1` rows beyond `from` in this direction (backward: in reverse order) tell whether there is more. */
export interface PageRequest<Position> {
  readonly direction: "forward" | "backward";
  readonly size: number;
  /** The row before the first one wanted; undefined: start at the end that the direction leaves from. */
  readonly from: Position | undefined;
}

/** Reads paging arguments: `first`/`after` go forward, `last`/`before` backward; both at once are refused. */
export function pageRequest<Position>(args: PageArgs, cursor: CursorCodec<Position>): PageRequest<Position> {
  const given = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;
  const backward = given(args.last) || given(args.before);
  if (backward && (given(args.first) || given(args.after))) {
    throw new AppError(
      "BAD_USER_INPUT",
      "Page with `first` and `after`, or with `last` and `before`, not with both.",
    );
  }
  const from = backward ? args.before : args.after;
  return {
    direction: backward ? "backward" : "forward",
    size: pageSize(backward ? args.last : args.first),
    from: given(from) ? cursor.decode(from) : undefined,
  };
}

/**
 * Makes the page of what was read for a request: `rows` in the order they were read, up to `size + 1` of them (the one too many
 * only tells that there is more).
 */
export function toConnection<Row, Node, Position extends object | []>(
  request: PageRequest<Position>,
  rows: readonly Row[],
  options: {
    node: (row: Row) => Node;
    position: (row: Row) => Position;
    cursor: CursorCodec<Position>;
    count?: () => Promise<number>;
  },
): Connection<Node> {
  const more = rows.length > request.size;
  const kept = rows.slice(0, request.size);
  if (request.direction === "backward") kept.reverse();
  const edges = kept.map((row) => ({
    cursor: options.cursor.encode(options.position(row)),
    node: options.node(row),
  }));
  const behind = request.from !== undefined;
  return {
    edges,
    pageInfo: {
      hasNextPage: request.direction === "forward" ? more : behind,
      hasPreviousPage: request.direction === "backward" ? more : behind,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    count: options.count,
  };
}
