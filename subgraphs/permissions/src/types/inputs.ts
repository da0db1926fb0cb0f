import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, InputType } from "type-graphql";
import { AccessLevel } from "./enums.js";

/** Who gets which access to what. */
@InputType()
export class GrantAccessInput {
  @Field(() => ID)
  resourceId!: string;

  @Field(() => ID, { description: "A user, a department or a role." })
  principalId!: string;

  @Field(() => AccessLevel)
  level!: AccessLevel;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When it ends. A guest's always ends, after 90 days at most; 90 days when not given.",
  })
  expiresAt?: Date | null;
}

/** Which access ends. */
@InputType()
export class RevokeAccessInput {
  @Field(() => ID)
  grantId!: string;
}
