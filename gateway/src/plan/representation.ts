import type { RequiresSelection } from "@graphql-hive/router-query-planner";
import { type Fields, fieldOf, isFields, merge } from "./data.js";
import type { Fits } from "./places.js";

/** What names an entity to another subgraph; null for one of which nothing is known that could name it. */
export function represent(fields: Fields, requires: readonly RequiresSelection[], fits: Fits): Fields | null {
  if (typeof fields.__typename !== "string") return null;
  const named = select(fields, requires, fits);
  if (Object.keys(named).every((key) => key === "__typename")) return null;
  named.__typename ??= fields.__typename;
  return named;
}

function select(fields: Fields, requires: readonly RequiresSelection[], fits: Fits): Fields {
  const selected: Fields = {};
  for (const one of requires) {
    if (one.kind === "Field") {
      const key = one.alias ?? one.name;
      const value = within(fieldOf(fields, one.name) ?? fieldOf(fields, key), one.selections, fits);
      if (value !== undefined && value !== null) selected[key] = value;
    } else if (one.kind === "InlineFragment") {
      const { __typename } = fields;
      if (typeof __typename === "string" && fits(__typename, [one.typeCondition]))
        merge(selected, select(fields, one.selections, fits));
    }
  }
  return selected;
}

function within(value: unknown, requires: readonly RequiresSelection[] | undefined, fits: Fits): unknown {
  if (requires === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => within(item, requires, fits));
  return isFields(value) ? select(value, requires, fits) : value;
}
