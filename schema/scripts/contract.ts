import { buildSchema as audit } from "@onrecord/subgraph-audit/schema";
import { buildSchema as documents } from "@onrecord/subgraph-documents/schema";
import { buildSchema as identity } from "@onrecord/subgraph-identity/schema";
import { buildSchema as permissions } from "@onrecord/subgraph-permissions/schema";
import { compositionHasErrors, composeServices, transformSupergraphToPublicSchema } from "@theguild/federation-composition";
import { parse, print, printSchema } from "graphql";

/** Everything that is generated from the code, by the path of its file below `schema/`. */
export type Contract = ReadonlyMap<string, string>;

/** The contract as the code stands: each subgraph's SDL, the supergraph, and the public API. Throws with every composition error. */
export function contractOfCode(): Contract {
  const built = Object.entries({ audit, documents, identity, permissions }).map(([name, build]) => ({ name, sdl: build().sdl }));
  const composed = composeServices(built.map(({ name, sdl }) => ({ name, typeDefs: parse(sdl), url: `http://${name}/graphql` })));
  if (compositionHasErrors(composed)) throw new Error(composed.errors.map(({ message }) => message).join("\n"));
  const publicSchema = transformSupergraphToPublicSchema(parse(composed.supergraphSdl));
  return new Map([
    ...built.map(({ name, sdl }) => [`subgraphs/${name}.graphql`, tidy(sdl)] as const),
    ["supergraph.graphql", tidy(composed.supergraphSdl)],
    ["schema.graphql", `${"kind" in publicSchema ? print(publicSchema) : printSchema(publicSchema)}\n`],
  ]);
}

function tidy(sdl: string): string {
  return `${print(parse(sdl))}\n`;
}
