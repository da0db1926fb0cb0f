import "reflect-metadata";
import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, ObjectType } from "type-graphql";
import { DocumentKind } from "./enums.js";

/** A document that the caller may see. */
@ObjectType("Document", { description: "A filing or a text, with every version it ever had." })
@Directive('@key(fields: "id")')
export class Document {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  title!: string;

  @Field(() => DocumentKind)
  kind!: `${DocumentKind}`;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  folderId!: string;
  createdBy!: string | null;
}
