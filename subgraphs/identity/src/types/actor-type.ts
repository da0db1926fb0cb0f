import { Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";

/** Who can be on the record. */
export const ActorKind = { USER: "USER", ANONYMOUS: "ANONYMOUS", SYSTEM: "SYSTEM" } as const;
export type ActorKind = keyof typeof ActorKind;

registerEnumType(ActorKind, { name: "ActorKind", description: "Who can be on the record." });

/** Who did something, as entries of the record name them. */
@ObjectType("Actor", { description: "Who did something: a user, nobody who could be proven, or the system." })
@Directive('@key(fields: "id")')
export class ActorType {
  @Field(() => ID, { description: '"user:<id>", "anonymous" or "system".' })
  id!: string;

  @Field(() => ActorKind)
  kind!: ActorKind;

  /** The user behind it; null for the others. */
  userId!: string | null;
}
