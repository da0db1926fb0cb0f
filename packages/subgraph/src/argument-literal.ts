import { AppError } from "@onrecord/core/errors";
import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  isValueNode,
  ValuesOfCorrectTypeRule,
  validate,
  visit,
} from "graphql";

/**
 * Finds the errors of values that stand in the document and are none of their type, as `"abc"` for a DateTime. graphql-js
 * throws them without a code while it executes, and with the value in the words: here they become BAD_USER_INPUT that names
 * the argument and does not repeat what it was given.
 */
export function nameBadLiterals(
  errors: readonly GraphQLError[],
  schema: GraphQLSchema,
  document: DocumentNode,
): readonly GraphQLError[] {
  let faults: ReadonlySet<ASTNode> | undefined;
  return errors.map((error) => {
    const value = badLiteral(error);
    if (value === undefined) return error;
    faults ??= wrongValues(schema, document);
    return named(error, nameOf(value, document, faults));
  });
}

function named({ nodes, source, positions, path }: GraphQLError, name: string): GraphQLError {
  const message = `The argument \`${name}\` has a value that is none of its type.`;
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    originalError: new AppError("BAD_USER_INPUT", message),
  });
}

/** The value of the argument that graphql-js could not read. Its other errors stand at fields, and a resolver's at no value. */
function badLiteral({ originalError }: GraphQLError): ASTNode | undefined {
  if (!(originalError instanceof GraphQLError) || originalError.extensions.code !== undefined)
    return undefined;
  const node = originalError.nodes?.[0];
  return node && isValueNode(node) ? node : undefined;
}

function wrongValues(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<ASTNode> {
  return new Set(validate(schema, document, [ValuesOfCorrectTypeRule]).flatMap(({ nodes }) => nodes ?? []));
}

/** The argument with this value, and the field within it that is at fault, as in `filter.from`. */
function nameOf(value: ASTNode, document: DocumentNode, faults: ReadonlySet<ASTNode>): string {
  let argument = "";
  visit(document, {
    Argument(node) {
      if (node.value !== value) return undefined;
      argument = node.name.value;
      return BREAK;
    },
  });
  const path = [argument];
  let found: string | undefined;
  visit(value, {
    enter(node) {
      if (node.kind === "ObjectField") path.push(node.name.value);
      if (!faults.has(node)) return undefined;
      found = path.join(".");
      return BREAK;
    },
    leave(node) {
      if (node.kind === "ObjectField") path.pop();
    },
  });
  return found ?? argument;
}
