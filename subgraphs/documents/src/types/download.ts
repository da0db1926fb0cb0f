import "reflect-metadata";
import { GraphQLDateTime } from "graphql-scalars";
import { Field, ObjectType } from "type-graphql";

/** Where a copy can be fetched, once. */
@ObjectType("Download", { description: "Where a copy can be fetched, once, until it expires." })
export class Download {
  @Field(() => String, { description: "A path of this server." })
  url!: string;

  @Field(() => GraphQLDateTime)
  expiresAt!: Date;
}
