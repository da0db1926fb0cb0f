import type { Connection } from "@onrecord/subgraph/relay";
import { Arg, Ctx, Int, Query, Resolver, Root, Subscription } from "type-graphql";
import { readAlertFilter } from "../alerts/alert-filter.js";
import type { AuditContext } from "../context.js";
import { type FeedEvent, feedEvent } from "../live/events.js";
import { followAlerts } from "../live/follow-alerts.js";
import { pageOfAlerts } from "../queries/page-of-alerts.js";
import { AlertType } from "../types/alert-type.js";
import { AlertConnection } from "../types/connections.js";
import { AlertFilter } from "../types/filters.js";

/** What the rules noticed, for those who may read the record. */
@Resolver()
export class AlertsResolver {
  @Query(() => AlertConnection, { description: "What the rules noticed, newest first." })
  async alerts(
    @Arg("filter", () => AlertFilter, { nullable: true }) filter: AlertFilter | undefined,
    @Arg("first", () => Int, { nullable: true }) first: number | undefined,
    @Arg("after", () => String, { nullable: true }) after: string | undefined,
    @Ctx() context: AuditContext,
  ): Promise<Connection<AlertType>> {
    await context.guard.authorizeFirm(context.caller, "readAudit");
    return pageOfAlerts(context, readAlertFilter(filter), { first, after });
  }

  @Subscription(() => AlertType, {
    description: "Alerts as they are raised. `after` resumes.",
    subscribe: ({ args, context }) => followAlerts(context, args),
  })
  alertRaised(
    @Arg("filter", () => AlertFilter, { nullable: true }) _filter: AlertFilter | undefined,
    @Arg("after", () => String, { nullable: true }) _after: string | undefined,
    @Root() told: FeedEvent<AlertType>,
  ): AlertType {
    return feedEvent(told);
  }
}
