import "reflect-metadata";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { printSchemaWithDirectives } from "@graphql-tools/utils";
import { parse, print } from "graphql";
import { type BuildSchemaOptions, buildSchemaSync } from "type-graphql";
import { guardArguments } from "./argument-text.js";
import { asFederationDocument } from "./federation-document.js";
import { type References, resolverMap } from "./resolver-map.js";
import type { SubgraphSchema } from "./subgraph.js";

/** What a subgraph's schema is made of. */
export interface SchemaParts<Context extends object> {
  /** Classes with type-graphql's `@Resolver`. */
  readonly resolvers: BuildSchemaOptions["resolvers"];
  /** `@ObjectType` classes that no field of this subgraph returns, e.g. entities that others only refer to. */
  readonly orphanedTypes?: NonNullable<BuildSchemaOptions["orphanedTypes"]>;
  /** Entity type name → how its references are loaded, a batch at a time. */
  readonly references?: References<Context>;
  /** Needed by subscriptions that name `topics`; those that bring their own `subscribe` do without. */
  readonly pubSub?: NonNullable<BuildSchemaOptions["pubSub"]>;
  /** Whether class-validator decorators on inputs are enforced. */
  readonly validate?: boolean;
}

/** Subscriptions with their own `subscribe` never touch it, but type-graphql refuses to build without one. */
const noPubSub: NonNullable<BuildSchemaOptions["pubSub"]> = {
  publish: () => undefined,
  subscribe: (topic) => {
    throw new TypeError(`the topic ${topic} has no pubSub: give one to buildSchema`);
  },
};

/** Builds a federation 2 subgraph from type-graphql classes: the executable schema and its SDL. */
export function buildSchema<Context extends object>(parts: SchemaParts<Context>): SubgraphSchema {
  const plain = buildSchemaSync({
    resolvers: parts.resolvers,
    ...(parts.orphanedTypes === undefined ? {} : { orphanedTypes: parts.orphanedTypes }),
    pubSub: parts.pubSub ?? noPubSub,
    validate: parts.validate ?? false,
    // A subgraph that only extends others has an empty Query until federation adds its own fields.
    skipCheck: true,
  });
  const typeDefs = asFederationDocument(parse(printSchemaWithDirectives(plain), { noLocation: true }));
  // The array form: @apollo/subgraph 2.15 takes no single module.
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: resolverMap(plain, parts.references ?? {}) }]);
  guardArguments(schema);
  return { schema, sdl: `${print(typeDefs)}\n` };
}
