import { buildSchema as build } from "@onrecord/subgraph/build-schema";
import type { SubgraphSchema } from "@onrecord/subgraph/subgraph";
import type { PermissionsContext } from "./context.js";
import { AccessResolver } from "./resolvers/access-resolver.js";
import { DocumentResolver } from "./resolvers/document-resolver.js";
import { FolderResolver } from "./resolvers/folder-resolver.js";
import { GrantResolver, grantsByReference } from "./resolvers/grant-resolver.js";
import { DocumentType, FolderType } from "./types/resource-types.js";

/** Folders and documents are known elsewhere: here, each field decides for itself. */
const asGiven = async (refs: readonly { id: string }[]) => refs;

/** The schema of who may do what; needs no database. */
export function buildSchema(): SubgraphSchema {
  return build<PermissionsContext>({
    resolvers: [AccessResolver, FolderResolver, DocumentResolver, GrantResolver],
    orphanedTypes: [FolderType, DocumentType],
    references: { Folder: asGiven, Document: asGiven, Grant: grantsByReference },
  });
}
