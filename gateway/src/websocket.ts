import type { IncomingMessage } from "node:http";
import { getGraphQLWSOptions } from "@graphql-hive/gateway-runtime";
import type { UpgradeHandler } from "@onrecord/platform/door";
import { AppError } from "@onrecord/platform/errors";
import type { Logger } from "@onrecord/platform/log";
import { bearer, type Credential, findCredential } from "@onrecord/policy/credentials";
import type { Caller } from "@onrecord/policy/principal";
import { type Context, makeServer } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import type { Authenticator } from "./authenticator.js";
import type { LiveSessions } from "./live-sessions.js";
import type { Runtime } from "./runtime.js";

/** Close codes of graphql-transport-ws and ours. */
const code = { unauthenticated: 4401, tooManyStreams: 4429, restart: 1001 } as const;
/** A client that lets this much pile up reads no more, and is closed. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const PING_MS = 15_000;

interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly requestId: string;
  caller?: Caller;
}
type Parameters = Record<string, unknown> | undefined;

/** What GraphQL over WebSocket is served with. */
export interface WebSocketOptions {
  readonly runtime: Runtime;
  readonly authenticator: Authenticator;
  readonly live: LiveSessions;
  readonly log: Logger;
}

/** GraphQL over WebSocket: the `graphql-transport-ws` protocol, each socket bound to one session. */
export class GraphqlSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: 1024 * 1024,
    handleProtocols: (protocols) => (protocols.has("graphql-transport-ws") ? "graphql-transport-ws" : false),
  });
  readonly #sockets = new Set<WebSocket>();
  readonly #protocol;

  constructor(private readonly options: WebSocketOptions) {
    const { runtime, authenticator, live } = options;
    const execution = getGraphQLWSOptions<Record<string, unknown>, Extra>(runtime, ({ extra }) => ({
      caller: extra.caller,
      request: new Request("http://gateway/graphql", { headers: { "x-request-id": extra.requestId } }),
    }));
    this.#protocol = makeServer<Parameters, Extra>({
      ...execution,
      onConnect: async ({ extra, connectionParams }: Context<Parameters, Extra>) => {
        try {
          extra.caller = await authenticator.ofCredential(
            extra.request,
            extra.requestId,
            credentialOf(extra.request, connectionParams),
          );
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
        }
        const principal = extra.caller?.principal;
        if (!principal) {
          extra.socket.close(code.unauthenticated, "sign in first");
          return false;
        }
        return true;
      },
      onSubscribe: (ctx, id, payload) => {
        const { extra } = ctx;
        try {
          // One entry a stream; all of them end with the socket.
          const forget = live.add(extra.caller!.principal!, () =>
            extra.socket.close(code.unauthenticated, "the session has ended"),
          );
          extra.socket.once("close", forget);
          streams.set(`${extra.requestId} ${id}`, forget);
        } catch (error) {
          extra.socket.close(
            code.tooManyStreams,
            error instanceof AppError ? error.message : "too many subscriptions",
          );
        }
        return execution.onSubscribe?.(ctx, id, payload);
      },
      onComplete: ({ extra }, id) => {
        const key = `${extra.requestId} ${id}`;
        streams.get(key)?.();
        streams.delete(key);
      },
    });
    const streams = new Map<string, () => void>();
  }

  /** Handles upgrades on `/graphql`. */
  readonly upgrade: UpgradeHandler = (request, socket, head, info) => {
    this.#server.handleUpgrade(request, socket, head, (ws) =>
      this.#open(ws, { socket: ws, request, requestId: info.id }),
    );
  };

  /** Ends every socket in a way that clients take for "reconnect". */
  close(): void {
    for (const socket of this.#sockets) socket.close(code.restart, "the server restarts");
    this.#server.close();
  }

  #open(ws: WebSocket, extra: Extra): void {
    this.#sockets.add(ws);
    ws.on("error", (err) => this.options.log.debug({ err, requestId: extra.requestId }, "a socket failed"));
    const closed = this.#protocol.opened(
      {
        protocol: ws.protocol,
        send: (data) =>
          new Promise((resolve, reject) => {
            if (ws.bufferedAmount > MAX_WAITING_BYTES) ws.terminate();
            ws.send(data, (error) => (error ? reject(error) : resolve()));
          }),
        close: (closeCode, reason) => ws.close(closeCode, reason),
        onMessage: (listener) =>
          ws.on(
            "message",
            (data) => void listener(String(data)).catch(() => ws.close(1011, "internal error")),
          ),
      },
      extra,
    );
    let alive = true;
    ws.on("pong", () => {
      alive = true;
    });
    const ping = setInterval(() => {
      if (!alive) return ws.terminate();
      alive = false;
      ws.ping();
    }, PING_MS);
    ws.once("close", (closeCode, reason) => {
      clearInterval(ping);
      this.#sockets.delete(ws);
      void closed(closeCode, String(reason));
    });
  }
}

/** `connection_init.payload.authorization`, with or without "Bearer"; else what the upgrade request carried. */
function credentialOf(request: IncomingMessage, parameters: Parameters): Credential | undefined {
  const given = parameters?.authorization ?? parameters?.Authorization;
  if (typeof given === "string" && given.trim() !== "")
    return { token: bearer(given) ?? given.trim(), carrier: "bearer" };
  return findCredential(request);
}
