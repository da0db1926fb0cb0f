import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isNonNullType,
  responsePathAsArray,
} from "graphql";
import { type Fields, fieldOf, isFields } from "./data.js";
import type { PlacedErrors } from "./placed-errors.js";
import type { Path } from "./places.js";

/** An operation as a client sent it. */
export interface Asked {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Makes the answer to an operation of what was fetched for it: graphql-js executes the operation once more, over the public schema, and
 * every field reads its own response key. So what merges, what is left out, which nulls rise how far and what is introspected
 * are as graphql-js says, by its own hand.
 */
export function project(asked: Asked, data: Fields, errors: PlacedErrors): ExecutionResult {
  const told: GraphQLError[] = [];
  const context: Projection = { errors, also: (error) => void told.push(error) };
  const result = execute({
    schema: asked.schema,
    document: asked.document,
    rootValue: data,
    contextValue: context,
    fieldResolver: read,
    typeResolver: (value) => (isFields(value) ? String(value.__typename) : undefined),
    ...(asked.operationName === undefined ? {} : { operationName: asked.operationName }),
    ...(asked.variables === undefined ? {} : { variableValues: asked.variables }),
  }) as ExecutionResult;
  return told.length === 0 ? result : { ...result, errors: [...(result.errors ?? []), ...told] };
}

interface Projection {
  readonly errors: PlacedErrors;
  /** Takes an error that is told beside the one that is thrown. */
  also(error: GraphQLError): void;
}

const read: GraphQLFieldResolver<Fields, Projection> = (fields, _, { errors, also }, info) => {
  const value = fieldOf(fields, String(info.path.key));
  if (errors.isEmpty) return value;
  const path = responsePathAsArray(info.path);
  if (Array.isArray(value)) return withFailed(value, path, errors);
  if (value !== null && value !== undefined) return value;
  const [first, ...others] = errors.within(path);
  // One for each place, as each field of graphql-js fails once, however often it was fetched.
  const told = new Set([String(first?.[0])]);
  for (const [at, error] of others) {
    if (!told.has(String(at))) also(located(error, at));
    told.add(String(at));
  }
  if (first) throw located(first[1], first[0]);
  const above = value === undefined ? errors.above(path) : undefined;
  if (above) throw located(above, path);
  const emptier = value === undefined && isNonNullType(info.returnType) ? errors.emptier(path) : undefined;
  if (emptier) throw located(emptier[1], emptier[0]);
  return value;
};

/** A list whose items that failed are their errors: graphql-js puts a null there, or in place of the list. */
function withFailed(list: readonly unknown[], path: Path, errors: PlacedErrors): unknown[] {
  return list.map((item, i) => {
    if (Array.isArray(item)) return withFailed(item, [...path, i], errors);
    if (item !== null && item !== undefined) return item;
    const first = errors.within([...path, i])[0];
    return first ? located(first[1], first[0]) : item;
  });
}

function located({ message, extensions, originalError }: GraphQLError, path: Path): GraphQLError {
  return new GraphQLError(message, { path, extensions, originalError: originalError ?? null });
}
