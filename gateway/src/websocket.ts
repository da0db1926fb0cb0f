import type { IncomingMessage } from "node:http";
import { isAsyncIterable, type MaybeAsyncIterable } from "@graphql-tools/utils";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import type { Logger } from "@onrecord/core/log";
import type { HttpServer, RequestInfo, UpgradeHandler } from "@onrecord/http/http-server";
import { bearer, type Credential, findCredential } from "@onrecord/policy/credentials";
import { namedSessions } from "@onrecord/policy/named-session";
import type { Caller, Principal } from "@onrecord/policy/principal";
import { asUnavailable } from "@onrecord/postgres/unavailable";
import { toGraphQLError } from "@onrecord/subgraph/errors";
import { JsonScan, operationBounds } from "@onrecord/subgraph/json-bounds";
import { observeGauge } from "@onrecord/telemetry/observed";
import { spanKind } from "@onrecord/telemetry/trace/span";
import { ending, type Tracer } from "@onrecord/telemetry/trace/tracer";
import { type ExecutionArgs, type ExecutionResult, GraphQLError, parse } from "graphql";
import { type Context, makeServer, type SubscribePayload } from "graphql-ws";
import type { Registry } from "prom-client";
import { type WebSocket, WebSocketServer } from "ws";
import type { Authenticator } from "./authenticator.js";
import type { Ending, LiveSessions } from "./live-sessions.js";
import { withOwnIds } from "./operation-ids.js";
import type { Runtime } from "./runtime.js";
import { carry } from "./socket.js";

/** Close codes: those of graphql-transport-ws, and 1001 and 1013, which its clients take for "reconnect". */
const closeCodes = { unauthenticated: 4401, forbidden: 4403, restart: 1001, tryLater: 1013 } as const;

/** Longest message of a socket that has not said who it is: a token and a session's name, in bytes. */
const STRANGER_BYTES = 16 * 1024;

/** What is known of one socket. */
interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  /** The upgrade's. */
  readonly info: RequestInfo;
  /** Operations under way → what ends them. */
  readonly operations: Map<string, AbortController>;
  session?: {
    readonly caller: Caller;
    readonly principal: Principal;
    /** A page's, whose sockets are open whether anybody sits before it or not. */
    readonly ofPage: boolean;
  };
}
type Parameters = Record<string, unknown> | undefined;

/** What GraphQL over WebSocket is served with. */
export interface WebSocketOptions {
  readonly runtime: Runtime;
  readonly authenticator: Authenticator;
  readonly live: LiveSessions;
  readonly log: Logger;
  readonly tracer: Tracer | undefined;
  readonly metrics: Registry;
}

