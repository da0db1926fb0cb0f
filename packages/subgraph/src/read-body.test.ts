import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { AppError } from "@onrecord/core/errors";
import { expect, it } from "vitest";
import { BodyBudget } from "./body-budget.js";
import { type BodyRules, readBody } from "./read-body.js";

/** Sends the raw pieces to a server that reads at most 1000 bytes; returns the first line of its answer. */
async function send(pieces: readonly string[], rules: BodyRules = {}): Promise<string> {
  const server = createServer(async (request, response) => {
    try {
      const body = await readBody(request, 1000, rules);
      response.end(`read ${body.length}`);
    } catch (error) {
      response.writeHead(error instanceof AppError ? error.status : 500, { connection: "close" }).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  for (const piece of pieces) socket.write(piece);
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  server.closeAllConnections();
  server.close();
  return answer.toString().split("\r\n")[0]!;
}
const post = (headers: string) => `POST / HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`;

it("reads a body whole, whichever way it is framed", async () => {
  expect(await send([post("Content-Length: 4"), "ab", "cd"])).toContain("200");
  expect(await send([post("Transfer-Encoding: chunked"), "2\r\nab\r\n", "0\r\n\r\n"])).toContain("200");
});

it("refuses one that is too long before it has come, announced or not", async () => {
  expect(await send([post("Content-Length: 1001")])).toContain("413");
  expect(await send([post("Transfer-Encoding: chunked"), `3e9\r\n${"x".repeat(1001)}\r\n`])).toContain("413");
});

it("refuses one that trickles, or that does not come at all", async () => {
  const pace = { graceMs: 20, bytesPerSecond: 1e9 };
  expect(await send([post("Content-Length: 900"), "x"], { pace })).toContain("408");
  expect(await send([post("Content-Length: 900")], { pace })).toContain("408");
});

it("refuses JSON past its bounds although the rest has not come", async () => {
  const json = { depth: 5, values: 100 };
  expect(await send([post("Content-Length: 900"), "[".repeat(6)], { json })).toContain("400");
});

it("asks for room for what is announced, and for what has come", async () => {
  const budget = new BodyBudget(1);
  const caller = { principal: null, requestId: "r", from: { ip: null, userAgent: null } };
  const holdings = Array.from({ length: 63 }, () => budget.open(caller));
  using last = budget.open(caller);
  expect(await send([post("Content-Length: 900"), "x".repeat(900)], { holding: last })).toContain("200");
  for (const holding of holdings) holding[Symbol.dispose]();
});
