import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { type LoginName, subgraphNames } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { until } from "@onrecord/core/testing/until";
import { startEmbeddedPostgres } from "@onrecord/postgres/embedded/embedded";
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from "@onrecord/telemetry/testing/receiver";
import { type TestContext, testContext } from "@onrecord/testing/database";
import { openEditor } from "@onrecord/testing/editor";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./client/api.js";
import { firstEditableFolder } from "./client/editable-folder.js";
import { type Node, startNode } from "./node.js";
import { Command, newDataDir } from "./testing/command.js";
import { scrape } from "./testing/scrape.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";

/** The spans below one, whatever process they are of. */
const below = (spans: readonly ReceivedSpan[], over: ReceivedSpan): ReceivedSpan[] =>
  spans
    .filter(({ traceId, parentSpanId }) => traceId === over.traceId && parentSpanId === over.spanId)
    .flatMap((span) => [span, ...below(spans, span)]);
const named = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);
const signIn = async (url: string, email: string, password: string) => {
  const { signIn } = await new Api(url, undefined).ask<{ signIn: { token: string } }>(
    "mutation ($input: SignInInput!) { signIn(input: $input) { token } }",
    { input: { email, password } },
  );
  return signIn.token;
};
const post = (url: string, token: string, query: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify({ query }),
  });