/** GraphQL over WebSocket: the `graphql-transport-ws` protocol, each socket bound to one session for as long as it lives. */
export class GraphqlSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: 1024 * 1024,
    handleProtocols: (protocols) => (protocols.has("graphql-transport-ws") ? "graphql-transport-ws" : false),
  });
  readonly #sockets = new Set<WebSocket>();
  readonly #protocol;

  constructor(private readonly options: WebSocketOptions) {
    const { live, log } = options;
    observeGauge(options.metrics, {
      name: "onrecord_gateway_sockets",
      help: "open GraphQL WebSockets",
      read: () => this.#sockets.size,
    });
    this.#protocol = makeServer<Parameters, Extra>({
      onConnect: (ctx) => this.#connect(ctx),
      onSubscribe: async ({ extra }, id, payload) => {
        const { session, operations, info } = extra;
        const requestId = info.id;
        if (!session)
          return [toGraphQLError(new AppError("UNAUTHENTICATED", "Sign in first."), { requestId, log })];
        const ended = new AbortController();
        try {
          const uncount = live.openStream(session.principal, session.ofPage);
          ended.signal.addEventListener("abort", uncount, { once: true });
        } catch (error) {
          return [toGraphQLError(error, { requestId, log })];
        }
        operations.set(id, ended);
        const result = await this.#execute(ended.signal, session.caller, payload);
        if (isAsyncIterable(result) || "data" in result) return { ...executed, result };
        // Nothing was executed: the protocol has a message of its own for that.
        endOperation(operations, id);
        return result.errors ?? [];
      },
      execute: (args) => (args as unknown as Executed).result,
      onComplete: ({ extra: { operations } }, id) => endOperation(operations, id),
    });
  }

  /** Handles upgrades on `/graphql`. */
  readonly upgrade: UpgradeHandler = (request, socket, head, info) => {
    this.#server.handleUpgrade(request, socket, head, (ws) =>
      this.#open(ws, {
        socket: ws,
        request,
        info,
        operations: new Map(),
      }),
    );
  };

  /** Mounts the upgrade on an HTTP server. */
  mount(http: HttpServer): void {
    http.handshakesOf(this.#server);
    http.upgrade("/graphql", this.upgrade);
  }

  /** Ends every socket in a way that clients take for "reconnect". */
  close(): void {
    for (const socket of this.#sockets) end(socket, "restart");
    this.#server.close();
  }

  async #connect({ extra, connectionParams }: Context<Parameters, Extra>): Promise<boolean> {
    const { socket, request, info } = extra;
    try {
      const credential = credentialOf(request, connectionParams);
      const named = [...namedSessions(request, info.url.searchParams), ...namedIn(connectionParams)];
      const caller = await this.options.authenticator.ofCredential(request, info, credential, named);
      if (!caller.principal) throw await this.options.authenticator.refuseStranger(caller, credential);
      // It left while it was being proven: nobody would tell us again.
      if (socket.readyState !== socket.OPEN) return false;
      const ofPage = named.length > 0;
      const session = (principal: Principal) => ({ caller: { ...caller, principal }, principal, ofPage });
      extra.session = session(caller.principal);
      const forget = await this.options.live.watch(caller.principal, {
        renewed: (principal) => {
          extra.session = session(principal);
        },
        end: (why) => end(socket, why),
      });
      if (socket.readyState === socket.OPEN) socket.once("close", forget);
      else forget();
      return socket.readyState === socket.OPEN;
    } catch (thrown) {
      const error = asUnavailable(thrown);
      if (!(error instanceof AppError)) throw error;
      socket.close(closeCodeOf(error), error.message);
      return false;
    }
  }

  /** Each operation is a request of its own, and maybe a trace: what it puts on the record can be told apart. */
  async #execute(ended: AbortSignal, caller: Caller, params: SubscribePayload): Promise<Executed["result"]> {
    const { runtime, tracer } = this.options;
    const requestId = newId();
    const request = new Request("http://gateway/graphql", {
      // As whatever changes something comes over HTTP.
      method: "POST",
      headers: { "x-request-id": requestId },
      signal: ended,
    });
    const context = { caller: { ...caller, requestId }, gone: ended, request, params };
    const work = async () =>
      (await runtime.getResultForParams(
        { params: params as never, request },
        context as never,
      )) as Executed["result"];
    const span = tracer?.begin("operation over WebSocket", undefined, { kind: spanKind.server });
    const result = span && tracer ? await ending(span, () => tracer.run(span, work)) : await work();
    return isAsyncIterable(result) ? result : withoutHttp(result);
  }

  #open(ws: WebSocket, extra: Extra): void {
    this.#sockets.add(ws);
    ws.on("error", (err) => this.options.log.debug({ err, requestId: extra.info.id }, "a socket failed"));
    ws.once("close", () => {
      this.#sockets.delete(ws);
      for (const id of extra.operations.keys()) endOperation(extra.operations, id);
    });
    carry(
      ws,
      (socket) =>
        this.#protocol.opened(
          withOwnIds(socket, (id) => endOperation(extra.operations, id)),
          extra,
        ),
      (message) => checkMessage(message, extra),
    );
  }
}

/** What `graphql-ws` is told to execute once it was. */
interface Executed extends ExecutionArgs {
  readonly result: MaybeAsyncIterable<ExecutionResult>;
}
const executed = { document: parse("{ __typename }"), contextValue: {} } as unknown as ExecutionArgs;

/** Ends an operation with all that it still does, and counts it no more. */
function endOperation(operations: Map<string, AbortController>, id: string): void {
  operations.get(id)?.abort();
  operations.delete(id);
}

/** An answer without how HTTP would send it. */
function withoutHttp<Result extends ExecutionResult>(result: Result): Result {
  const { errors } = result;
  if (!errors?.some(({ extensions }) => "http" in extensions)) return result;
  return {
    ...result,
    errors: errors.map((error) => {
      const { http: _, ...extensions } = error.extensions;
      const { nodes, source, positions, path } = error;
      return new GraphQLError(error.message, {
        nodes: nodes ?? null,
        source: source ?? null,
        positions: positions ?? null,
        path: path ?? null,
        extensions,
      });
    }),
  };
}

/** Throws for what is too long of somebody who has not said who they are, or would take long to parse. */
function checkMessage(message: Buffer, { session }: Extra): void {
  if (!session && message.length > STRANGER_BYTES)
    throw new AppError("BAD_USER_INPUT", "This message is too large before you are signed in.");
  new JsonScan(operationBounds).take(message);
}

function closeCodeOf({ code }: AppError): number {
  if (code === "FORBIDDEN") return closeCodes.forbidden;
  // Whoever is told that they are nobody gives their token up.
  return code === "UNAUTHENTICATED" ? closeCodes.unauthenticated : closeCodes.tryLater;
}

function end(socket: WebSocket, why: Ending): void {
  switch (why) {
    case "session-ended":
      return socket.close(closeCodes.unauthenticated, "the session has ended");
    case "restart":
      return socket.close(closeCodes.restart, "the server restarts");
  }
}

/** `connection_init.payload.authorization`, with or without "Bearer"; else what the upgrade request carried. */
function credentialOf(request: IncomingMessage, parameters: Parameters): Credential | undefined {
  const given = parameters?.authorization ?? parameters?.Authorization;
  if (typeof given === "string" && given.trim() !== "")
    return { token: bearer(given) ?? given.trim(), carrier: "bearer" };
  return findCredential(request);
}

/** `connection_init.payload.session`. What is no text names no session that there is. */
function namedIn(parameters: Parameters): string[] {
  const given = parameters?.session ?? undefined;
  return given === undefined ? [] : [typeof given === "string" ? given : ""];
}
