import "reflect-metadata";
import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { AuditEntryReference, UserReference } from "./references.js";
import { Standing } from "./standing.js";

/** One version of a document: one effective change. */
@ObjectType("Version", { description: "One effective change of a document, with its entry on the record." })
@Directive('@key(fields: "documentId number")')
export class Version {
  @Field(() => ID)
  documentId!: string;

  @Field(() => Int)
  number!: number;

  @Field(() => GraphQLDateTime)
  at!: Date;

  @Field(() => UserReference, {
    nullable: true,
    description: "Whose change it is; null where that could not be proven.",
  })
  author!: UserReference | null;

  @Field(() => UserReference, { nullable: true, description: "Who brought it." })
  carrier!: UserReference | null;

  @Field(() => Standing, { description: "What is known of who stands behind all of it." })
  standing!: `${Standing}`;

  @Field(() => String, { nullable: true })
  name!: string | null;

  @Field(() => Int, { description: "Size of the change." })
  bytes!: number;

  @Field(() => AuditEntryReference)
  auditEntry!: AuditEntryReference;
}
