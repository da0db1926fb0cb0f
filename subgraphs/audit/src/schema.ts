import { buildSchema as build } from "@onrecord/subgraph/build-schema";
import type { SubgraphSchema } from "@onrecord/subgraph/subgraph";
import type { AuditContext } from "./context.js";
import { AlertResolver, alertsByReference } from "./resolvers/alert-resolver.js";
import { AlertsResolver } from "./resolvers/alerts-resolver.js";
import { DocumentResolver } from "./resolvers/document-resolver.js";
import { entriesByReference } from "./resolvers/entries-by-reference.js";
import { EntryResolver, ObjectResolver } from "./resolvers/entry-resolver.js";
import { RecordResolver } from "./resolvers/record-resolver.js";
import { DocumentType } from "./types/references.js";

/** A document is known elsewhere: here, its trail decides for itself. */
const asGiven = async (refs: readonly { id: string }[]) => refs;

/** The schema of what happened; needs no database. */
export function buildSchema(): SubgraphSchema {
  return build<AuditContext>({
    resolvers: [
      RecordResolver,
      AlertsResolver,
      EntryResolver,
      ObjectResolver,
      AlertResolver,
      DocumentResolver,
    ],
    orphanedTypes: [DocumentType],
    references: { Document: asGiven, AuditEntry: entriesByReference, Alert: alertsByReference },
  });
}
