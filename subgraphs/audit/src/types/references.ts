import { Directive, Field, ID, ObjectType } from "type-graphql";

/** A document, as far as its trail goes. */
@ObjectType("Document")
@Directive('@key(fields: "id")')
export class DocumentType {
  @Field(() => ID)
  id!: string;
}

/** Who did something; identity tells their name. */
@ObjectType("Actor")
@Directive('@key(fields: "id", resolvable: false)')
export class ActorType {
  @Field(() => ID)
  id!: string;
}
