import "reflect-metadata";
import type { Root } from "@onrecord/history/attribution/content-tree";
import { GraphQLScalarType } from "graphql";
import { Field, Int, ObjectType } from "type-graphql";
import { UserReference } from "./references.js";
import { Standing } from "./standing.js";

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

/** What a document holds, as data: `Root[]` of the history package's `content-tree.ts`, which has every part's meaning. */
export const ContentTree = new GraphQLScalarType({
  name: "ContentTree",
  description: `A document's content as JSON: a list of { name, node }, one for each shared type by its name.
A node is { type: text | element | fragment | array | map, name?, children, entries: [{ key, pieces }] }.
Children and an entry's pieces are pieces: { change: same | inserted | deleted, inserted, deleted?, and one of text, value, node }.
A node of a difference may have lost: [{ at: how many children stand before it, inserted, deleted, and one of text, node }]: what was
written in between and is in neither version, since what it stood in was taken away meanwhile. It is told over as many versions as deletedSince.
Text may have { format, reformatted: [{ key, before, after, by }] }.
inserted, deleted and by are stamps, { by: index into origins, versions: [first, last], at: [first, last] }, or null where no version is known.`,
});

/** A version with who wrote what. */
@ObjectType("DocumentAttribution", { description: "The content of a version, with who wrote what and when." })
export class DocumentAttribution {
  @Field(() => Int)
  version!: number;

  @Field(() => [ChangeOrigin])
  origins!: readonly ChangeOrigin[];

  @Field(() => ContentTree)
  /** Or a name for it, where it is put into the answer. */
  roots!: readonly Root[] | string;
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

  @Field(() => ContentTree)
  /** Or a name for it, where it is put into the answer. */
  roots!: readonly Root[] | string;
}
