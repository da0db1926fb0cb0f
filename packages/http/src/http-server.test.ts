import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { createLogger } from "@onrecord/core/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HttpServer } from "./http-server.js";

let http: HttpServer;
let url: string;

beforeEach(async () => {
  http = new HttpServer(createLogger("silent"));
  url = await http.listen(0, "127.0.0.1");
});
afterEach(() => http[Symbol.asyncDispose]());

const answer = (text: string) => (_: unknown, response: { end(text: string): unknown }) =>
  void response.end(text);
const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${url}${path}`, { headers });
  return { status: response.status, text: await response.text(), id: response.headers.get("x-request-id") };
};
/** Opens a socket and asks to leave HTTP on it. */
async function upgrade(path: string) {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.on("error", () => undefined);
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  );
  return socket;
}

describe("the HTTP server", () => {
  it("lets the longest matching prefix answer, and takes a prefix only as whole segments", async () => {
    http.route("/", answer("root"));
    http.route("/auth", answer("auth"));
    http.route("/auth/sign-in", answer("sign-in"));
    for (const [path, text] of [
      ["/", "root"],
      ["/auth", "auth"],
      ["/auth?x=/auth/sign-in", "auth"],
      ["/auth/other", "auth"],
      ["/auth/sign-in", "sign-in"],
      ["/auth/sign-in/x", "sign-in"],
      ["/auth/sign-input", "auth"],
      ["/authority", "root"],
      ["//auth", "auth"],
      ["/x/../auth", "auth"],
    ])
      expect((await get(path!)).text, path).toBe(text);
  });

  it("answers 404 where nobody hung anything", async () => {
    http.route("/a", answer("a"));
    expect((await get("/b")).status).toBe(404);
    const socket = await upgrade("/b");
    const [data] = (await once(socket, "data")) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 404/);
  });

  it("takes a request id over only when it is harmless", async () => {
    http.route("/", (_request, response, { id }) => void response.end(id));
    const given = await get("/", { "x-request-id": "abc-DEF_12.3" });
    expect(given).toMatchObject({ text: "abc-DEF_12.3", id: "abc-DEF_12.3" });
    for (const bad of ["short", "x".repeat(65), 'quote"quote', "semi;colon;x", "with space"]) {
      const { text, id } = await get("/", { "x-request-id": bad });
      expect(text).not.toBe(bad);
      expect(text).toMatch(/^[0-9a-f-]{36}$/);
      expect(id).toBe(text);
    }
  });

  it("answers 500 with the request id and nothing else when a handler fails, at once or later", async () => {
    http.route("/now", () => {
      throw new Error("secret detail");
    });
    http.route("/later", async () => {
      throw new Error("secret detail");
    });
    for (const path of ["/now", "/later"]) {
      const { status, text, id } = await get(path);
      expect(status).toBe(500);
      expect(text).toBe(`internal error, request ${id}\n`);
    }
    http.upgrade("/", () => {
      throw new Error("secret detail");
    });
    await once(await upgrade("/"), "close");
    expect((await get("/now")).status).toBe(500);
  });

  it("says in one sentence that a port is taken, and by what to choose another", async () => {
    const port = Number(new URL(url).port);
    await using second = new HttpServer(createLogger("silent"));
    await expect(second.listen(port, "127.0.0.1")).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: `Port ${port} on 127.0.0.1 is taken by another program; set PORT to a free one.`,
    });
    await expect(second.listen(0, "192.0.2.1")).rejects.toMatchObject({
      message: "HOST 192.0.2.1 is not an address of this machine.",
    });
  });

  it("cuts who sends half a head and no more", async () => {
    await using impatient = new HttpServer(createLogger("silent"), undefined, { headMs: 20, silent: 10 });
    const { port, hostname } = new URL(await impatient.listen(0, "127.0.0.1"));
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined).resume();
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    await once(socket, "close");
  });

  it("cuts who has been silent longest when too many are, and answers who comes", async () => {
    await using busy = new HttpServer(createLogger("silent"), undefined, { headMs: 60_000, silent: 20 });
    busy.route("/", answer("here"));
    const at = await busy.listen(0, "127.0.0.1");
    const sockets = [];
    for (let i = 0; i < 20; i++) {
      const socket = connect(Number(new URL(at).port), "127.0.0.1");
      socket.on("error", () => undefined).resume();
      await once(socket, "connect");
      sockets.push(socket);
    }
    const first = once(sockets[0]!, "close");
    expect(await (await fetch(at)).text()).toBe("here");
    await first;
    // Who has asked something is silent no more: it is not counted with them.
    expect(await (await fetch(at)).text()).toBe("here");
    expect(sockets.slice(1).filter(({ destroyed }) => destroyed)).toEqual([]);
    for (const socket of sockets) socket.destroy();
  });

  it("reads some of those who come at once in each turn of the event loop, and answers all", async () => {
    let turn = 0;
    let turning = setImmediate(function next() {
      turn++;
      turning = setImmediate(next);
    });
    const perTurn = new Map<number, number>();
    http.route("/", (_request, response) => {
      perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1);
      response.end("here");
    });
    const { port } = new URL(url);
    const sockets = Array.from({ length: 300 }, () => connect(Number(port), "127.0.0.1"));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    // What was accepted is listened to a turn later.
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const socket of sockets) socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const answers = await Promise.all(sockets.map((socket) => once(socket, "data")));
    clearImmediate(turning);
    for (const [answer] of answers) expect(String(answer)).toMatch(/^HTTP\/1\.1 200/);
    expect(Math.max(...perTurn.values())).toBeLessThanOrEqual(32);
    for (const socket of sockets) socket.destroy();
  });

  it("cuts who says nothing at all", async () => {
    await using impatient = new HttpServer(createLogger("silent"), undefined, { headMs: 20, silent: 10 });
    const { port } = new URL(await impatient.listen(0, "127.0.0.1"));
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => undefined).resume();
    await once(socket, "close");
  });

  it("drains: open requests finish, new ones find nobody", async () => {
    let finish: (() => void) | undefined;
    const arrived = new Promise<void>((resolve) => {
      http.route("/slow", (_request, response) => {
        finish = () => response.end("done");
        resolve();
      });
    });
    const slow = get("/slow");
    await arrived;
    const drained = http.drain();
    await expect(
      new Promise((_resolve, reject) => request(url, { agent: false }).once("error", reject).end()),
    ).rejects.toMatchObject({ code: "ECONNREFUSED" });
    finish?.();
    expect((await slow).text).toBe("done");
    await drained;
    await http.drain();
  });

  it("ends although someone holds an upgraded socket open", async () => {
    http.upgrade("/", (_request, socket) => void socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
    const socket = await upgrade("/");
    await once(socket, "data");
    const closed = once(socket, "close");
    await http[Symbol.asyncDispose]();
    await closed;
  });
});
