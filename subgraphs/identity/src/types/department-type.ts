import { Directive, Field, ID, ObjectType } from "type-graphql";

/** A department of the firm. */
@ObjectType("Department", { description: "A department of the firm." })
@Directive('@key(fields: "id")')
export class DepartmentType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;
}
