import type { Logger } from "@onrecord/core/log";
import { onAccountOf } from "@onrecord/core/owner";
import { type Caller, ownerOf } from "@onrecord/policy/principal";
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  getOperationAST,
  OperationTypeNode,
} from "graphql";
import { nameBadLiterals } from "./argument-literal.js";
import { toGraphQLError } from "./errors.js";
import type { LargeValues } from "./large-values.js";
import { recordRefusals } from "./refusals.js";
import type { Subgraph } from "./subgraph.js";

/** An operation of the gateway's plan; valid, since the plan was made from this subgraph's own schema. */
export interface SubgraphRequest {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
  readonly caller: Caller;
  /** Fires when whoever asked goes away: what is long and changes nothing yet may end. */
  readonly gone?: AbortSignal | undefined;
  /** Takes the values that are put into the answer where it is written out; undefined where it cannot be. */
  readonly large?: LargeValues | undefined;
}

/** One result, or for a subscription a stream of them. */
export type SubgraphResult = ExecutionResult | AsyncGenerator<ExecutionResult, void, void>;

/**
 * Executes an operation on a subgraph in this process, on its caller's account. Never rejects; errors come out as clients may see them.
 */
export function executeOn(
  subgraph: Subgraph,
  request: SubgraphRequest,
  log: Logger,
): Promise<SubgraphResult> {
  return onAccountOf(ownerOf(request.caller), () => run(subgraph, request, log));
}

async function run(subgraph: Subgraph, request: SubgraphRequest, log: Logger): Promise<SubgraphResult> {
  const operation = getOperationAST(request.document, request.operationName);
  try {
    if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
      return await subscribe(subgraph, request, log);
    return await finish(await execute(executionArgs(subgraph, request)), subgraph, request, log);
  } catch (error) {
    return { errors: [toGraphQLError(error, { requestId: request.caller.requestId, log })] };
  }
}

/**
 * Runs each event in a context of its own. graphql-js's `subscribe` would keep one context for the life of the stream, and
 * with it every row that a loader ever read.
 */
async function subscribe(subgraph: Subgraph, request: SubgraphRequest, log: Logger): Promise<SubgraphResult> {
  const source = await createSourceEventStream(executionArgs(subgraph, request));
  if (!(Symbol.asyncIterator in source)) return finish(source, subgraph, request, log);
  return map(source, ownerOf(request.caller), async (event) =>
    finish(await execute({ ...executionArgs(subgraph, request), rootValue: event }), subgraph, request, log),
  );
}

/** Maps a stream; ending it ends the source at once, even while it waits for the next event. */
function map(
  source: AsyncIterable<unknown>,
  owner: string,
  each: (event: unknown) => Promise<ExecutionResult>,
): AsyncGenerator<ExecutionResult, void, void> {
  const events = source[Symbol.asyncIterator]();
  const done = { done: true, value: undefined } as const;
  const generator: AsyncGenerator<ExecutionResult, void, void> = {
    // Whoever asks for the next one is a socket, which is nobody.
    next: () =>
      onAccountOf(owner, async (): Promise<IteratorResult<ExecutionResult, void>> => {
        const { done: ended, value } = await events.next();
        return ended ? done : { done: false, value: await each(value) };
      }),
    async return() {
      await events.return?.();
      return done;
    },
    async throw(error) {
      await events.return?.();
      throw error;
    },
    [Symbol.asyncIterator]: () => generator,
    [Symbol.asyncDispose]: async () => void (await generator.return()),
  };
  return generator;
}

function executionArgs(
  subgraph: Subgraph,
  { document, variables, operationName, caller, gone, large }: SubgraphRequest,
) {
  return {
    schema: subgraph.schema,
    document,
    contextValue: subgraph.context(caller, gone, large),
    ...(variables === undefined ? {} : { variableValues: variables }),
    ...(operationName === undefined ? {} : { operationName }),
  };
}

async function finish(
  result: ExecutionResult,
  { schema, ledger }: Subgraph,
  { caller, document }: SubgraphRequest,
  log: Logger,
): Promise<ExecutionResult> {
  if (!result.errors) return result;
  // Before anybody hears of it.
  if (ledger !== null) await recordRefusals(ledger, caller, result.errors);
  return {
    ...result,
    errors: nameBadLiterals(result.errors, schema, document).map((error) =>
      toGraphQLError(error, { requestId: caller.requestId, log }),
    ),
  };
}
