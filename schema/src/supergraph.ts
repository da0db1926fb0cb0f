import { readFileSync } from "node:fs";

/** The composed supergraph as committed: what the gateway plans by. */
export function readSupergraph(): string {
  return readFileSync(new URL("../supergraph.graphql", import.meta.url), "utf8");
}

/** The public API as committed, without federation's own types. */
export function readPublicSchema(): string {
  return readFileSync(new URL("../schema.graphql", import.meta.url), "utf8");
}
