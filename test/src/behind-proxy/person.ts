import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { LookupFunction } from "node:net";
import { type Editor, openEditor } from "@onrecord/testing/editor";
import { type Client, createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { HOST, type RunningProxy } from "./proxy.js";

/** What came back. */
export interface Came {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** Somebody at an address of their own, who comes through a proxy. */
export class Person {
  readonly origin: string;
  token = "";

  constructor(
    private readonly proxy: RunningProxy,
    /** One of this machine's loopback addresses. */
    readonly address: string,
  ) {
    this.origin = `https://${HOST}:${proxy.port}`;
  }

  /** Sends a request and reads its answer to the end. */
  async send(path: string, body?: object, headers: Record<string, string> = {}): Promise<Came> {
    const answer = await this.open(path, body, headers);
    let text = "";
    for await (const chunk of answer) text += String(chunk);
    return { status: answer.statusCode, headers: answer.headers, text };
  }

  /** Sends a request; its answer may go on. */
  open(path: string, body?: object, headers: Record<string, string> = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.origin}${path}`, {
        ...this.#way,
        agent: false,
        method: body === undefined ? "GET" : "POST",
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(this.token === "" ? {} : { authorization: `Bearer ${this.token}` }),
          ...headers,
        },
      });
      sent.once("response", resolve).once("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Signs in as a page does; the token is kept for what comes. */
  async signIn(
    name: string,
    password = "onrecord-demo",
    headers: Record<string, string> = {},
  ): Promise<Came> {
    const given = { email: `${name}@demo.onrecord.test`, password };
    const came = await this.send("/auth/sign-in", given, { origin: this.origin, ...headers });
    this.token = /^onrecord_session=([^;]+)/.exec(came.headers["set-cookie"]?.[0] ?? "")?.[1] ?? this.token;
    return came;
  }

  /** Asks the API; throws what it answers with errors. */
  async ask<Data>(query: string, variables: Record<string, unknown> = {}): Promise<Data> {
    const { status, text } = await this.send("/graphql", { query, variables });
    const { data, errors } = JSON.parse(text) as { data: Data; errors?: unknown };
    if (errors) throw new Error(`${status}: ${text}`);
    return data;
  }

  /** A stock editor. */
  edit(documentId: string): Editor {
    return openEditor(this.origin, documentId, this.token, { WebSocketPolyfill: this.#sockets as never });
  }

  /** GraphQL over WebSocket. */
  subscriber(): Client {
    return createClient({
      url: `${this.origin.replace("https", "wss")}/graphql`,
      webSocketImpl: this.#sockets,
      connectionParams: { authorization: this.token },
    });
  }

  /** The headers of the answer to an upgrade. */
  async upgrade(path: string): Promise<IncomingMessage["headers"]> {
    const socket = new this.#sockets(`${this.origin.replace("https", "wss")}${path}`);
    try {
      return await new Promise((resolve, reject) => {
        socket.once("upgrade", ({ headers }) => resolve(headers)).once("error", reject);
      });
    } finally {
      socket.on("error", () => undefined).terminate();
    }
  }

  get #way() {
    const lookup: LookupFunction = (_host, { all }, done) =>
      all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
    return { ca: this.proxy.ca, localAddress: this.address, lookup };
  }

  get #sockets() {
    const way = this.#way;
    return class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols, way);
      }
    };
  }
}
