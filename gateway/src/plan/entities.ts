import type { EntityBatchAlias } from "@graphql-hive/router-query-planner";
import type { GraphQLError } from "graphql";
import { copy, type Fields, fieldOf, isFields, merge } from "./data.js";
import type { PlacedErrors } from "./placed-errors.js";
import { type Fits, type Path, type Place, placesAt } from "./places.js";
import { represent } from "./representation.js";
import { rewrite, rewritePath } from "./rewrites.js";

/** The entities that one root field of a fetch is asked for, each once, and where in the answer each is wanted. */
export interface Wanted {
  readonly alias: EntityBatchAlias;
  /** Index of a representation → the places of the entity. */
  readonly places: ReadonlyMap<number, readonly Place[]>;
}

/** What a fetch of entities sends: variable → representations, and what each of its fields wants. */
export interface EntityRequest {
  readonly variables: Readonly<Record<string, readonly Fields[]>>;
  readonly wanted: readonly Wanted[];
}

/** Gathers what a fetch of entities needs from what was fetched before; null where nothing is wanted. */
export function entityRequest(
  data: Fields,
  aliases: readonly EntityBatchAlias[],
  fits: Fits,
): EntityRequest | null {
  const known = new Map<string, { list: Fields[]; indices: Map<string, number> }>();
  const wanted = aliases.map((alias): Wanted => {
    const name = alias.representationsVariableName;
    const { list, indices } = known.get(name) ?? { list: [], indices: new Map<string, number>() };
    known.set(name, { list, indices });
    const places = new Map<number, Place[]>();
    for (const place of alias.paths.flatMap((path) => placesAt(data, path, fits))) {
      const representation = represent(place.fields, alias.requires, fits);
      if (representation === null) continue;
      rewrite(representation, alias.inputRewrites, fits);
      const identity = JSON.stringify(representation);
      let index = indices.get(identity);
      if (index === undefined) {
        index = list.push(representation) - 1;
        indices.set(identity, index);
      }
      const same = places.get(index);
      if (same) same.push(place);
      else places.set(index, [place]);
    }
    return { alias, places };
  });
  if (wanted.every(({ places }) => places.size === 0)) return null;
  return { variables: Object.fromEntries([...known].map(([name, { list }]) => [name, list])), wanted };
}

/** Puts the entities that came into all their places. */
export function mergeEntities(response: Fields, { alias, places }: Wanted, fits: Fits): void {
  const entities = fieldOf(response, alias.alias);
  if (!Array.isArray(entities)) return;
  rewrite(entities, alias.outputRewrites, fits);
  for (const [index, same] of places) {
    const entity: unknown = entities[index];
    if (!isFields(entity)) continue;
    // What is in two places is merged with what comes later in each: it must not be one object.
    for (const [i, { fields }] of same.entries()) merge(fields, i === 0 ? entity : copy(entity));
  }
}

/**
 * Places an error of a fetch of entities: that of a field at the field, that of an entity at each of the fields that were wanted of
 * it, and that of the whole fetch at those of all entities.
 */
export function placeEntityError(
  error: GraphQLError,
  wanted: readonly Wanted[],
  keysOf: (alias: string) => readonly string[],
  errors: PlacedErrors,
): void {
  const [alias, index, ...tail] = error.path ?? [];
  for (const one of wanted) {
    // One without an index has left nothing of the whole fetch, whichever field it names.
    if (index !== undefined && alias !== one.alias.alias) continue;
    const places =
      typeof index === "number" ? (one.places.get(index) ?? []) : [...one.places.values()].flat();
    const within = rewritePath(tail, one.alias.outputRewrites);
    const ends: readonly Path[] = within.length > 0 ? [within] : keysOf(one.alias.alias).map((key) => [key]);
    for (const { path } of places) for (const end of ends) errors.add([...path, ...end], error);
  }
}
