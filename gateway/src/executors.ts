import { buildHTTPExecutor } from "@graphql-tools/executor-http";
import type { ExecutionRequest, Executor } from "@graphql-tools/utils";
import type { SubgraphName } from "@onrecord/platform/config";
import type { Logger } from "@onrecord/platform/log";
import type { Caller } from "@onrecord/policy/principal";
import { ENVELOPE_HEADER, EnvelopeSigner } from "@onrecord/subgraph/envelope";
import { executeOn } from "@onrecord/subgraph/execute";
import type { Subgraph } from "@onrecord/subgraph/subgraph";

/** What the gateway puts into the context of every operation. */
export interface GatewayContext {
  readonly caller: Caller;
}

/** Runs a subgraph's part of a plan in this process: no HTTP, no printing, no parsing. */
export function inProcess(subgraph: Subgraph, log: Logger): Executor {
  return ((request: ExecutionRequest<Record<string, unknown>, GatewayContext>) =>
    executeOn(
      subgraph,
      {
        document: request.document,
        variables: request.variables,
        operationName: request.operationName,
        caller: callerOf(request),
      },
      log,
    )) as Executor;
}

/** Runs it on a subgraph in another process, under a signature over who asks, what, and when. */
export function overHttp(name: SubgraphName, endpoint: string, secret: string): Executor {
  const signer = new EnvelopeSigner(secret);
  return ((request: ExecutionRequest<Record<string, unknown>, GatewayContext>) => {
    const caller = callerOf(request);
    const execute = buildHTTPExecutor({
      endpoint,
      fetch: (url, init) => {
        const body = typeof init?.body === "string" ? init.body : "";
        const headers = new Headers(init?.headers as Record<string, string>);
        headers.set(ENVELOPE_HEADER, signer.sign(name, caller, body));
        headers.set("x-request-id", caller.requestId);
        return fetch(url, { ...(init as RequestInit), headers });
      },
    });
    return execute(request);
  }) as Executor;
}

function callerOf(request: ExecutionRequest<Record<string, unknown>, GatewayContext>): Caller {
  const caller = request.context?.caller;
  if (!caller) throw new TypeError("an operation reached a subgraph without a caller");
  return caller;
}
