import type { Connection } from "@onrecord/subgraph/relay";
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import type { AuditContext } from "../context.js";
import { readFilter } from "../entries/entry-filter.js";
import { rightsOnDocument } from "../loaders/rights.js";
import { pageOfEntries } from "../queries/page-of-entries.js";
import type { AuditEntryType } from "../types/audit-entry-type.js";
import { AuditEntryConnection } from "../types/connections.js";
import { AuditFilter } from "../types/filters.js";
import { DocumentType } from "../types/references.js";

/** What happened to a document. */
@Resolver(() => DocumentType)
export class DocumentResolver {
  @FieldResolver(() => AuditEntryConnection, {
    description:
      "What happened to it, newest first; for colleagues who may see it. Reading it is itself recorded.",
  })
  async auditTrail(
    @Root() { id }: DocumentType,
    @Arg("filter", () => AuditFilter, { nullable: true }) filter: AuditFilter | undefined,
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => String, { nullable: true }) after: string | undefined,
    @Ctx() context: AuditContext,
  ): Promise<Connection<AuditEntryType>> {
    const rights = await rightsOnDocument(context).load(id);
    // A refusal goes the long way, which puts it on the record.
    if (!rights?.readTrail.allow)
      await context.guard.authorize(context.caller, "readTrail", { kind: "DOCUMENT", id });
    return pageOfEntries(context, { ...readFilter(filter), objectId: id }, { first, after });
  }
}
