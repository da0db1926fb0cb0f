import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType } from "type-graphql";
import { UserKind } from "./user-kind.js";

/** What somebody was in the firm at one time. */
@ObjectType("Membership", { description: "What somebody was in the firm at one time, by the names of then." })
export class MembershipType {
  @Field(() => GraphQLDateTime)
  at!: Date;

  @Field(() => UserKind)
  kind!: UserKind;

  @Field(() => Boolean, { description: "Whether the account was neither suspended nor over." })
  active!: boolean;

  @Field(() => [MembershipPart], { description: "The department, and those above it, from below." })
  departments!: MembershipPart[];

  @Field(() => [MembershipPart])
  roles!: MembershipPart[];
}

/** A department or a role as it was called then. */
@ObjectType("MembershipPart", { description: "A department or a role, as it was called then." })
export class MembershipPart {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;
}
