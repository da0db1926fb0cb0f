import type { PlanNode, QueryPlanner } from "@graphql-hive/router-query-planner";
import { AppError } from "@onrecord/core/errors";
import { type DocumentNode, Kind, print, type SelectionNode, visit } from "graphql";

/** What the planner made of one operation; without a node where nothing is to be fetched. */
export type Plan = { readonly node?: PlanNode };

/** Plans operations over a supergraph, each document once: the runtime keeps the documents that come again. */
export class Planner {
  readonly #plans = new WeakMap<DocumentNode, Map<string | undefined, Promise<Plan>>>();

  private constructor(private readonly native: QueryPlanner) {}

  /** Throws BAD_CONFIG on a platform for which there is none. */
  static async load(supergraph: string): Promise<Planner> {
    let native: typeof import("@graphql-hive/router-query-planner");
    try {
      native = await import("@graphql-hive/router-query-planner");
    } catch (cause) {
      throw new AppError(
        "BAD_CONFIG",
        "The gateway's planner has no build for this platform; run it on Linux with glibc, or on macOS.",
        { cause },
      );
    }
    return new Planner(new native.QueryPlanner(supergraph));
  }

  plan(document: DocumentNode, operationName: string | undefined): Promise<Plan> {
    const plans = this.#plans.get(document) ?? new Map<string | undefined, Promise<Plan>>();
    this.#plans.set(document, plans);
    let plan = plans.get(operationName);
    if (plan === undefined) {
      plan = this.native.planAsync(print(neverEmpty(document)), operationName, new Set(), 0);
      plans.set(operationName, plan);
      // What failed once, for want of anything, may work the next time.
      plan.catch(() => plans.delete(operationName));
    }
    return plan;
  }
}

const typename: SelectionNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } };

/**
 * Gives every selection of which nothing may be left (all is skipped or in fragments) a field that stays: the planner leaves a field
 * with an empty selection out, where an empty object is due.
 */
function neverEmpty(document: DocumentNode): DocumentNode {
  return visit(document, {
    Field(node) {
      const { selectionSet } = node;
      if (!selectionSet || selectionSet.selections.some(isPlain)) return undefined;
      return {
        ...node,
        selectionSet: { ...selectionSet, selections: [...selectionSet.selections, typename] },
      };
    },
  });
}

function isPlain({ kind, directives = [] }: SelectionNode): boolean {
  return kind === Kind.FIELD && directives.length === 0;
}
