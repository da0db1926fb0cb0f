import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createLogger } from "@onrecord/core/log";
import { until } from "@onrecord/core/testing/until";
import { afterEach, describe, expect, it } from "vitest";
import { Door } from "./door.js";
import { HttpServer } from "./http-server.js";
import type { HostConfig } from "./known-hosts.js";
import { Visitors } from "./visitors.js";

const open: HttpServer[] = [];
afterEach(async () => {
  for (const http of open.splice(0)) await http[Symbol.asyncDispose]();
});

const firm: HostConfig = {
  host: "0.0.0.0",
  publicUrl: "https://filings.example.test",
  allowedHosts: ["inside.example.test"],
};

/** A server with a path of every kind; `say` sends bytes and returns all that comes back. */
async function serve(config: HostConfig, visitors?: Visitors) {
  const http = new HttpServer(createLogger("silent"), new Door(config, visitors));
  const idle: Socket[] = [];
  open.push(http);
  http.route("/page", (_request, response) => void response.end("page"));
  http.route("/idle", ({ socket }, response) => {
    idle.push(socket);
    response.end("idle");
  });
  http.route("/fails", () => {
    throw new Error("secret");
  });
  http.route("/healthz", (_request, response) => void response.end("ok"), {
    anyHost: true,
    methods: ["GET", "HEAD"],
  });
  http.upgrade("/socket", (_request, socket) => void socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
  http.upgrade("/refused", (_request, _socket, _head, info) => info.refuse(502, "nobody is there"));
  const url = await http.listen(0, "127.0.0.1");
  const { port } = new URL(url);
  const say = async (bytes: string) => {
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => undefined);
    let answer = "";
    socket.on("data", (data) => {
      answer += String(data);
    });
    socket.write(bytes);
    await once(socket, "close");
    return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]), answer };
  };
  const ask = (method: string, path: string, host: string, more = "") =>
    say(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${more || "Connection: close\r\n"}\r\n`);
  return { say, ask, idle, url };
}

const HANDSHAKE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
const NONE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

describe("every answer", () => {
  const answers: Record<string, [string, number]> = {
    "a page": ["GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200],
    "nothing there": ["GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404],
    "a failure": ["GET /fails HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 500],
    "a probe": ["GET /healthz HTTP/1.1\r\nHost: 10.0.0.1\r\nConnection: close\r\n\r\n", 200],
    "another host": ["GET /page HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n", 421],
    "no host": ["GET /page HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
    "a method": ["TRACE /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 405],
    "a made-up method": ["TRACK /page HTTP/1.1\r\nHost: localhost\r\n\r\n", 405],
    "a tunnel": ["CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 405],
    "an expectation": [
      "GET /page HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nConnection: close\r\n\r\n",
      417,
    ],
    "no HTTP": ["hello\r\n\r\n", 405],
    "half of HTTP": ["GET /page HTTP/9.9\r\n\r\n", 400],
    "endless headers": [`GET /page HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, 431],
    "an upgrade of nothing": [`GET /none HTTP/1.1\r\nHost: localhost\r\n${NONE}\r\n`, 404],
    "an upgrade from another host": [`GET /socket HTTP/1.1\r\nHost: evil.test\r\n${HANDSHAKE}\r\n`, 421],
    "an upgrade by another method": [`TRACE /socket HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`, 405],
    "an upgrade by POST": [`POST /socket HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`, 405],
    "an upgrade that a service refuses": [
      `GET /refused HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`,
      502,
    ],
  };

  it.each(Object.entries(answers))(
    "tells browsers to run and frame nothing: %s",
    async (_, [bytes, status]) => {
      const { say } = await serve(firm);
      const { status: given, answer } = await say(bytes);
      expect(given, answer).toBe(status);
      const head = answer.slice(0, answer.indexOf("\r\n\r\n")).toLowerCase();
      for (const line of [
        "x-content-type-options: nosniff",
        "content-security-policy: default-src 'none';",
        "frame-ancestors 'none'",
        "referrer-policy: no-referrer",
        "strict-transport-security: max-age=31536000",
      ])
        expect(head).toContain(line);
      if (status === 405) expect(head).toMatch(/\r\nallow: get(, head, post, options)?(\r\n|$)/);
      expect(answer).not.toContain("secret");
    },
  );

  it("speaks of TLS only where people come by it", async () => {
    const { ask } = await serve({ ...firm, publicUrl: "http://filings.example.test" });
    const { answer } = await ask("GET", "/page", "filings.example.test");
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    expect(answer.toLowerCase()).not.toContain("strict-transport-security");
  });
});

