import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import type { Logger } from "@onrecord/core/log";
import type { Visitor } from "@onrecord/core/visitor";
import { isUnavailable } from "@onrecord/postgres/unavailable";
import { Door, type DoorAnswer, malformed, methodRefused, type RouteOptions, sentence } from "./door.js";
import { readInTurn } from "./read-in-turn.js";

/** What every handler learns of a request besides the request itself. */
export interface RequestInfo {
  readonly id: string;
  readonly url: URL;
  /** Who asks: the person's address, not that of a trusted proxy before us. */
  readonly visitor: Visitor;
}
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  info: RequestInfo,
) => void | Promise<void>;
/** What an upgrade is handed with: how it is refused in HTTP, while that is still spoken. */
export interface UpgradeInfo extends RequestInfo {
  refuse(status: number, sentence: string): void;
}
export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  info: UpgradeInfo,
) => void;

/** A WebSocket server (`ws`) that would refuse handshakes by itself. */
export interface HandshakeServer {
  on(event: "wsClientError", listener: (error: Error, socket: Duplex) => void): unknown;
  on(event: "headers", listener: (headers: string[], request: IncomingMessage) => void): unknown;
}

/** How patient the server is with who connects and says nothing, or little. */
export interface Patience {
  /** How long the head of a request may take to come in, in milliseconds. Bodies are held to a pace by who reads them. */
  readonly headMs: number;
  /** Connections that have not sent a request yet: past it, the one that has been silent longest is cut. */
  readonly silent: number;
}

const defaultPatience: Patience = { headMs: 10_000, silent: 10_000 };

/**
 * How long a trusted proxy may keep a connection for its next request, in milliseconds: longer than proxies do, so that it is they who
 * close it. Where we did, a request that is just being sent would be lost, and what is no query is not sent again.
 */
const PROXY_IDLE_MS = 150_000;

const REQUEST_ID = /^[\w.-]{8,64}$/;

/** The one HTTP server of a process, on which services mount their paths. The longest matching prefix answers. */
export class HttpServer implements AsyncDisposable {
  readonly #routes: { prefix: string; handler: RequestHandler; options: RouteOptions }[] = [];
  readonly #upgrades: { prefix: string; handler: UpgradeHandler }[] = [];
  /** The server waits for them when it closes, but no longer knows them. */
  readonly #upgraded = new Set<Duplex>();
  /** What was found out about upgrades, for those who answer them. */
  readonly #upgrading = new WeakMap<IncomingMessage, RequestInfo>();
  /** In the order in which they came. */
  readonly #silent = new Set<Socket>();
  readonly #server: Server;
  #draining = false;

