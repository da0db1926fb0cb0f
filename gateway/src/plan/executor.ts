import type { FetchNode, PlanNode } from "@graphql-hive/router-query-planner";
import {
  type ExecutionRequest,
  type Executor,
  isAsyncIterable,
  type MaybeAsyncIterable,
  mapAsyncIterator,
} from "@graphql-tools/utils";
import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  isAbstractType,
  isObjectType,
  type OperationDefinitionNode,
} from "graphql";
import type { GatewayContext } from "../executors.js";
import type { Fields } from "./data.js";
import { questionOf } from "./fetches.js";
import type { Fits } from "./places.js";
import type { Planner } from "./planner.js";
import { type Asked, project } from "./project.js";
import { needsNothing } from "./root-fields.js";
import { type Ask, PlanRun } from "./run-plan.js";

type Request = ExecutionRequest<Record<string, unknown>, Partial<GatewayContext>>;
type Result = MaybeAsyncIterable<ExecutionResult>;

/** What executes operations: the public schema, who plans, and subgraph → what asks it. */
export interface ExecutorParts {
  readonly schema: GraphQLSchema;
  readonly planner: Planner;
  readonly subgraphs: ReadonlyMap<string, Executor>;
}

/** Executes operations by their plans: fetches what they need of the subgraphs, then answers as graphql-js would. */
export function planExecutor({ schema, planner, subgraphs }: ExecutorParts): Executor {
  const fits = fitsIn(schema);
  return (async (request: Request): Promise<Result> => {
    const { document, operationName, variables } = request;
    const asked: Asked = { schema, document, operationName, variables };
    const operation = getOperationAST(document, operationName);
    // It has said so when it was chosen; graphql-js says it again, in its words.
    if (!operation) return project(asked, empty(), new PlanRun(empty(), {}, never, fits).errors);
    const values = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
    if (values.errors) return { errors: values.errors.map(asRequestError) };
    const ask = (node: Parameters<Ask>[0], given: Record<string, unknown>) =>
      askSubgraph(subgraphs, request, operation, node, given);
    const begin = () => new PlanRun(empty(), values.coerced, ask as Ask, fits);
    const answer = (run: PlanRun) => project(asked, run.data, run.errors);
    if (needsNothing(operation, document, values.coerced)) return answer(begin());
    const { node } = await planner.plan(document, operationName);
    const [source, rest] = subscriptionOf(node);
    if (source) {
      const events = (await ask(source, values.coerced)) as Result;
      if (!isAsyncIterable(events)) return events;
      return mapAsyncIterator(events, async (event) => {
        const run = begin();
        run.take(source, event);
        for (const one of rest) await run.run(one);
        return answer(run);
      });
    }
    const run = begin();
    if (node) await run.run(node);
    return answer(run);
  }) as Executor;
}

function empty(): Fields {
  return Object.create(null);
}

function never(): never {
  throw new TypeError("nothing is to be fetched");
}

async function askSubgraph(
  subgraphs: ReadonlyMap<string, Executor>,
  { context, signal, rootValue, extensions }: Request,
  { operation }: OperationDefinitionNode,
  node: Parameters<Ask>[0],
  variables: Record<string, unknown>,
): Promise<Result> {
  const executor = subgraphs.get(node.serviceName);
  if (!executor) throw new TypeError(`a plan asks ${node.serviceName}, which is none of our subgraphs`);
  return executor({
    document: questionOf(node).document,
    variables,
    operationType: node.operationKind ?? operation,
    operationName: node.operationName,
    subgraphName: node.serviceName,
    context,
    signal,
    rootValue,
    extensions,
  } as never) as Promise<Result>;
}

/** The fetch that a subscription begins with, and what is fetched for each event. */
function subscriptionOf(node: PlanNode | undefined): [FetchNode | undefined, readonly PlanNode[]] {
  const [first, ...rest] = node?.kind === "Sequence" ? node.nodes : [node];
  return first?.kind === "Subscription" ? [first.primary, rest as PlanNode[]] : [undefined, []];
}

function fitsIn(schema: GraphQLSchema): Fits {
  return (typename, types) =>
    types.some((name) => {
      if (name === typename) return true;
      const [type, wanted] = [schema.getType(typename), schema.getType(name)];
      return isObjectType(type) && isAbstractType(wanted) && schema.isSubType(wanted, type);
    });
}

/** Nothing was executed: the request itself is at fault. */
function asRequestError({ message, nodes }: GraphQLError): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    extensions: { http: { status: 400, spec: true } },
  });
}
