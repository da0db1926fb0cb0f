import "reflect-metadata";
import { GraphQLJSON } from "graphql-scalars";
import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { UserReference } from "./references.js";

/** What is known of who stands behind a run. */
export enum Standing {
  PROVEN = "PROVEN",
  RELAYED = "RELAYED",
  UNKNOWN = "UNKNOWN",
  HOUSE = "HOUSE",
}
registerEnumType(Standing, {
  name: "Standing",
  description:
    "PROVEN: the author's. RELAYED: brought by the carrier for someone else, which nobody proved. UNKNOWN: nobody's who could be named. HOUSE: written by Onrecord itself.",
});

/** Whom a run is attributed to. */
@ObjectType("ChangeOrigin", { description: "Whom a run of text is attributed to." })
export class ChangeOrigin {
  @Field(() => Standing)
  standing!: `${Standing}`;

  @Field(() => UserReference, {
    nullable: true,
    description: "Whose it is; null where that could not be proven.",
  })
  author!: UserReference | null;

  @Field(() => UserReference, { nullable: true, description: "Who brought it." })
  carrier!: UserReference | null;
}

const rootsDescription =
  "A list of { name, node }: each shared type of the document, by its name. A node is { type, name?, entries, children }; its children are pieces, its entries { key, pieces }. A piece is { change: same | inserted | deleted, inserted, deleted?, and text, value or node }; text may have { format, reformatted: [{ key, before, after, by }] }. `inserted`, `deleted` and `by` are stamps: { by: index into origins, versions: [first, last], at: [first, last] }, or null where no version is known.";

/** A version with who wrote what. */
@ObjectType("DocumentAttribution", { description: "The content of a version, with who wrote what and when." })
export class DocumentAttribution {
  @Field(() => Int)
  version!: number;

  @Field(() => [ChangeOrigin])
  origins!: readonly ChangeOrigin[];

  @Field(() => GraphQLJSON, { description: rootsDescription })
  roots!: unknown;
}

/** Two versions as one content. */
@ObjectType("DocumentDiff", {
  description:
    "Two versions as one content: what stayed, what was inserted, deleted and formatted, with who and when.",
})
export class DocumentDiff {
  @Field(() => Int)
  from!: number;

  @Field(() => Int)
  to!: number;

  @Field(() => [ChangeOrigin])
  origins!: readonly ChangeOrigin[];

  @Field(() => GraphQLJSON, { description: rootsDescription })
  roots!: unknown;
}
