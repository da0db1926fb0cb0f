import "reflect-metadata";
import { ArgsType, Field, Int } from "type-graphql";

/** Pages forward through a list. */
@ArgsType()
export class ForwardArgs {
  @Field(() => Int, { nullable: true })
  first?: number | null;

  @Field(() => String, { nullable: true })
  after?: string | null;
}

/** Pages through a list in either direction. */
@ArgsType()
export class BothWaysArgs extends ForwardArgs {
  @Field(() => Int, { nullable: true })
  last?: number | null;

  @Field(() => String, { nullable: true })
  before?: string | null;
}
