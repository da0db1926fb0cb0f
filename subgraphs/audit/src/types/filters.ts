import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, InputType } from "type-graphql";
import { AlertStatus, Outcome, Severity } from "./enums.js";

/** Which entries are wanted; everything given must hold. */
@InputType()
export class AuditFilter {
  @Field(() => GraphQLDateTime, { nullable: true })
  from?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  to?: Date | null;

  @Field(() => [String], { nullable: true })
  actions?: string[] | null;

  @Field(() => ID, {
    nullable: true,
    description: 'A user\'s id, or the id of an Actor, also "anonymous" or "system".',
  })
  actorId?: string | null;

  @Field(() => ID, { nullable: true })
  objectId?: string | null;

  @Field(() => Outcome, { nullable: true })
  outcome?: Outcome | null;

  @Field(() => String, { nullable: true, description: "Somewhere in the action, the ids or the detail." })
  text?: string | null;
}

/** Which alerts are wanted; everything given must hold. */
@InputType()
export class AlertFilter {
  @Field(() => [String], { nullable: true })
  rules?: string[] | null;

  @Field(() => [Severity], { nullable: true })
  severities?: Severity[] | null;

  @Field(() => [AlertStatus], { nullable: true })
  statuses?: AlertStatus[] | null;
}