  /** `door` says which hosts are taken; without one, this machine's own names. */
  constructor(
    private readonly log: Logger,
    private readonly door = new Door({ host: "localhost", allowedHosts: [] }),
    { headMs, silent }: Patience = defaultPatience,
  ) {
    const options = {
      // Node would answer what has no host by itself, without our headers.
      requireHostHeader: false,
      headersTimeout: headMs,
      connectionsCheckingInterval: Math.max(1, headMs / 4),
    };
    this.#server = createServer(options, (request, response) => this.#answer(request, response));
    readInTurn(this.#server, headMs);
    this.#server.on("connection", (socket) => this.#admit(socket, silent));
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#server.on("connect", (request, socket) => {
      socket.on("error", () => socket.destroy());
      const { id, visitor } = this.#describe(request);
      door.end(socket, methodRefused(id), visitor);
    });
    this.#server.on("checkExpectation", (request, response) => {
      const { id } = this.#begin(request, response);
      this.#refuse(request, response, id, sentence(417, "this server meets no such expectation"));
    });
    this.#server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
      socket.on("error", () => socket.destroy());
      if (error.code === "ECONNRESET") return void socket.destroy();
      door.end(socket, malformed(error, newId()));
    });
  }

  /** `prefix` matches the path itself and everything below it; "/" matches all. */
  route(prefix: string, handler: RequestHandler, options: RouteOptions = {}): void {
    this.#routes.push({ prefix, handler, options });
    this.#routes.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  upgrade(prefix: string, handler: UpgradeHandler): void {
    this.#upgrades.push({ prefix, handler });
    this.#upgrades.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  /** Answers handshakes as all else is answered: those that a WebSocket server takes have our headers, those that it refuses our form. */
  handshakesOf(server: HandshakeServer): void {
    server.on("headers", (lines, request) => {
      const { id, visitor } = this.#upgrading.get(request) ?? this.#describe(request);
      const headers = Object.entries({ "x-request-id": id, ...this.door.headers(visitor) });
      for (const [name, value] of headers) lines.push(`${name}: ${value}`);
    });
    server.on("wsClientError", (error, socket) => this.door.end(socket, sentence(400, error.message)));
  }

  /** Listens; resolves with the address. Port 0 takes a free one. */
  async listen(port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", (cause: NodeJS.ErrnoException) => {
        reject(new AppError("BAD_CONFIG", cannotListen(cause, port, host), { cause }));
      });
      this.#server.listen(port, host, resolve);
    });
    const address = this.#server.address() as AddressInfo;
    const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
    return `http://${name}:${address.port}`;
  }

  /** Whoever opens connections and sends nothing keeps nobody else out. */
  #admit(socket: Socket, most: number): void {
    this.#silent.add(socket);
    socket.once("close", () => this.#silent.delete(socket));
    const [longest] = this.#silent;
    if (this.#silent.size > most) longest?.destroy();
  }

  #describe(request: IncomingMessage): RequestInfo {
    return { ...describe(request), visitor: this.door.visitors.of(request) };
  }

  /** What every answer has, whoever gives it. */
  #begin(request: IncomingMessage, response: ServerResponse): RequestInfo {
    this.#silent.delete(request.socket);
    const info = this.#describe(request);
    response.setHeader("x-request-id", info.id);
    const headers = Object.entries(this.door.headers(info.visitor));
    for (const [name, value] of headers) response.setHeader(name, value);
    return info;
  }

  #refuse(request: IncomingMessage, response: ServerResponse, id: string, answer: DoorAnswer): void {
    const { status, headers, body } = answer;
    this.log.debug({ status, requestId: id, host: request.headers.host }, "the door refused a request");
    // The rest of a body that nobody reads must not be taken for the next request.
    response.setHeader("content-length", Buffer.byteLength(body));
    response.writeHead(status, request.complete ? headers : { ...headers, connection: "close" }).end(body);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const info = this.#begin(request, response);
    response.once("close", () => {
      // Kept alive, its connection would hold the drain up.
      if (this.#draining) setImmediate(() => this.#server.closeIdleConnections());
    });
    // Behind Node's own listener, which gives every connection five seconds.
    if (this.door.visitors.byProxy(request))
      response.once("finish", () => request.socket.setTimeout(PROXY_IDLE_MS));
    const route = this.#routes.find(({ prefix }) => matches(info.url.pathname, prefix));
    const refusal = this.door.refusal(request, info.id, info.visitor, route?.options);
    if (refusal) return this.#refuse(request, response, info.id, refusal);
    if (!route) {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
      return;
    }
    const answer = async () => route.handler(request, response, info);
    answer().catch((err: unknown) => {
      // A client that hangs up while it sends is no failure of ours.
      if (response.destroyed && (err as NodeJS.ErrnoException).code === "ECONNRESET")
        return this.log.debug({ err, requestId: info.id, path: info.url.pathname }, "a client hung up");
      if (isUnavailable(err) && !response.headersSent) {
        this.log.warn(
          { err, requestId: info.id, path: info.url.pathname },
          "the database did not answer a request",
        );
        response.writeHead(503, { "content-type": "text/plain", "retry-after": "2" });
        return void response.end(`unavailable, try again; request ${info.id}\n`);
      }
      this.log.error({ err, requestId: info.id, path: info.url.pathname }, "a request failed");
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
      response.end(`internal error, request ${info.id}\n`);
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#silent.delete(request.socket);
    const info = this.#describe(request);
    const { visitor } = info;
    socket.on("error", () => socket.destroy());
    const refusal = this.door.upgradeRefusal(request, info.id, visitor);
    if (refusal) return this.door.end(socket, refusal, visitor);
    const route = this.#upgrades.find(({ prefix }) => matches(info.url.pathname, prefix));
    if (!route) return this.door.end(socket, sentence(404, "not found"), visitor);
    this.#upgrading.set(request, info);
    this.#upgraded.add(socket);
    socket.once("close", () => this.#upgraded.delete(socket));
    try {
      const refuse = (status: number, text: string) => this.door.end(socket, sentence(status, text), visitor);
      route.handler(request, socket, head, { ...info, refuse });
    } catch (err) {
      this.log.error({ err, requestId: info.id, path: info.url.pathname }, "an upgrade failed");
      socket.destroy();
    }
  }

  /** Stops listening; open requests finish, idle connections close. */
  async drain(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#draining = true;
    this.#server.closeIdleConnections();
    // Node's server does not know them yet.
    for (const socket of this.#silent) if (socket.bytesRead === 0) socket.destroy();
    const force = setTimeout(() => this.#closeAll(), 5000);
    await closed;
    clearTimeout(force);
  }

  #closeAll(): void {
    this.#server.closeAllConnections();
    for (const socket of this.#silent) socket.destroy();
    for (const socket of this.#upgraded) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closeAll();
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function describe(request: IncomingMessage): Omit<RequestInfo, "visitor"> {
  const given = request.headers["x-request-id"];
  // A given id is taken over only when it is harmless to print.
  const id = typeof given === "string" && REQUEST_ID.test(given) ? given : newId();
  const path = request.url?.startsWith("/") ? request.url : "/";
  return { id, url: new URL(`http://door${path.replace(/^\/+/, "/")}`) };
}

function matches(path: string, prefix: string): boolean {
  return prefix === "/" || path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

function cannotListen(cause: NodeJS.ErrnoException, port: number, host: string): string {
  switch (cause.code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is taken by another program; set PORT to a free one.`;
    case "EACCES":
      return `This user may not listen on port ${port}; set PORT to one above 1024.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST ${host} is not an address of this machine.`;
    default:
      return `Cannot listen on ${host}:${port}: ${cause.message}.`;
  }
}
