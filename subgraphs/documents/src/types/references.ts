import "reflect-metadata";
import { Directive, Field, ID, ObjectType } from "type-graphql";

/** Names a user; what is known of them is the identity subgraph's to say. */
@ObjectType("User")
@Directive('@key(fields: "id", resolvable: false)')
export class UserReference {
  @Field(() => ID)
  id!: string;
}

/** Names an entry of the record; the audit subgraph resolves it. */
@ObjectType("AuditEntry")
@Directive('@key(fields: "id", resolvable: false)')
export class AuditEntryReference {
  @Field(() => ID)
  id!: string;
}
