import { readPublicSchema } from "@onrecord/schema/supergraph";
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";

/** One text that a client can send: an operation, and how its variables are filled. */
export interface TextArgument {
  /** As in `Mutation.createFolder.input.name`. */
  readonly name: string;
  readonly kind: "query" | "mutation" | "subscription";
  readonly query: string;
  /** The variables with `text` in that place, and what is needed elsewhere. */
  readonly variables: (text: string) => Record<string, unknown>;
}

/** What exists, for arguments that name it. */
export interface Known {
  readonly ids: Readonly<Record<string, string>>;
  readonly texts: Readonly<Record<string, string>>;
}

const roots = { Query: "query", Mutation: "mutation", Subscription: "subscription" } as const;
const isRoot = (name: string): name is keyof typeof roots => Object.hasOwn(roots, name);

/** How an object with fields that take texts is reached; another such type needs another line here. */
const ways: Readonly<Record<string, (field: string) => string>> = {
  Document: (field) => `document(id: $known) { ${field} }`,
  Folder: (field) => `folder(id: $known) { ${field} }`,
};

/** Every String and ID that the public API takes, wherever it stands. */
export function textArguments(known: Known): TextArgument[] {
  const schema = buildSchema(readPublicSchema());
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith("__"))
    .flatMap((type) => {
      const object = type as GraphQLObjectType;
      return Object.values(object.getFields()).flatMap((field) =>
        field.args.flatMap((argument) =>
          leaves(argument).map((path) => textArgument(object.name, field, argument, path, known)),
        ),
      );
    });
}

type Input = GraphQLArgument | GraphQLInputField;

/** Where texts stand in an argument: the names of the input fields down to each. */
function leaves({ type }: Input): string[][] {
  const named = getNamedType(type);
  if (isInputObjectType(named))
    return Object.values(named.getFields()).flatMap((field) =>
      leaves(field).map((path) => [field.name, ...path]),
    );
  return named.name === "String" || named.name === "ID" ? [[]] : [];
}

function textArgument(
  parent: string,
  field: GraphQLField<unknown, unknown>,
  argument: GraphQLArgument,
  path: string[],
  known: Known,
): TextArgument {
  const sent = field.args.filter(
    (one) => one === argument || (isNonNullType(one.type) && one.defaultValue === undefined),
  );
  const given = sent.map((one) => `${one.name}: $${one.name}`).join(", ");
  const selected = `${field.name}(${given})${isLeafType(getNamedType(field.type)) ? "" : " { __typename }"}`;
  const way = isRoot(parent) ? (text: string) => text : ways[parent];
  if (!way) throw new Error(`no way to ${parent}.${field.name} is known: add one`);
  const declared = [
    ...sent.map((one) => `$${one.name}: ${String(one.type)}`),
    ...(isRoot(parent) ? [] : ["$known: ID!"]),
  ].join(", ");
  const kind = isRoot(parent) ? roots[parent] : "query";
  return {
    name: [parent, field.name, argument.name, ...path].join("."),
    kind,
    query: `${kind} (${declared}) { ${way(selected)} }`,
    variables: (text) => ({
      ...Object.fromEntries(
        sent.map((one) => [one.name, filled(one, known, one === argument ? { path, text } : undefined)]),
      ),
      ...(isRoot(parent) ? {} : { known: known.ids[`${parent.toLowerCase()}Id`] }),
    }),
  };
}

interface Place {
  readonly path: readonly string[];
  readonly text: string;
}

/** A value for an input: the text where it belongs, and in what is required what exists. */
function filled(input: Pick<Input, "name" | "type">, known: Known, place?: Place): unknown {
  const type: GraphQLInputType = getNullableType(input.type);
  if (isListType(type)) return [filled({ name: input.name, type: type.ofType }, known, place)];
  if (isInputObjectType(type)) {
    const [next, ...rest] = place?.path ?? [];
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter((field) => field.name === next || isNonNullType(field.type))
        .map((field) => [
          field.name,
          filled(field, known, place && field.name === next ? { path: rest, text: place.text } : undefined),
        ]),
    );
  }
  if (place) return place.text;
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (type.name === "Int") return 1;
  const value = type.name === "ID" ? known.ids[input.name] : known.texts[input.name];
  if (value === undefined) throw new Error(`nothing is known for ${input.name}: ${type.name}`);
  return value;
}
