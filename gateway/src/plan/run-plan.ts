import type {
  BatchFetchNode,
  EntityBatchAlias,
  FetchNode,
  PlanNode,
} from "@graphql-hive/router-query-planner";
import { type ExecutionResult, GraphQLError } from "graphql";
import type { Fields } from "./data.js";
import { merge } from "./data.js";
import { entityRequest, mergeEntities, placeEntityError } from "./entities.js";
import { aliasesOf, questionOf } from "./fetches.js";
import { PlacedErrors } from "./placed-errors.js";
import type { Fits } from "./places.js";
import { rewrite, rewritePath } from "./rewrites.js";

/** Asks a subgraph what a node of a plan says. */
export type Ask = (
  node: FetchNode | BatchFetchNode,
  variables: Readonly<Record<string, unknown>>,
) => Promise<ExecutionResult>;

/** One answer while its plan runs. */
export class PlanRun {
  readonly errors = new PlacedErrors();
  /** A mutation failed as a whole: those behind it must not happen. */
  #stopped = false;

  constructor(
    /** What was fetched; grows. */
    readonly data: Fields,
    /** As the operation defines them, with its defaults. */
    private readonly variables: Readonly<Record<string, unknown>>,
    private readonly ask: Ask,
    private readonly fits: Fits,
  ) {}

  /** Runs a part of the plan. Never rejects: what fails is among the errors. */
  async run(node: PlanNode): Promise<void> {
    if (this.#stopped) return;
    switch (node.kind) {
      case "Sequence":
        for (const one of node.nodes) await this.run(one);
        return;
      case "Parallel":
        await Promise.all(node.nodes.map((one) => this.run(one)));
        return;
      case "Condition": {
        const clause = this.variables[node.condition] === true ? node.ifClause : node.elseClause;
        if (clause) await this.run(clause);
        return;
      }
      case "Flatten":
        if (node.node.kind !== "Fetch") throw new TypeError(`a plan flattens a ${node.node.kind}`);
        return this.#entities(node.node, aliasesOf(node.node, node.path));
      case "BatchFetch":
        return this.#entities(node, node.entityBatch.aliases);
      case "Fetch":
        return this.#root(node);
      default:
        throw new TypeError(`a plan has a ${node.kind} where it must not`);
    }
  }

  /** Takes the result of a fetch of root fields. */
  take(node: FetchNode, { data, errors }: ExecutionResult): void {
    for (const error of errors ?? []) {
      const path = rewritePath(error.path ?? [], node.outputRewrites);
      if (path.length > 0) this.errors.add(path, error);
      else for (const key of questionOf(node).keys) this.errors.add([key], error);
    }
    if (data) {
      rewrite(data, node.outputRewrites, this.fits);
      merge(this.data, data);
      return;
    }
    // A null that has risen to the top is the last thing that a subgraph tells of.
    const risen = errors?.at(-1);
    if (risen?.path)
      this.errors.empty(questionOf(node).keys, rewritePath(risen.path, node.outputRewrites), risen);
    if (node.operationKind === "mutation") this.#stopped = true;
  }

  async #root(node: FetchNode): Promise<void> {
    this.take(node, await this.#asked(node, this.#variablesOf(node)));
  }

  async #entities(node: FetchNode | BatchFetchNode, aliases: readonly EntityBatchAlias[]): Promise<void> {
    const request = entityRequest(this.data, aliases, this.fits);
    if (request === null) return;
    const variables = { ...this.#variablesOf(node), ...request.variables };
    const { data, errors } = await this.#asked(node, variables);
    const { entityKeys } = questionOf(node);
    for (const error of errors ?? [])
      placeEntityError(error, request.wanted, (alias) => entityKeys.get(alias) ?? [], this.errors);
    if (data) for (const wanted of request.wanted) mergeEntities(data, wanted, this.fits);
  }

  async #asked(
    node: FetchNode | BatchFetchNode,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<ExecutionResult> {
    try {
      return await this.ask(node, variables);
    } catch (error) {
      return { errors: [asGraphQLError(error)] };
    }
  }

  #variablesOf({ variableUsages = [] }: FetchNode | BatchFetchNode): Record<string, unknown> {
    const given = variableUsages.filter((name) => Object.hasOwn(this.variables, name));
    return Object.fromEntries(given.map((name) => [name, this.variables[name]]));
  }
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(cause.message, { originalError: cause });
}
