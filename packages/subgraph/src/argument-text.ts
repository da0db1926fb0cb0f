import { AppError } from "@onrecord/core/errors";
import { checkText, textFault } from "@onrecord/core/text";
import {
  defaultFieldResolver,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
} from "graphql";

type Arguments = Readonly<Record<string, unknown>>;
type Resolve = GraphQLFieldResolver<unknown, unknown>;

/**
 * Sees to it that a text which cannot be kept (NUL, half a character) is the request's fault and never ours, whichever way it
 * came: literal or variable, over any protocol. The field decides first, so that what is denied is denied, and on the record, as
 * ever; what then fails without having said why, fails for the text.
 */
export function guardArguments(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.args.length === 0) continue;
      const { resolve = defaultFieldResolver, subscribe } = field;
      // Entities are loaded after the field has answered, where nothing would catch them; nobody is denied anything there.
      field.resolve = field.name === "_entities" ? checked(resolve) : guarded(resolve);
      if (subscribe) field.subscribe = guarded(subscribe);
    }
  }
}

function checked(resolve: Resolve): Resolve {
  return (source, args: Arguments, context, info) => {
    checkArguments(args);
    return resolve(source, args, context, info);
  };
}

function guarded(resolve: Resolve): Resolve {
  return (source, args: Arguments, context, info) => {
    if (pathOfFault(args) === null) return resolve(source, args, context, info);
    return refuse(async () => resolve(source, args, context, info), args);
  };
}

async function refuse(ask: () => Promise<unknown>, args: Arguments): Promise<unknown> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof AppError || cause instanceof GraphQLError) throw cause;
    return checkArguments(args);
  }
}

function checkArguments(args: Arguments): void {
  const found = pathOfFault(args);
  if (found !== null) checkText(found.text, `The argument \`${found.path}\``);
}

/** The first text that cannot be kept, and which argument it is, as in `input.title` or `filter.actions`. */
function pathOfFault(value: unknown, path = ""): { path: string; text: string } | null {
  if (typeof value === "string") return textFault(value) === null ? null : { path, text: value };
  if (typeof value !== "object" || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    // The place in a list says nothing, and a key of a client's own making is not repeated.
    const known = Array.isArray(value) || textFault(key) !== null;
    const found = pathOfFault(inner, known ? path : path === "" ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}
