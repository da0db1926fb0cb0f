import { connectionType } from "@onrecord/subgraph/relay";
import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { UserKind } from "./user-kind.js";

const FOR_ADMINISTRATORS = "Null for everybody but administrators.";

/** A user as one particular viewer may see them: what is hidden from the viewer is not in it. */
@ObjectType("User", { description: "Somebody with an account. Guests see of others only the name." })
@Directive('@key(fields: "id")')
export class UserType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true, description: "Null for guests who look at somebody else." })
  email!: string | null;

  @Field(() => String, { nullable: true, description: "Null for guests who look at somebody else." })
  title!: string | null;

  @Field(() => UserKind)
  kind!: UserKind;

  @Field(() => Boolean, {
    nullable: true,
    description: `False for an account that is suspended. ${FOR_ADMINISTRATORS}`,
  })
  active!: boolean | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: `When the account ends; null: it does not, or the viewer may not know.`,
  })
  expiresAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: FOR_ADMINISTRATORS })
  createdAt!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: `Moves with every change of the account: \`updateUser\` refuses an old one. ${FOR_ADMINISTRATORS}`,
  })
  revision!: number | null;

  /** Where `department` is loaded from; null when there is none or the viewer may not know. */
  departmentId!: string | null;
}

/** A page of the firm's people. */
export const UserConnection = connectionType("User", () => UserType);
