import "reflect-metadata";
import { ArgsType, Field, Int } from "type-graphql";

const exactDescription =
  "Tell apart every single version; otherwise what one author wrote in one go is one run.";

/** Which two versions are compared. */
@ArgsType()
export class DiffArgs {
  @Field(() => Int, { description: "The older version; 0 is the empty document." })
  from!: number;

  @Field(() => Int)
  to!: number;

  @Field(() => Boolean, { defaultValue: false, description: exactDescription })
  exact!: boolean;
}

/** Which version is attributed. */
@ArgsType()
export class AttributionArgs {
  @Field(() => Int, { nullable: true, description: "Without one, the head." })
  version?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Tell also what was deleted after this version, in its place.",
  })
  deletedSince?: number | null;

  @Field(() => Boolean, { defaultValue: false, description: exactDescription })
  exact!: boolean;
}
