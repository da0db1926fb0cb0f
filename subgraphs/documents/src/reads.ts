import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
} from "graphql";
import type { DocumentsContext } from "./context.js";
import { documentListed, folderListed, versionListed } from "./loaders/listed.js";

type Read = typeof documentListed;

/** What reading a field puts on the record; null: nothing, or it sees to that itself. What is not named here is told by lists. */
const documentFields: Readonly<Record<string, Read | null>> = {
  id: null,
  content: null,
  diff: null,
  attribution: null,
  versions: versionListed,
  versionAt: versionListed,
  namedVersions: versionListed,
};
/** What lies in a folder records itself. */
const folderFields: Readonly<Record<string, Read | null>> = { id: null, folders: null, documents: null };

/**
 * Sees to it that nothing of a document or folder but its id is told before it is on the record that it was, whichever way led to it. A field
 * that is new is recorded as one of a list until it is named above.
 */
export function recordReads(schema: GraphQLSchema): void {
  recordFields(schema, "Document", (name) => named(documentFields, name, documentListed));
  recordFields(schema, "Folder", (name) => named(folderFields, name, folderListed));
}

function named(fields: Readonly<Record<string, Read | null>>, name: string, otherwise: Read): Read | null {
  const read = fields[name];
  return read === undefined ? otherwise : read;
}

function recordFields(schema: GraphQLSchema, typeName: string, readBy: (field: string) => Read | null): void {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new TypeError(`${typeName} is no object type of this subgraph`);
  for (const field of Object.values(type.getFields())) {
    const read = readBy(field.name);
    if (read === null) continue;
    const { resolve = defaultFieldResolver } = field;
    field.resolve = recorded(read, resolve);
  }
}

function recorded(
  read: Read,
  resolve: GraphQLFieldResolver<unknown, unknown>,
): GraphQLFieldResolver<unknown, unknown> {
  return async (source, args, context, info) => {
    // Executions of this subgraph have this context, and these types an id.
    if (!isRecordedElsewhere(info))
      await read(context as DocumentsContext).load((source as { id: string }).id);
    return resolve(source, args, context, info);
  };
}

/**
 * What a mutation answers with is what it did, and is on the record as that. What the gateway asks for by reference is named by an entry or an
 * alert, and reading those is on the record: counted here too, whoever follows the record would lengthen it by looking.
 */
function isRecordedElsewhere({ operation, path }: GraphQLResolveInfo): boolean {
  const above = path.prev;
  if (above === undefined) return false;
  if (operation.operation === "mutation") return above.prev === undefined;
  return above.prev !== undefined && above.prev.prev === undefined && isEntities(operation);
}

/** Clients cannot ask this: it is not in the schema of the gateway. */
function isEntities({ selectionSet }: GraphQLResolveInfo["operation"]): boolean {
  return selectionSet.selections.every((root) => root.kind === "Field" && root.name.value === "_entities");
}
