import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { AccessLevel } from "./enums.js";

/** A grant as those who manage the resource see it. */
@ObjectType("Grant", { description: "Who may reach a resource and everything below it, and how." })
@Directive('@key(fields: "id")')
export class GrantType {
  @Field(() => ID)
  id!: string;

  @Field(() => ID, { description: "Where it was given: the resource itself or one above it." })
  resourceId!: string;

  @Field(() => ID, { description: "A user, a department or a role." })
  principalId!: string;

  @Field(() => AccessLevel)
  level!: AccessLevel;

  @Field(() => GraphQLDateTime, { nullable: true })
  expiresAt!: Date | null;

  @Field(() => GraphQLDateTime)
  grantedAt!: Date;
}
