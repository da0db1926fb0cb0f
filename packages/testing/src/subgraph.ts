import { createLogger } from "@onrecord/core/log";
import type { Caller } from "@onrecord/policy/principal";
import { executeOn } from "@onrecord/subgraph/execute";
import { LargeValues } from "@onrecord/subgraph/large-values";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { type ExecutionResult, parse } from "graphql";

/** What an operation on a subgraph came to: its data, and the code of each error. */
export interface Answer<Data> {
  readonly data: Data;
  readonly codes: readonly unknown[];
  readonly errors: NonNullable<ExecutionResult["errors"]>;
}

/** Asks a subgraph in this process, the way the gateway does. */
export async function ask<Data = Record<string, never>>(
  subgraph: Subgraph,
  caller: Caller,
  text: string,
  variables?: Record<string, unknown>,
): Promise<Answer<Data>> {
  const large = new LargeValues();
  const request = { document: parse(text), variables, operationName: undefined, caller, large };
  const result = await executeOn(subgraph, request, createLogger("silent"));
  if (Symbol.asyncIterator in result) throw new TypeError("this is a subscription: use `follow`");
  return answer(result, large);
}

/** Follows a subscription of a subgraph in this process; a refusal to subscribe is the first and only answer. */
export async function follow<Data>(
  subgraph: Subgraph,
  caller: Caller,
  text: string,
  variables?: Record<string, unknown>,
): Promise<AsyncGenerator<Answer<Data>, void, void>> {
  const request = { document: parse(text), variables, operationName: undefined, caller };
  const result = await executeOn(subgraph, request, createLogger("silent"));
  return Symbol.asyncIterator in result ? answers(result) : refusal(result);
}

/** Not an async generator: that would let `return` wait for the event that `next` waits for. */
function answers<Data>(
  results: AsyncGenerator<ExecutionResult, void, void>,
): AsyncGenerator<Answer<Data>, void, void> {
  const stream: AsyncGenerator<Answer<Data>, void, void> = {
    async next() {
      const { done, value } = await results.next();
      return done ? { done, value: undefined } : { done: false, value: answer(value) };
    },
    return: async () => results.return() as Promise<IteratorReturnResult<void>>,
    throw: async (error) => results.throw(error) as Promise<IteratorReturnResult<void>>,
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: async () => void (await results.return()),
  };
  return stream;
}

async function* refusal<Data>(result: ExecutionResult): AsyncGenerator<Answer<Data>, void, void> {
  yield answer(result);
}

function answer<Data>({ data, errors = [] }: ExecutionResult, large = new LargeValues()): Answer<Data> {
  // As it arrives over the wire: dates are strings, and large values in their places.
  const json = Buffer.concat([...large.within(JSON.stringify(data ?? null))]);
  return {
    data: JSON.parse(json.toString()) as Data,
    errors,
    codes: errors.map(({ extensions }) => extensions.code),
  };
}
