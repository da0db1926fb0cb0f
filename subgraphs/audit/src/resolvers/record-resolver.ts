import type { Connection } from "@onrecord/subgraph/relay";
import { Arg, Ctx, Int, Query, Resolver, Root, Subscription } from "type-graphql";
import type { AuditContext } from "../context.js";
import { readFilter } from "../entries/entry-filter.js";
import { type FeedEvent, feedEvent } from "../live/events.js";
import { followEntries } from "../live/follow-entries.js";
import { pageOfEntries } from "../queries/page-of-entries.js";
import { AuditEntryType } from "../types/audit-entry-type.js";
import { AuditEntryConnection } from "../types/connections.js";
import { AuditFilter } from "../types/filters.js";

/** The firm's record, for those whose duty it is to read it. */
@Resolver()
export class RecordResolver {
  @Query(() => AuditEntryConnection, {
    description: "The record, newest first. Reading it is itself recorded.",
  })
  async auditEntries(
    @Arg("filter", () => AuditFilter, { nullable: true }) filter: AuditFilter | undefined,
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => String, { nullable: true }) after: string | undefined,
    @Ctx() context: AuditContext,
  ): Promise<Connection<AuditEntryType>> {
    await context.guard.authorizeFirm(context.caller, "readAudit");
    return pageOfEntries(context, readFilter(filter), { first, after });
  }

  @Subscription(() => AuditEntryType, {
    description:
      "Entries as they are recorded; everybody who may read a document's trail may follow it with `filter.objectId`. `after` resumes.",
    subscribe: ({ args, context }) => followEntries(context, args),
  })
  auditEntryAppended(
    @Arg("filter", () => AuditFilter, { nullable: true }) _filter: AuditFilter | undefined,
    @Arg("after", () => String, { nullable: true }) _after: string | undefined,
    @Root() told: FeedEvent<AuditEntryType>,
  ): AuditEntryType {
    return feedEvent(told);
  }
}
