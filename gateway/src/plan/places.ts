import type { FlattenNodePathSegment } from "@graphql-hive/router-query-planner";
import { type Fields, fieldOf, isFields } from "./data.js";

/** Where something stands in an answer: response keys, and indices of lists. */
export type Path = readonly (string | number)[];

/** An object of an answer, and where it stands. */
export interface Place {
  readonly fields: Fields;
  readonly path: Path;
}

/** Whether the type of this name is one of the types, or belongs to one that is abstract. */
export type Fits = (typename: string, types: readonly string[]) => boolean;

/** The objects that a path of the planner leads to, in all lists that it passes. */
export function placesAt(data: Fields, way: readonly FlattenNodePathSegment[], fits: Fits): Place[] {
  const places: Place[] = [];
  const go = (value: unknown, step: number, path: Path): void => {
    if (Array.isArray(value)) {
      const next = way[step] === "@" ? step + 1 : step;
      for (const [i, item] of value.entries()) go(item, next, [...path, i]);
      return;
    }
    if (!isFields(value)) return;
    const segment = way[step];
    if (segment === undefined) places.push({ fields: value, path });
    else if (segment === "@") return;
    else if ("Field" in segment) go(fieldOf(value, segment.Field), step + 1, [...path, segment.Field]);
    else if (typeof value.__typename !== "string" || fits(value.__typename, segment.TypeCondition))
      go(value, step + 1, path);
  };
  go(data, 0, []);
  return places;
}
