import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, InputType } from "type-graphql";
import { AccessLevel } from "./enums.js";

const END =
  "When it ends: no later than the giver's own right, and with that when not given. A guest's always ends, after 90 days at most.";

/** Who gets which access to what. */
@InputType()
export class GrantAccessInput {
  @Field(() => ID)
  resourceId!: string;

  @Field(() => ID, { description: "A user, a department or a role." })
  principalId!: string;

  @Field(() => AccessLevel)
  level!: AccessLevel;

  @Field(() => GraphQLDateTime, { nullable: true, description: END })
  expiresAt?: Date | null;
}

/** Who gets which access to everything in the firm. */
@InputType()
export class GrantFirmAccessInput {
  @Field(() => ID, { description: "A user, a department or a role." })
  principalId!: string;

  @Field(() => AccessLevel)
  level!: AccessLevel;

  @Field(() => GraphQLDateTime, { nullable: true, description: END })
  expiresAt?: Date | null;
}

/** Which access ends. */
@InputType()
export class RevokeAccessInput {
  @Field(() => ID)
  grantId!: string;
}
