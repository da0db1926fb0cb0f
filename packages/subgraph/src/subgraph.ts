import type { SubgraphName } from "@onrecord/core/config";
import type { Ledger } from "@onrecord/ledger/ledger";
import type { Caller } from "@onrecord/policy/principal";
import type { GraphQLSchema } from "graphql";
import type { LargeValues } from "./large-values.js";

/** A subgraph's executable schema with the federation SDL that composition reads; needs no database. */
export interface SubgraphSchema {
  readonly schema: GraphQLSchema;
  readonly sdl: string;
}

/** A subgraph that can answer: called in-process by the gateway, or served alone by `serveSubgraph`. */
export interface Subgraph extends SubgraphSchema, AsyncDisposable {
  readonly name: SubgraphName;
  /** Where refusals go that no resolver has recorded; null: a subgraph of a test, without a record. */
  readonly ledger: Pick<Ledger, "refuse"> | null;
  /**
   * A new context for one execution (for a subscription: one per event). Whatever remembers rows lives in it, so that
   * nothing read for one caller or at one time is ever shown to another. `gone` fires when whoever asked goes away; `large`
   * takes the values that are put into the answer where it is written out, if it can be.
   */
  context(caller: Caller, gone?: AbortSignal, large?: LargeValues): object;
}
