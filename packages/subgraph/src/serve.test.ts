import { readConfig } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { HttpServer } from "@onrecord/http/http-server";
import type { Caller } from "@onrecord/policy/principal";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ENVELOPE_HEADER, EnvelopeSigner } from "./envelope.js";
import { papersSubgraph, publishPaper } from "./fixtures/papers.js";
import { serveSubgraph } from "./serve.js";
import type { Subgraph } from "./subgraph.js";

const serviceSecret = "a secret of at least thirty-two characters";
const log = createLogger("silent");
const caller: Caller = { principal: null, requestId: "request-1", from: { ip: null, userAgent: null } };
const http = new HttpServer(log);
let url: string;
/** What was put on the record. */
const recorded: unknown[] = [];

beforeAll(async () => {
  const { config } = readConfig({ ONRECORD_MAX_REQUEST_BYTES: "10000" });
  const subgraph: Subgraph = {
    ...papersSubgraph(),
    ledger: {
      refuse: async ({ action, detail }) => {
        recorded.push({ action, detail });
      },
    },
  };
  serveSubgraph(subgraph, { config, log, serviceSecret }, http);
  url = `${await http.listen(0, "127.0.0.1")}/graphql`;
});
afterAll(() => http[Symbol.asyncDispose]());

function post(
  query: string,
  given: { envelope?: string | null; accept?: string; signal?: AbortSignal } = {},
) {
  const body = JSON.stringify({ query });
  const envelope =
    given.envelope === undefined
      ? new EnvelopeSigner(serviceSecret).sign("documents", caller, body)
      : given.envelope;
  return fetch(url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      accept: given.accept ?? "application/json",
      ...(envelope === null ? {} : { [ENVELOPE_HEADER]: envelope }),
    },
    ...(given.signal ? { signal: given.signal } : {}),
  });
}

describe("a subgraph served alone", () => {
  it("answers what the gateway signed", async () => {
    const response = await post("{ paper(number: 3) { number author { id } } }");
    expect(await response.json()).toEqual({ data: { paper: { number: 3, author: { id: "user-3" } } } });
  });

  it("refuses what nobody signed, on the record", async () => {
    recorded.length = 0;
    const response = await post("{ paper(number: 3) { number } }", { envelope: null });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "UNAUTHENTICATED", reasons: [{ id: "missing" }] } }],
    });
    expect(recorded).toEqual([{ action: "session.refused", detail: { reason: "envelope" } }]);
  });

  it("refuses what another secret signed, with the remedy", async () => {
    const query = "{ paper(number: 3) { number } }";
    const envelope = new EnvelopeSigner(serviceSecret.toUpperCase()).sign(
      "documents",
      caller,
      JSON.stringify({ query }),
    );
    const { errors } = (await (await post(query, { envelope })).json()) as {
      errors: { extensions: unknown }[];
    };
    expect(errors[0]?.extensions).toMatchObject({
      reasons: [{ id: "unknown-key", text: expect.stringContaining("ONRECORD_SERVICE_SECRET") }],
    });
  });

  it("takes no query in the address, where the signature does not reach", async () => {
    const envelope = new EnvelopeSigner(serviceSecret).sign("documents", caller, "");
    const response = await fetch(`${url}?query={paper(number:1){number}}`, {
      headers: { [ENVELOPE_HEADER]: envelope },
    });
    expect(response.status).toBe(405);
  });

  it("answers 413 to a body beyond the limit", async () => {
    expect((await post(`{ paper(number: 3) { number } } #${"x".repeat(20_000)}`)).status).toBe(413);
  });

  it("streams a subscription as server-sent events until the reader leaves", async () => {
    const abort = new AbortController();
    const response = await post("subscription { published { number } }", {
      accept: "text/event-stream",
      signal: abort.signal,
    });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const reader = response.body?.getReader();
    if (!reader) throw new TypeError("no body");
    let text = "";
    const timer = setInterval(() => publishPaper(5), 20);
    while (!text.includes("data: {")) text += Buffer.from((await reader.read()).value ?? []).toString();
    clearInterval(timer);
    expect(text).toContain('data: {"data":{"published":{"number":5}}}');
    abort.abort();
    await expect(reader.read()).rejects.toThrow();
  });
});