describe("a node of which everything is traced", () => {
  let receiver: OtlpReceiver;
  let context: TestContext;
  let node: Node;
  let token: string;
  const email = "analyst1@demo.onrecord.test";

  beforeAll(async () => {
    receiver = await otlpReceiver();
    context = await testContext({
      PORT: "0",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_EXPORTER_OTLP_HEADERS: "x-collector-key=between%20us",
      OTEL_TRACES_SAMPLER_ARG: "1",
    });
    node = await startNode(context);
    token = await signIn(node.url, email, context.demoPassword);
  });
  afterAll(async () => {
    await node?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
  });

  it("shows a request from its door through the subgraphs to SQL, in its caller's trace", async () => {
    const traceparent = `00-${TRACE}-${CALLER}-00`;
    const answer = await post(
      node.url,
      token,
      "{ me { user { name } } folders { edges { node { name } } } }",
      { traceparent },
    );
    expect(answer.status).toBe(200);
    const root = () => receiver.spans.find((span) => span.traceId === TRACE && span.parentSpanId === CALLER);
    await until(() => root() !== undefined, "the trace to arrive");
    const spans = below(receiver.spans, root()!);
    expect(root()).toMatchObject({ name: "POST /graphql", kind: 2 });
    expect(root()!.attributes).toContainEqual({
      key: "graphql.operation.type",
      value: { stringValue: "query" },
    });
    expect(root()!.attributes).toContainEqual({
      key: "onrecord.request_id",
      value: { stringValue: answer.headers.get("x-request-id") },
    });
    for (const name of ["identity", "documents"]) {
      const [subgraph] = named(spans, `subgraph ${name}`);
      const sql = below(spans, subgraph!).filter(({ kind }) => kind === 3);
      expect(sql.map((span) => span.name)).toContainEqual(expect.stringMatching(/^select \w+/));
    }
    for (const span of spans)
      expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
  });

  it("shows an edit from its socket to its commit and SQL", async () => {
    const api = new Api(node.url, token);
    const { createDocument } = await api.ask<{ createDocument: { id: string } }>(
      "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
      { input: { folderId: await firstEditableFolder(api), title: "Confidential title", kind: "TEXT" } },
    );
    const { id } = createDocument;
    using editor = openEditor(node.url, id, token);
    await editor.synced();
    editor.text.insert(0, "insider words");
    const edits = () =>
      named(receiver.spans, "edit").filter(({ attributes }) =>
        attributes.some(({ key, value }) => key === "onrecord.document_id" && value.stringValue === id),
      );
    const sql = () =>
      edits().flatMap((edit) =>
        below(receiver.spans, edit).filter(({ name }) => name === "select documents.commit_live"),
      );
    await until(() => sql().length > 0, "the edit to arrive");
    const commit = receiver.spans.find(({ spanId }) => spanId === sql()[0]!.parentSpanId);
    expect(commit).toMatchObject({ name: "group commit" });
    expect(named(receiver.spans, "GET /collab").length).toBeGreaterThan(0);
  });

  it("shows an operation over a WebSocket, and a subscription until it is open", async () => {
    const compliance = await signIn(node.url, "compliance@demo.onrecord.test", context.demoPassword);
    const client = createClient({
      url: `${node.url.replace("http", "ws")}/graphql`,
      connectionParams: { authorization: `Bearer ${compliance}` },
    });
    const kinds = () =>
      named(receiver.spans, "operation over WebSocket").flatMap(({ attributes }) =>
        attributes
          .filter(({ key }) => key === "graphql.operation.type")
          .map(({ value }) => value.stringValue),
      );
    await client.iterate({ query: "{ me { __typename } }" }).next();
    const events = client.iterate({ query: "subscription { auditEntryAppended { action } }" });
    void events.next();
    await until(() => ["query", "subscription"].every((kind) => kinds().includes(kind)), "both to arrive");
    await client.dispose();
  });

  it("names a failure by its code", async () => {
    await post(node.url, token, '{ document(id: "0197e1c4-0000-7000-8000-000000000000") { title } }');
    await until(
      () =>
        receiver.spans.some(
          ({ name, status }) => name === "POST /graphql" && status?.message === "NOT_FOUND",
        ),
      "the failure to arrive",
    );
  });

  it("puts no content, title, address, query or token into what it sends, and the collector's key into its header alone", async () => {
    await post(node.url, token, "query SecretName { secretAlias: me { __typename } }");
    await signIn(node.url, email, "a wrong password").catch(() => undefined);
    await until(() => named(receiver.spans, "POST /graphql").length > 5, "more to arrive");
    const all = receiver.raw.join("\n");
    for (const secret of [
      "insider words",
      "Confidential title",
      "demo.onrecord.test",
      "wrong password",
      "SecretName",
      "secretAlias",
      "Tsz Ching",
      token,
      context.demoPassword,
    ])
      expect([secret, all.includes(secret)]).toEqual([secret, false]);
    for (const request of receiver.raw) {
      const [head, ...body] = request.split("\n");
      expect(head).toContain('"x-collector-key":"between us"');
      expect(body.join("\n")).not.toContain("between us");
    }
  });

  it("loses spans and nothing else while the collector is away, counts them, and goes on", async () => {
    receiver.answer(503);
    await post(node.url, token, "{ me { __typename } }");
    await until(
      async () => (await scrape(node.url)).value("onrecord_trace_spans_total", { outcome: "failed" }) > 0,
      "spans to be lost",
    );
    receiver.answer(200);
    const before = receiver.spans.length;
    expect((await post(node.url, token, "{ me { __typename } }")).status).toBe(200);
    await until(() => receiver.spans.length > before, "spans to arrive again");
    expect((await scrape(node.url)).value("onrecord_trace_spans_total", { outcome: "sent" })).toBeGreaterThan(
      0,
    );
  });
});

describe("what is traced", () => {
  const opened = async (env: Record<string, string>) => {
    const receiver = await otlpReceiver();
    const context = await testContext({ PORT: "0", OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env });
    const node = await startNode(context);
    const token = await signIn(node.url, "analyst1@demo.onrecord.test", context.demoPassword);
    const ask = (flags: string) =>
      post(node.url, token, "{ me { __typename } }", {
        traceparent: `00-${randomBytes(16).toString("hex")}-${CALLER}-${flags}`,
      });
    return { receiver, context, node, ask, [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose]() };
  };

  it("is not for callers to say, unless whoever runs the place says so", async () => {
    await using own = await opened({ OTEL_TRACES_SAMPLER_ARG: "0" });
    await own.ask("01");
    await own.node[Symbol.asyncDispose]();
    expect(own.receiver.spans).toEqual([]);
    await using theirs = await opened({
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0",
    });
    await theirs.ask("00");
    await theirs.ask("01");
    // What waits is sent before a process ends.
    await theirs.node[Symbol.asyncDispose]();
    expect(named(theirs.receiver.spans, "POST /graphql").map(({ parentSpanId }) => parentSpanId)).toEqual([
      CALLER,
    ]);
  });

  it("is nothing, with nothing in memory or metrics, where no collector is named", async () => {
    await using context = await testContext();
    expect(context.tracer).toBeUndefined();
    expect(await context.metrics.metrics()).not.toContain("onrecord_trace");
  });
});

