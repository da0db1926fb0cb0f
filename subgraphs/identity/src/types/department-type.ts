import { connectionType } from "@onrecord/subgraph/relay";
import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, ObjectType } from "type-graphql";

/** A department of the firm. */
@ObjectType("Department", { description: "A department of the firm." })
@Directive('@key(fields: "id")')
export class DepartmentType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Since when nobody can be put into it." })
  closedAt!: Date | null;

  /** Where `parent` is loaded from. */
  parentId!: string | null;
}

/** A page of the firm's departments. */
export const DepartmentConnection = connectionType("Department", () => DepartmentType);