describe("behind a proxy", () => {
  const behind = (trusted: readonly string[]) => serve(firm, new Visitors({ trustedProxies: trusted }));
  const HTTPS = "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n";
  const told = (host: string) => `X-Forwarded-Host: ${host}\r\nConnection: close\r\n`;

  it("speaks of TLS to who came by it, as far as the proxy is believed", async () => {
    const plain = { ...firm, publicUrl: undefined, host: "127.0.0.1" };
    for (const [trusted, speaks] of [
      [["127.0.0.1"], true],
      [["10.0.0.1"], false],
    ] as const) {
      const { ask } = await serve(plain, new Visitors({ trustedProxies: trusted }));
      for (const path of ["/page", "/none"]) {
        const { answer } = await ask("GET", path, "127.0.0.1", HTTPS);
        expect(answer.toLowerCase().includes("strict-transport-security: max-age=31536000")).toBe(speaks);
      }
    }
  });

  it("takes a host that the proxy tells beside its own, and never instead", async () => {
    const { ask } = await behind(["127.0.0.1"]);
    for (const [host, forwarded, status] of [
      ["inside.example.test:4000", "filings.example.test", 200],
      ["filings.example.test", "evil.test", 421],
      ["evil.test", "filings.example.test", 421],
      ["filings.example.test", "evil.test, filings.example.test", 200],
      ["filings.example.test", "filings.example.test, evil.test", 421],
    ] as const)
      expect((await ask("GET", "/page", host, told(forwarded))).status, `${host}, ${forwarded}`).toBe(status);
    // Of who is not trusted it is no word at all.
    const { ask: askOpen } = await behind([]);
    expect((await askOpen("GET", "/page", "filings.example.test", told("evil.test"))).status).toBe(200);
  });

  it("leaves it to the proxy to close a connection that it keeps", async () => {
    for (const [trusted, longest] of [
      [["127.0.0.1"], 150_000],
      [[], 6_000],
    ] as const) {
      const { idle, url } = await behind(trusted);
      await (await fetch(`${url}/idle`)).text();
      await until(() => idle[0]?.timeout !== undefined, "the answer to be over");
      expect(idle[0]?.timeout).toBe(longest);
    }
  });
});

describe("the host of a request", () => {
  it.each([
    ["filings.example.test", 200],
    ["FILINGS.example.test:443", 200],
    ["filings.example.test.", 200],
    ["inside.example.test:8080", 200],
    ["localhost:4000", 200],
    ["127.0.0.1", 200],
    ["[::1]:4000", 200],
    ["10.0.0.1", 421],
    ["evil.test", 421],
    ["filings.example.test.evil.test", 421],
    ["evil.test:filings.example.test", 421],
    ["filings.example.test@evil.test", 421],
    ["xfilings.example.test", 421],
    ["localhost.evil.test", 421],
    ["127.0.0.1.evil.test", 421],
    ["127.1", 421],
    ["0.0.0.0:4000", 200],
    ["", 421],
    ["localhost, evil.test", 421],
    ["localhost/evil", 421],
  ])("where a public address is set: %s %i", async (host, status) => {
    const { ask } = await serve(firm);
    const { status: given, answer } = await ask("GET", "/page", host);
    expect(given).toBe(status);
    if (status === 200) return;
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toMatchObject({
      errors: [{ extensions: { code: "BAD_USER_INPUT", reasons: [{ id: "host" }] } }],
    });
  });

  it.each([
    ["10.0.0.1:4000", 200],
    ["[fe80::1]", 200],
    ["evil.test", 421],
    ["filings.example.test", 421],
  ])(
    "where none is set, addresses are taken, since nobody can point them elsewhere: %s %i",
    async (host, status) => {
      const { ask } = await serve({ host: "127.0.0.1", allowedHosts: [] });
      expect((await ask("GET", "/page", host)).status).toBe(status);
    },
  );

  it("is one, and not in the target", async () => {
    const { say } = await serve(firm);
    for (const bytes of [
      "GET /page HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\nConnection: close\r\n\r\n",
      "GET /page HTTP/1.1\r\nHost: evil.test\r\nHost: localhost\r\nConnection: close\r\n\r\n",
      "GET http://evil.test/page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ])
      expect((await say(bytes)).status, bytes).toBe(400);
  });

  it("does not matter to probes, and their methods do", async () => {
    const { ask } = await serve(firm);
    expect((await ask("GET", "/healthz", "10.0.0.1:4000")).status).toBe(200);
    expect((await ask("GET", "/healthz/x", "anything")).status).toBe(200);
    for (const method of ["DELETE", "POST", "OPTIONS"]) {
      const { status, answer } = await ask(method, "/healthz", "10.0.0.1:4000");
      expect([status, /\r\nallow: (.*)\r\n/i.exec(answer)?.[1]]).toEqual([405, "GET, HEAD"]);
    }
    expect((await ask("GET", "/healthzx", "10.0.0.1:4000")).status).toBe(421);
  });
});
