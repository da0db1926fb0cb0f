import type { CombinedError } from "@urql/core";
import { type Problem, problemOf } from "./problem.js";

/** A page of a list, newest first. */
export interface ListPage<Row> {
  readonly rows: readonly Row[];
  /** How many rows the whole list has; null when that was not counted. */
  readonly total: number | null;
  readonly hasOlder: boolean;
}

/** A page as the API has it. */
interface Connection<Row> {
  readonly edges: readonly { readonly node: Row }[];
  readonly pageInfo: { readonly hasNextPage: boolean };
  readonly totalCount?: number | null;
}

/** The page that a query was answered with, or why there is none. */
export function pageOf<Row>(
  connection: Connection<Row> | null | undefined,
  error: CombinedError | undefined,
): ListPage<Row> | Problem {
  if (!connection) return error ? problemOf(error) : { kind: "not-found", requestId: null };
  const { edges, pageInfo, totalCount = null } = connection;
  return { rows: edges.map(({ node }) => node), total: totalCount, hasOlder: pageInfo.hasNextPage };
}

/** What a list calls its rows apart by. */
interface Identified {
  readonly id: string;
}

/** Those of `rows` that are not among the known ones, each once. */
export function unknownIn<Row extends Identified>(rows: readonly Row[], known: readonly Row[]): Row[] {
  const seen = new Set(known.map(({ id }) => id));
  return rows.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Both lists one after the other; what stands in both stays where it is in front. */
export function joined<Row extends Identified>(front: readonly Row[], back: readonly Row[]): readonly Row[] {
  return [...front, ...unknownIn(back, front)];
}
