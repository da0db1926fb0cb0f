import { GraphQLDateTime } from "graphql-scalars";
import { Field, InputType, ObjectType } from "type-graphql";
import { UserType } from "./user-type.js";

/** A link with which somebody sets their password, once. */
@ObjectType("PasswordLink", {
  description:
    "A link with which somebody sets their password, once. Whoever has it can: give it to them alone.",
})
export class PasswordLinkType {
  @Field(() => String, {
    description:
      "The page that takes it, `/set-password#<token>`; behind the address that people use where the server knows it. It is shown only here.",
  })
  url!: string;

  @Field(() => GraphQLDateTime)
  expiresAt!: Date;
}

/** A new account with the link that its owner begins with. */
@ObjectType()
export class CreateUserPayload {
  @Field(() => UserType)
  user!: UserType;

  @Field(() => PasswordLinkType)
  passwordLink!: PasswordLinkType;
}

/** The link and the password that is to be. */
@InputType()
export class SetPasswordInput {
  @Field(() => String, { description: "What stands behind the `#` of the link." })
  token!: string;

  @Field(() => String, { description: "At least 12 characters." })
  password!: string;
}

/** Who the first administrator is, proven by what the server's log shows. */
@InputType()
export class CreateFirstAdministratorInput {
  @Field(() => String, { description: "What the server's log shows, behind the `#` of the address there." })
  token!: string;

  @Field(() => String)
  email!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { description: "At least 12 characters." })
  password!: string;
}

/** An account with a password: what to sign in with. */
@ObjectType("ReadyAccount", { description: "An account whose password was set: one can sign in to it." })
export class ReadyAccountType {
  @Field(() => String)
  email!: string;
}
