import type { Principal } from "@onrecord/policy/principal";
import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType, registerEnumType } from "type-graphql";

/** What a principal may do on the firm itself. */
export const Capability = {
  READ_AUDIT: "READ_AUDIT",
  CREATE_TOP_FOLDER: "CREATE_TOP_FOLDER",
  MANAGE_PEOPLE: "MANAGE_PEOPLE",
} as const;
export type Capability = keyof typeof Capability;

registerEnumType(Capability, { name: "Capability", description: "What I may do on the firm itself." });

/** A signed-in user with the session that proves it. */
@ObjectType("Principal", { description: "Who is signed in, in which session." })
export class PrincipalType {
  @Field(() => ID)
  sessionId!: string;

  @Field(() => [String])
  roles!: readonly string[];

  @Field(() => GraphQLDateTime, { description: "When the session or the account ends." })
  expiresAt!: string;

  principal!: Principal;
}
