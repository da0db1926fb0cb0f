import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType } from "type-graphql";

/** A role as administrators see it. */
@ObjectType("Role", { description: "A role that people have. Grants may name it, and policies some." })
export class RoleType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => Boolean, {
    description: "Whether policies speak of it by its name: it is neither renamed nor closed.",
  })
  builtIn!: boolean;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Since when nobody can be given it." })
  closedAt!: Date | null;
}
