import "reflect-metadata";
import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, ObjectType } from "type-graphql";

/** A folder that the caller may see. */
@ObjectType("Folder", { description: "A folder of folders and documents." })
@Directive('@key(fields: "id")')
export class Folder {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  parentId!: string | null;
}
