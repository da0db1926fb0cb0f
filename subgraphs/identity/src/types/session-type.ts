import { connectionType } from "@onrecord/subgraph/relay";
import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, InputType, ObjectType, registerEnumType } from "type-graphql";

/** How a session was got. */
export const SessionKind = { BROWSER: "BROWSER", TOKEN: "TOKEN" } as const;
export type SessionKind = keyof typeof SessionKind;

registerEnumType(SessionKind, {
  name: "SessionKind",
  description: "How a session was got: by signing in, or from the command line of the machine.",
});

/** A session, as whoever it is of sees it. */
@ObjectType("Session", { description: "A living session of mine." })
export class SessionType {
  @Field(() => ID)
  id!: string;

  @Field(() => SessionKind)
  kind!: SessionKind;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { description: "When it was used last, to a minute or so." })
  lastUsedAt!: Date;

  @Field(() => GraphQLDateTime, { description: "When it ends, however much it is used." })
  expiresAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: "The address from which it was started; null where none is kept.",
  })
  ip!: string | null;

  @Field(() => String, { nullable: true, description: "What the program called itself that started it." })
  userAgent!: string | null;

  @Field(() => Boolean, { description: "Whether it is the one that asks." })
  current!: boolean;
}

/** A page of one's sessions. */
export const SessionConnection = connectionType("Session", () => SessionType);

/** Which session to end. */
@InputType()
export class EndSessionInput {
  @Field(() => ID)
  sessionId!: string;
}

/** The password that somebody has and the one that they want. */
@InputType()
export class ChangePasswordInput {
  @Field(() => String)
  current!: string;

  @Field(() => String, { description: "At least 12 characters." })
  new!: string;
}
