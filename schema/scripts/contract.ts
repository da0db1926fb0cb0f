import { composeServices, compositionHasErrors } from "@theguild/federation-composition";
import {
  buildASTSchema,
  type DocumentNode,
  lexicographicSortSchema,
  parse,
  print,
  printSchema,
} from "graphql";

/** Generated files: path below `schema/` → text. */
export type Files = ReadonlyMap<string, string>;

/** Each subgraph's name with its SDL. */
export type SubgraphSdls = Readonly<Record<string, string>>;

/** The contract as the subgraphs stand: their SDL, the supergraph, and the public API. Throws with every composition error. */
export function composeContract(sdls: SubgraphSdls): Files {
  const services = Object.entries(sdls).map(([name, sdl]) => ({ name, sdl, typeDefs: parse(sdl) }));
  // Where a subgraph answers is the gateway's configuration; the supergraph only needs some address for each.
  const composed = composeServices(
    services.map(({ name, typeDefs }) => ({ name, typeDefs, url: `http://${name}/graphql` })),
  );
  if (compositionHasErrors(composed)) {
    const faults = composed.errors.map(({ message, extensions }) => `  ${extensions.code}: ${message}`);
    throw new Error(`The subgraphs do not compose:\n${faults.join("\n")}`);
  }
  return new Map([
    ...services.map(({ name, typeDefs }) => [`subgraphs/${name}.graphql`, tidy(typeDefs)] as const),
    ["supergraph.graphql", tidy(parse(composed.supergraphSdl))],
    ["schema.graphql", publicApi(composed.publicDocumentNode)],
  ]);
}

function tidy(document: DocumentNode): string {
  return `${print(document)}\n`;
}

/** Sorted, so that the diff of a change shows the change. */
function publicApi(document: DocumentNode): string {
  return `${printSchema(lexicographicSortSchema(buildASTSchema(document, { assumeValidSDL: true })))}\n`;
}
