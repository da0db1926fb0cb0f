import { Field, InputType, ObjectType } from "type-graphql";
import { PrincipalType } from "./principal-type.js";

/** What somebody signs in with. */
@InputType()
export class SignInInput {
  @Field(() => String)
  email!: string;

  @Field(() => String)
  password!: string;
}

/** What signing in gives. */
@ObjectType()
export class SignInPayload {
  @Field(() => String, { description: "Send it as `Authorization: Bearer <token>`; it is shown only here." })
  token!: string;

  @Field(() => PrincipalType)
  principal!: PrincipalType;
}
