import type { GraphQLResolverMap } from "@apollo/subgraph";
import {
  type GraphQLFieldMap,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
} from "graphql";
import { perRequest } from "./loader.js";

type TypeResolvers = GraphQLResolverMap<object>[string];
type FieldResolvers = Record<string, GraphQLFieldResolver<unknown, object>>;

/**
 * Loads the entities of one type by their references: as many results as references, in their order; null for one that is
 * not there or that this caller may not know of, an Error for one that failed.
 */
export type ReferenceResolver<Ref, Context extends object> = (
  refs: readonly Ref[],
  context: Context,
) => PromiseLike<readonly (object | null | Error)[]>;

/** Entity type name → its reference resolver. Each names the fields of the keys it answers as its `Ref`. */
export type References<Context extends object> = Readonly<Record<string, ReferenceResolver<never, Context>>>;

/**
 * Reads the resolvers of an executable schema in the form that @apollo/subgraph takes, and adds the reference resolvers.
 * type-graphql's own `createResolversMap` has a type that does not fit it (type-graphql issue 1768).
 */
export function resolverMap<Context extends object>(
  schema: GraphQLSchema,
  references: References<Context>,
): GraphQLResolverMap<object> {
  const map: GraphQLResolverMap<object> = {};
  for (const [name, type] of Object.entries(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isScalarType(type)) map[name] = type;
    else if (isEnumType(type))
      map[name] = Object.fromEntries(type.getValues().map(({ name, value }) => [name, value]));
    else if (isObjectType(type)) map[name] = fieldResolvers(type.getFields());
    else if (isAbstractType(type) && type.resolveType) {
      const { resolveType } = type;
      // Called as (value, context, info, type), whatever the map's type says.
      map[name] = {
        __resolveType: (value, context, info) =>
          resolveType(value, context, info as GraphQLResolveInfo, type),
      };
    }
  }
  for (const [name, load] of Object.entries(references)) {
    const type = schema.getType(name);
    if (!isObjectType(type))
      throw new TypeError(`${name} has a reference resolver but is no object type of this subgraph`);
    map[name] = { ...(map[name] as FieldResolvers), __resolveReference: referenceResolver(load) };
  }
  return map;
}

function fieldResolvers(fields: GraphQLFieldMap<unknown, object>): TypeResolvers {
  const resolvers: Record<
    string,
    FieldResolvers[string] | { resolve?: FieldResolvers[string]; subscribe: FieldResolvers[string] }
  > = {};
  for (const [name, { resolve, subscribe }] of Object.entries(fields)) {
    if (subscribe) resolvers[name] = { subscribe, ...(resolve ? { resolve } : {}) };
    else if (resolve) resolvers[name] = resolve;
  }
  return resolvers;
}

/** One load for all representations of a type in an `_entities` call, however often an entity is named. */
function referenceResolver<Context extends object>(
  load: ReferenceResolver<never, Context>,
): FieldResolvers[string] {
  const loader = perRequest(
    // The gateway sends what the @key of the type says, which is what its resolver declares as `Ref`.
    (refs: readonly object[], context: Context) => load(refs as readonly never[], context),
    { key: (ref) => JSON.stringify(ref) },
  );
  // @apollo/subgraph calls it as (reference, context, info): one argument fewer than a field resolver.
  return (reference, context) => loader(context as Context).load(reference as object);
}
