import type { PlacedEntry } from "@onrecord/ledger/read";
import { GraphQLDateTime, GraphQLJSONObject } from "graphql-scalars";
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { Outcome } from "./enums.js";

/** What an entry is about. */
@ObjectType("AuditObject", { description: "What an entry is about." })
export class AuditObjectType {
  @Field(() => String)
  kind!: string;

  @Field(() => ID, { nullable: true })
  id!: string | null;
}

/** An entry of the record. */
@ObjectType("AuditEntry", { description: "One thing that happened, as it stands on the record for good." })
@Directive('@key(fields: "id")')
export class AuditEntryType {
  @Field(() => ID)
  id!: string;

  @Field(() => GraphQLDateTime)
  at!: string;

  @Field(() => String)
  action!: string;

  @Field(() => Outcome)
  outcome!: Outcome;

  @Field(() => ID, { nullable: true })
  sessionId!: string | null;

  @Field(() => String)
  requestId!: string;

  @Field(() => GraphQLJSONObject)
  detail!: Readonly<Record<string, unknown>>;

  @Field(() => AuditObjectType, { nullable: true })
  object!: AuditObjectType | null;

  /** What the fields that are worked out when asked for start from. */
  entry!: PlacedEntry;
}
