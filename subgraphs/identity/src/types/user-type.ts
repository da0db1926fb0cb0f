import { Directive, Field, ID, ObjectType } from "type-graphql";
import { UserKind } from "./user-kind.js";

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

  /** Where `department` is loaded from; null when there is none or the viewer may not know. */
  departmentId!: string | null;
}
