import type { AlertRow } from "@onrecord/alerts/alert";
import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, ObjectType } from "type-graphql";
import type { AuditEntryType } from "./audit-entry-type.js";
import { AlertStatus, Severity } from "./enums.js";

/** What a rule noticed. */
@ObjectType("Alert", { description: "What a rule noticed in the record." })
@Directive('@key(fields: "id")')
export class AlertType {
  @Field(() => ID)
  id!: string;

  @Field(() => GraphQLDateTime)
  at!: Date;

  @Field(() => String)
  rule!: string;

  @Field(() => Severity)
  severity!: Severity;

  @Field(() => AlertStatus)
  status!: AlertStatus;

  row!: AlertRow;

  /** The entry it is about, where it was read along with it. */
  known!: AuditEntryType | null;
}
