import "reflect-metadata";
import { AppError } from "@onrecord/core/errors";
import { createLogger } from "@onrecord/core/log";
import type { Caller } from "@onrecord/policy/principal";
import { parse } from "graphql";
import {
  Arg,
  Directive,
  Field,
  ID,
  InputType,
  ObjectType,
  Query,
  Resolver,
  Subscription,
} from "type-graphql";
import { describe, expect, it } from "vitest";
import { buildSchema } from "./build-schema.js";
import { executeOn } from "./execute.js";
import type { Subgraph } from "./subgraph.js";

@InputType()
class Words {
  @Field(() => String, { nullable: true })
  title?: string;

  @Field(() => [String], { nullable: true })
  tags?: string[];
}

@ObjectType()
@Directive('@key(fields: "id")')
class Shelf {
  @Field(() => ID)
  id!: string;
}

/** What a database says of a text that it cannot keep. */
const keep = () => {
  throw new Error("invalid byte sequence for encoding UTF8: 0x00");
};

@Resolver()
class ShelfResolver {
  @Query(() => String)
  async find(
    @Arg("words", () => Words) words: Words,
    @Arg("deny", () => Boolean) deny: boolean,
  ): Promise<string> {
    if (deny) throw new AppError("FORBIDDEN", "You may not.");
    return JSON.stringify(words).includes("\\u0000") ? keep() : "found";
  }

  @Subscription(() => String, { subscribe: keep })
  follow(@Arg("text", () => String) _text: string): string {
    return "followed";
  }

  @Query(() => Shelf)
  shelf(): Shelf {
    return { id: "1" };
  }
}

const loaded: unknown[] = [];
const subgraph: Subgraph = {
  name: "documents",
  ledger: null,
  ...buildSchema({
    resolvers: [ShelfResolver],
    references: {
      Shelf: async (refs) => {
        loaded.push(...refs);
        return [...refs];
      },
    },
  }),
  context: () => ({}),
  [Symbol.asyncDispose]: async () => undefined,
};
const caller: Caller = { principal: null, requestId: "request-1", from: { ip: null, userAgent: null } };

async function ask(query: string, variables: Record<string, unknown>) {
  const request = { document: parse(query), variables, operationName: undefined, caller };
  const result = await executeOn(subgraph, request, createLogger("silent"));
  if (Symbol.asyncIterator in result) throw new TypeError("a stream");
  return {
    data: result.data,
    errors: result.errors?.map(({ message, extensions }) => [extensions.code, message]),
  };
}
const FIND = "query ($w: Words!, $deny: Boolean!) { find(words: $w, deny: $deny) }";

describe("a text that cannot be kept", () => {
  it.each([
    ["a field", { title: "secret\0" }, "words.title"],
    ["a list", { tags: ["fine", "secret\0"] }, "words.tags"],
  ])("fails, in %s, for the request that brought it", async (_, w, path) => {
    const { errors } = await ask(FIND, { w, deny: false });
    expect(errors).toEqual([
      ["BAD_USER_INPUT", `The argument \`${path}\` has the character NUL (U+0000), which no text may have.`],
    ]);
  });

  it("is no reason where the field knows a better one", async () => {
    const { errors } = await ask(FIND, { w: { title: "secret\0" }, deny: true });
    expect(errors).toEqual([["FORBIDDEN", "You may not."]]);
  });

  it("is no excuse for a fault of ours without it", async () => {
    const { errors } = await ask("subscription ($t: String!) { follow(text: $t) }", { t: "fine" });
    expect(errors?.map(([code]) => code)).toEqual(["INTERNAL"]);
  });

  it("fails a subscription, and the references of another subgraph before they are loaded", async () => {
    const followed = await ask("subscription ($t: String!) { follow(text: $t) }", { t: "\ud842" });
    expect(followed.errors?.map(([code]) => code)).toEqual(["BAD_USER_INPUT"]);
    const entities = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }";
    const found = await ask(entities, { r: [{ __typename: "Shelf", id: "1" }] });
    expect([found.errors, loaded.length]).toEqual([undefined, 1]);
    const refused = await ask(entities, { r: [{ __typename: "Shelf", id: "1\0" }] });
    expect(refused.errors?.[0]).toEqual(["BAD_USER_INPUT", expect.stringContaining("`representations.id`")]);
    expect(loaded).toHaveLength(1);
  });
});
