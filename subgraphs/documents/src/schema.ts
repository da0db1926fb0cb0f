import { buildSchema as buildSubgraphSchema } from "@onrecord/subgraph/build-schema";
import type { SubgraphSchema } from "@onrecord/subgraph/subgraph";
import type { DocumentsContext } from "./context.js";
import { visibleDocument } from "./loaders/documents.js";
import { visibleFolder } from "./loaders/folders.js";
import { visibleVersions } from "./loaders/versions.js";
import { recordReads } from "./reads.js";
import { DocumentFields } from "./resolvers/document-fields.js";
import { DocumentQueries } from "./resolvers/document-queries.js";
import { DownloadResolver } from "./resolvers/download-resolver.js";
import { FolderFields } from "./resolvers/folder-fields.js";
import { FolderQueries } from "./resolvers/folder-queries.js";
import { VersionQueries } from "./resolvers/version-queries.js";

type Ids = readonly { id: string }[];

/** The documents subgraph's schema: folders, documents, versions, downloads. Needs no database. */
export function buildSchema(): SubgraphSchema {
  const built = buildSubgraphSchema<DocumentsContext>({
    resolvers: [
      FolderQueries,
      FolderFields,
      DocumentQueries,
      DocumentFields,
      VersionQueries,
      DownloadResolver,
    ],
    references: {
      Folder: (refs: Ids, context) => Promise.all(refs.map(({ id }) => visibleFolder(context, id))),
      Document: (refs: Ids, context) => Promise.all(refs.map(({ id }) => visibleDocument(context, id))),
      Version: visibleVersions,
    },
  });
  recordReads(built.schema);
  return built;
}
