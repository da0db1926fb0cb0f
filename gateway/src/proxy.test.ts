import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createLogger } from "@onrecord/core/log";
import { Door } from "@onrecord/http/door";
import { HttpServer, type RequestInfo } from "@onrecord/http/http-server";
import { VisitorSeal } from "@onrecord/http/visitor-seal";
import { Visitors } from "@onrecord/http/visitors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { proxyTo, proxyUpgrade } from "./proxy.js";

const log = createLogger("silent");
const resources = new AsyncDisposableStack();
const server = new WebSocketServer({ noServer: true });
let url: string;
let seen: { forwardedFor: unknown; requestId: unknown; path: unknown; cookie: unknown };
let openAnswers = 0;
let visitor: RequestInfo["visitor"];
let behindUrl: string;

const local = { host: "localhost", allowedHosts: [] };
const seal = new VisitorSeal("a secret of the services of a firm");

beforeAll(async () => {
  // It trusts no proxy, only the seal.
  const behind = resources.use(
    new HttpServer(log, new Door(local, new Visitors({ trustedProxies: [], seal }))),
  );
  behind.route("/download", (request, response, info) => {
    ({ visitor } = info);
    const { headers } = request;
    seen = {
      forwardedFor: headers["x-forwarded-for"],
      requestId: headers["x-request-id"],
      path: request.url,
      cookie: headers.cookie,
    };
    if (request.url?.endsWith("/endless")) {
      openAnswers++;
      response.once("close", () => openAnswers--);
      return void response.writeHead(200).write("beginning");
    }
    if (request.url?.endsWith("/torn")) {
      response.writeHead(200, { "content-length": "100" }).write("beginning");
      return void setTimeout(() => response.destroy(), 20);
    }
    request.pipe(response.writeHead(201, { "x-from": "behind" }));
  });
  behind.upgrade("/collab", (request, socket, head, info) => {
    ({ visitor } = info);
    server.handleUpgrade(request, socket, head, (ws) => {
      ws.on("message", (data, isBinary) =>
        String(data) === "bye" ? ws.close(4403, "no") : ws.send(data, { binary: isBinary }),
      );
    });
  });
  behindUrl = await behind.listen(0, "127.0.0.1");
  const target = new URL(behindUrl);
  const http = resources.use(
    new HttpServer(log, new Door(local, new Visitors({ trustedProxies: ["127.0.0.1"] }))),
  );
  http.route("/download", proxyTo(target, seal));
  http.upgrade("/collab", proxyUpgrade(target, seal));
  http.route("/nowhere", proxyTo(new URL("http://127.0.0.1:9"), seal));
  http.upgrade("/nowhere", proxyUpgrade(new URL("http://127.0.0.1:9"), seal));
  url = await http.listen(0, "127.0.0.1");
});
afterAll(() => resources.disposeAsync());

describe("a path whose service runs in another process", () => {
  it("passes a request on, with where it came from", async () => {
    const response = await fetch(`${url}/download/abc?x=1`, {
      method: "POST",
      body: "hello",
      headers: { "x-request-id": "request-0001", cookie: "a=b" },
    });
    expect([response.status, response.headers.get("x-from"), await response.text()]).toEqual([
      201,
      "behind",
      "hello",
    ]);
    expect(seen).toEqual({
      forwardedFor: "127.0.0.1",
      requestId: "request-0001",
      path: "/download/abc?x=1",
      cookie: "a=b",
    });
  });

  it("learns who asked from the gateway, which proves that it is one, and from nobody else", async () => {
    const headers = {
      "x-forwarded-for": "198.51.100.1, 203.0.113.7",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "localhost:1",
    };
    await fetch(`${url}/download/abc`, { headers });
    const person = { ip: "203.0.113.7", host: "localhost:1", https: true };
    expect(visitor).toEqual(person);
    const ws = new WebSocket(`${url.replace("http", "ws")}/collab/doc-1`, { headers });
    await once(ws, "open");
    expect(visitor).toEqual(person);
    ws.terminate();

    // Of what others bring, nothing is believed: not sent through the gateway, and not at the service's own port.
    const at = (path: string) => ({ url: path }) as IncomingMessage;
    const forged = new VisitorSeal("another secret of another firm").seal(person, at("/download/abc"));
    const stale = new VisitorSeal("a secret of the services of a firm", () => Date.now() - 61_000);
    const sealed = [
      forged,
      stale.seal(person, at("/download/abc")),
      seal.seal(person, at("/download/other")),
      `${forged}.x`,
      "nonsense",
      "",
    ];
    for (const header of sealed)
      for (const where of [url, behindUrl]) {
        await fetch(`${where}/download/abc`, { headers: { "x-onrecord-visitor": header } });
        expect(visitor, header).toMatchObject({ ip: "127.0.0.1", https: null });
      }
  });

  it("carries WebSockets both ways, with text, binary and close code", async () => {
    const ws = new WebSocket(`${url.replace("http", "ws")}/collab/doc-1`);
    await once(ws, "open");
    const large = Buffer.alloc(300_000, 7);
    for (const sent of [Buffer.from("text"), large]) {
      const echoed = once(ws, "message");
      ws.send(sent, { binary: sent === large });
      expect((await echoed)[0]).toEqual(sent);
    }
    ws.send("bye");
    expect((await once(ws, "close"))[0]).toBe(4403);
  });

  it("ends with its visitor", async () => {
    const ws = new WebSocket(`${url.replace("http", "ws")}/collab/doc-1`);
    await once(ws, "open");
    const [inner] = server.clients;
    const gone = once(inner as WebSocket, "close");
    ws.terminate();
    await gone;

    const abort = new AbortController();
    await fetch(`${url}/download/endless`, { signal: abort.signal });
    expect(openAnswers).toBe(1);
    abort.abort();
    while (openAnswers > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it("breaks off where the service breaks off, instead of looking whole", async () => {
    const response = await fetch(`${url}/download/torn`);
    await expect(response.text()).rejects.toThrow();
  });

  it("that does not answer is a 502", async () => {
    expect((await fetch(`${url}/nowhere`)).status).toBe(502);
    const ws = new WebSocket(`${url.replace("http", "ws")}/nowhere`);
    const [error] = await once(ws, "error");
    expect(String(error)).toContain("502");
  });
});
