import { request } from "node:http";
import { createLogger } from "@onrecord/core/log";
import { Counter, Registry } from "prom-client";
import { afterAll, describe, expect, it } from "vitest";
import { tellDisbelief } from "./disbelief.js";
import { HttpServer } from "./http-server.js";
import { metricsRoute } from "./metrics-route.js";

const open = new AsyncDisposableStack();
afterAll(() => open.disposeAsync());

async function serve(token?: string) {
  const http = open.use(new HttpServer(createLogger("silent")));
  const registry = new Registry();
  new Counter({ name: "joins", help: "of people", registers: [registry] }).inc();
  http.route("/metrics", metricsRoute(registry, token), { anyHost: true });
  const { port } = new URL(await http.listen(0, "0.0.0.0"));
  return (headers: Record<string, string> = {}, host = "127.0.0.1") =>
    new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const asking = request({ host, port, path: "/metrics", headers }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (more: string) => {
          text += more;
        });
        answer.once("end", () => resolve({ status: answer.statusCode, text }));
      });
      asking.once("error", reject).end();
    });
}

describe("/metrics", () => {
  it("are for whoever brings the token, where there is one, from wherever they come", async () => {
    const ask = await serve("the-token-of-prometheus");
    const authorization = "Bearer the-token-of-prometheus";
    expect(await ask({ authorization, host: "filings.example.test" })).toEqual({
      status: 200,
      text: expect.stringContaining("joins 1"),
    });
    for (const wrong of [
      {},
      { authorization: "Bearer the-token-of-prometheu" },
      { authorization: "the-token-of-prometheus" },
      { authorization: "Bearer " },
    ] as Record<string, string>[]) {
      const { status, text } = await ask(wrong);
      expect(status).toBe(401);
      expect(text).not.toContain("joins");
    }
  });

  it("are for this machine's own programs where there is none: not by a proxy, nor under a name that was pointed here", async () => {
    const ask = await serve();
    expect((await ask()).status).toBe(200);
    expect((await ask({ host: "localhost" })).status).toBe(200);
    for (const headers of [
      { host: "filings.example.test" },
      { host: "127.0.0.1.evil.example" },
      { host: "10.0.0.1:4000" },
      { "x-forwarded-for": "127.0.0.1" },
      { forwarded: "for=127.0.0.1" },
      { authorization: "Bearer anything-at-all-that-is-long", host: "a.example" },
    ] as Record<string, string>[]) {
      const { status, text } = await ask(headers);
      expect(status, JSON.stringify(headers)).toBe(403);
      expect(text).toContain("ONRECORD_METRICS_TOKEN");
      expect(text).not.toContain("joins");
    }
  });
});

it("headers that are not believed are counted by peer, and a flood from everywhere is one line", async () => {
  const registry = new Registry();
  const lines: string[] = [];
  const log = createLogger("silent");
  log.warn = (data: object) => void lines.push((data as { peer: string }).peer);
  const tell = tellDisbelief(log, registry);
  for (let i = 0; i < 500; i++) tell(`203.0.113.${i % 250}`, "untrusted-peer");
  const text = await registry.metrics();
  expect(text.match(/^onrecord_http_forwarded_disbelieved_total\{/gm)).toHaveLength(11);
  expect(text).toContain('{peer="203.0.113.0",reason="untrusted-peer"} 2');
  expect(text).toContain('{peer="others",reason="untrusted-peer"} 480');
  expect(lines).toHaveLength(11);
});