it("is one trace where services are processes of their own", { timeout: 240_000 }, async () => {
  await using opened = new AsyncDisposableStack();
  const receiver = opened.use(await otlpReceiver());
  const dataDir = await newDataDir();
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const settings = { fsync: "off", synchronous_commit: "off" };
  const postgres = opened.use(
    await startEmbeddedPostgres({ dataDir, log: createLogger("silent"), settings }),
  );
  const env = {
    ONRECORD_DATA: dataDir,
    ONRECORD_SERVICE_SECRET: randomBytes(32).toString("hex"),
    ONRECORD_DEMO_PASSWORD: "a password of the demo",
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: "50",
  };
  const owner = {
    ONRECORD_DEMO: "1",
    DATABASE_URL: postgres.adminUrl,
    DATABASE_ADMIN_URL: postgres.adminUrl,
  };
  expect((await opened.use(Command.run(["migrate"], { ...env, ...owner })).ended).code).toBe(0);
  const start = async (login: LoginName, words: readonly string[], more: Record<string, string>) => {
    const DATABASE_URL = postgres.loginUrls[login];
    return opened.use(Command.run(["start", ...words], { ...env, DATABASE_URL, ...more })).ready();
  };
  // It traces nothing by itself: it is for the gateway to say. Nobody asks the others, so they need not run.
  const identity = await start("identity", ["subgraph", "identity"], { OTEL_TRACES_SAMPLER: "always_off" });
  const urls = Object.fromEntries(
    subgraphNames.map((name) => [`SUBGRAPH_${name.toUpperCase()}_URL`, `${identity}/graphql`]),
  );
  const url = await start("gateway", ["gateway"], { ...urls, OTEL_TRACES_SAMPLER: "always_on" });
  const token = await signIn(url, "analyst1@demo.onrecord.test", env.ONRECORD_DEMO_PASSWORD);
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  expect((await post(url, token, "{ me { user { name } } }", { traceparent })).status).toBe(200);
  const root = () => receiver.spans.find((span) => span.traceId === TRACE && span.parentSpanId === CALLER);
  const inSubgraph = () => {
    const over = root();
    return over ? named(below(receiver.spans, over), "subgraph identity") : [];
  };
  await until(() => inSubgraph().length > 0, "both halves to arrive");
  const [subgraph] = inSubgraph();
  expect(subgraph!.instance).not.toBe(root()!.instance);
  expect(receiver.spans.find(({ spanId }) => spanId === subgraph!.parentSpanId)).toMatchObject({
    name: "ask identity",
    instance: root()!.instance,
  });
  await until(
    () => below(receiver.spans, subgraph!).some(({ name }) => name.startsWith("select ")),
    "the subgraph's SQL to arrive",
  );
  // Each process shows what is its own.
  const [gateway, apart] = await Promise.all([scrape(url), scrape(identity)]);
  expect(gateway.names.has("onrecord_gateway_operation_seconds_count")).toBe(true);
  expect(apart.names.has("onrecord_gateway_operation_seconds_count")).toBe(false);
  expect(apart.names.has("onrecord_password_checks")).toBe(true);
  for (const each of [gateway, apart])
    for (const name of [
      "onrecord_build_info",
      "onrecord_ready",
      "onrecord_db_pool_waiting",
      "onrecord_bus_connected",
      "onrecord_event_loop_delay_seconds_count",
    ])
      expect([name, each.names.has(name)]).toEqual([name, true]);
});
