import {
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";

/** How deep answers are asked for. */
const DEPTH = 5;

/** One operation of the API, with everything that it may be asked for. */
export interface Operation {
  readonly kind: "query" | "mutation" | "subscription";
  readonly field: string;
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Every operation that a schema has, once for each of these ids in every place where an id is asked for. */
export function operationsOf(schema: GraphQLSchema, ids: readonly string[]): Operation[] {
  const operations: Operation[] = [];
  for (const [kind, type] of [
    ["query", schema.getQueryType()],
    ["mutation", schema.getMutationType()],
    ["subscription", schema.getSubscriptionType()],
  ] as const) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      const takesId = field.args.some(({ type }) => hasId(type));
      const ways = kind === "query" ? [...selections(field.type)] : [...selections(field.type)].slice(0, 1);
      for (const [id, way] of (takesId ? ids : [""]).flatMap((id) => ways.map((way) => [id, way] as const))) {
        const given = field.args.filter((arg) => isNonNullType(arg.type) || hasId(arg.type));
        const head = given.map(({ name, type }) => `$${name}: ${type}`).join(", ");
        const call = given.map(({ name }) => `${name}: $${name}`).join(", ");
        operations.push({
          kind,
          field: field.name,
          text: `${kind}${head && `(${head})`} { ${field.name}${call && `(${call})`} ${way} }`,
          variables: Object.fromEntries(given.map((arg) => [arg.name, sample(arg, arg.type, id)])),
        });
      }
    }
  }
  return operations;
}

/**
 * Ways to ask for something of a type: all its plain fields at once, and each of the others by itself, so that one that is refused does
 * not take the rest along. No type is gone through twice on one way.
 */
function* selections(type: GraphQLOutputType, passed: readonly unknown[] = []): Generator<string, void> {
  const named = getNamedType(type);
  if (isLeafType(named)) return yield "";
  if (!isObjectType(named)) return yield "{ __typename }";
  if (passed.includes(named) || passed.length > DEPTH) return;
  const fields = Object.values(named.getFields()).filter(
    ({ args }) => !args.some(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined),
  );
  const plain = fields.filter((field) => isLeafType(getNamedType(field.type)));
  yield `{ __typename ${plain.map(({ name }) => name).join(" ")} }`;
  for (const field of fields)
    if (!plain.includes(field))
      for (const inner of selections(field.type, [...passed, named])) yield `{ ${field.name} ${inner} }`;
}

function hasId(type: GraphQLInputType, seen = new Set<unknown>()): boolean {
  const named = getNamedType(type);
  if (named.name === "ID") return true;
  if (!isInputObjectType(named) || seen.has(named)) return false;
  seen.add(named);
  return Object.values(named.getFields()).some((field) => hasId(field.type, seen));
}

function sample({ name }: { readonly name: string }, type: GraphQLInputType, id: string): unknown {
  if (isNonNullType(type)) return sample({ name }, type.ofType, id);
  if (isListType(type)) return [sample({ name }, type.ofType, id)];
  if (isEnumType(type)) return type.getValues()[0]!.value;
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter((field) => isNonNullType(field.type) || hasId(field.type))
        .map((field) => [field.name, sample(field, field.type, id)]),
    );
  switch (type.name) {
    case "ID":
      return id;
    case "Int":
    case "Float":
      return 1;
    case "Boolean":
      return true;
    case "DateTime":
      return new Date(Date.now() + 3_600_000).toISOString();
    default:
      return `walked ${name}`;
  }
}
