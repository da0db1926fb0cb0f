import { Field, InputType, ObjectType } from "type-graphql";
import { PrincipalType } from "./principal-type.js";

/** What somebody signs in with. */
@InputType()
export class SignInInput {
  @Field(() => String)
  email!: string;

  @Field(() => String)
  password!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "What signing in gave this device before: others who guess at the account do not hold it back. An empty text asks for one.",
  })
  device?: string;
}

/** What signing in gives. */
@ObjectType()
export class SignInPayload {
  @Field(() => String, { description: "Send it as `Authorization: Bearer <token>`; it is shown only here." })
  token!: string;

  @Field(() => String, {
    nullable: true,
    description: "For the next sign-in from this device, where the input asked for it.",
  })
  device!: string | null;

  @Field(() => PrincipalType)
  principal!: PrincipalType;
}
