import { until } from "@onrecord/core/testing/until";
import { type TestContext, testContext } from "@onrecord/testing/database";
import { openEditor } from "@onrecord/testing/editor";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./client/api.js";
import { firstEditableFolder } from "./client/editable-folder.js";
import { type Node, startNode } from "./node.js";
import { type Scrape, scrape } from "./testing/scrape.js";

let context: TestContext;
let node: Node;
let token: string;
let api: Api;

beforeAll(async () => {
  context = await testContext({ PORT: "0", ONRECORD_COMMIT: "abcdef0" });
  node = await startNode(context);
  token = await signIn("analyst1");
  api = new Api(node.url, token);
});
afterAll(() => node?.[Symbol.asyncDispose]());

async function signIn(name: string, password = context.demoPassword): Promise<string> {
  const { signIn } = await new Api(node.url, undefined).ask<{ signIn: { token: string } }>(
    "mutation ($input: SignInInput!) { signIn(input: $input) { token } }",
    { input: { email: `${name}@demo.onrecord.test`, password } },
  );
  return signIn.token;
}

async function note(): Promise<string> {
  const { createDocument } = await api.ask<{ createDocument: { id: string } }>(
    "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
    { input: { folderId: await firstEditableFolder(api), title: "A note", kind: "TEXT" } },
  );
  return createDocument.id;
}

/** Locks a table until the function that it resolves with is called. */
async function locked(table: string): Promise<() => Promise<void>> {
  const taken = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holding = context.under("operator").db.transaction(async (tx) => {
    await tx.query(`lock table ${table} in access exclusive mode`);
    taken.resolve();
    await release.promise;
  });
  await Promise.race([taken.promise, holding]);
  return () => {
    release.resolve();
    return holding;
  };
}

type Reading = (at: Scrape) => number;

/** Does something that a metric must tell of, and waits until it does. */
async function moves(reading: Reading, cause: () => Promise<unknown>): Promise<void> {
  const before = reading(await scrape(node.url));
  await cause();
  let now = before;
  await until(async () => {
    now = reading(await scrape(node.url));
    return now > before;
  }, "the metric to move");
  expect(now).toBeGreaterThan(before);
}

it("tells which build runs, and what state it is in", async () => {
  const now = await scrape(node.url);
  expect(
    now.value("onrecord_build_info", { version: "0.1.0", commit: "abcdef0", node_version: process.version }),
  ).toBe(1);
  for (const check of ["database", "migrations", "bus", "answer"])
    expect([check, now.value("onrecord_ready", { check })]).toEqual([check, 1]);
  expect(now.value("onrecord_bus_connected")).toBe(1);
  const free = now.value("onrecord_data_disk_free_bytes");
  expect(free).toBeGreaterThan(0);
  expect(now.value("onrecord_data_disk_size_bytes")).toBeGreaterThanOrEqual(free);
  for (const login of ["process", "identity", "permissions", "documents", "audit", "collab", "gateway"])
    expect(now.value("onrecord_db_pool_max_connections", { login, pool: "main" })).toBeGreaterThan(0);
});

it("counts refused sign-ins, each one, also those that an entry folds together", async () => {
  const refused: Reading = (at) =>
    at.value("onrecord_denials_total", { action: "session.refused", reason: "credentials" });
  const before = refused(await scrape(node.url));
  for (let i = 0; i < 5; i++) await signIn("nobody", "wrong").catch(() => undefined);
  expect(refused(await scrape(node.url))).toBe(before + 5);
});

it("counts denials by their reason, and errors by code and kind of operation", async () => {
  const denied: Reading = (at) => at.value("onrecord_denials_total", { action: "access.denied" });
  const error =
    (operation: string, code: string): Reading =>
    (at) =>
      at.value("onrecord_graphql_errors_total", { operation, code });
  const nothing = '{ document(id: "0197e1c4-0000-7000-8000-000000000000") { title } }';
  await moves(denied, () => api.ask(nothing).catch(() => undefined));
  await moves(error("query", "NOT_FOUND"), () => api.ask(nothing).catch(() => undefined));
  await moves(error("mutation", "UNAUTHENTICATED"), () => signIn("analyst2", "wrong").catch(() => undefined));
  await moves(error("none", "BAD_USER_INPUT"), () => api.ask("{ noSuchField }").catch(() => undefined));
  await moves(error("none", "BAD_USER_INPUT"), () => api.ask("{ me {").catch(() => undefined));
  await moves(error("none", "UNAUTHENTICATED"), () =>
    new Api(node.url, "no.token").ask("{ me { id } }").catch(() => undefined),
  );
});

it("gives nothing that a client makes up a line of its own", async () => {
  const lines = (at: Scrape) => at.text.split("\n").length;
  const made = (i: number) =>
    api.ask(`query Made${i} { made${i}: me { __typename } x${i} }`).catch(() => undefined);
  await made(0);
  const before = lines(await scrape(node.url));
  for (let i = 1; i < 30; i++) await made(i);
  const after = await scrape(node.url);
  expect(lines(after)).toBe(before);
  expect(after.text).not.toMatch(/made\d/i);
});

it("tells of edits, from their editors to their commits", async () => {
  const id = await note();
  using editor = openEditor(node.url, id, token);
  await editor.synced();
  const now = await scrape(node.url);
  expect(now.value("onrecord_collab_connections")).toBe(1);
  expect(now.value("onrecord_rights_open")).toBeGreaterThan(0);
  await moves(
    (at) => at.value("onrecord_commit_documents_total", { outcome: "COMMITTED" }),
    async () => editor.text.insert(0, "words"),
  );
  expect((await scrape(node.url)).value("onrecord_commit_seconds_count")).toBeGreaterThan(0);
});

it("tells that commits fail, are stuck, and go on", async () => {
  const id = await note();
  using editor = openEditor(node.url, id, token);
  await editor.synced();
  editor.text.insert(0, "first ");
  await until(async () => (await scrape(node.url)).value("onrecord_commit_age_seconds") === 0, "rest");
  const { db: owner } = context.under("operator");
  const release = await locked("documents.batch");
  editor.text.insert(0, "second ");
  await until(
    async () => (await scrape(node.url)).value("onrecord_commit_age_seconds") > 0,
    "a commit to be stuck",
  );
  await moves(
    (at) => at.value("onrecord_commit_failures_total"),
    () =>
      owner.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'onrecord commits' and datname = current_database()",
      ),
  );
  await release();
  await until(async () => (await scrape(node.url)).value("onrecord_commit_age_seconds") === 0, "it to go on");
});

it("tells who waits for a connection of which login, and that connections are lost", async () => {
  const { db } = context.under("audit");
  const { max = 0 } = db.pool.options;
  const held = await Promise.all(Array.from({ length: max }, () => db.pool.connect()));
  const waiting = db.query("select 1");
  const now = await scrape(node.url);
  expect(now.value("onrecord_db_pool_waiting", { login: "audit", pool: "main" })).toBeGreaterThan(0);
  expect(now.value("onrecord_db_pool_connections", { login: "audit", pool: "main", state: "in_use" })).toBe(
    max,
  );
  expect(now.value("onrecord_db_pool_waiting", { login: "documents", pool: "main" })).toBe(0);
  const pids = await Promise.all(held.map((client) => client.query("select pg_backend_pid() as pid")));
  for (const client of held) client.release();
  await waiting;
  await moves(
    (at) => at.value("onrecord_db_connections_lost_total", { login: "audit" }),
    () =>
      context
        .under("operator")
        .db.query("select pg_terminate_backend(pid) from unnest($1::int[]) pid", [
          pids.map(({ rows }) => (rows[0] as { pid: number }).pid),
        ]),
  );
});

it("tells that entries wait for the record, and that they could not be written", async () => {
  const release = await locked("audit.entry");
  const refused = signIn("nobody-else", "wrong").catch(() => undefined);
  const queued: Reading = (at) => at.value("onrecord_record_queue_entries", { login: "identity" });
  await until(async () => queued(await scrape(node.url)) > 0, "an entry to wait");
  const age: Reading = (at) => at.value("onrecord_record_queue_age_seconds", { login: "identity" });
  expect(age(await scrape(node.url))).toBeGreaterThan(0);
  await moves(
    (at) => at.value("onrecord_record_failures_total", { login: "identity" }),
    () =>
      context
        .under("operator")
        .db.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into audit.entry%' and datname = current_database()",
        ),
  );
  await release();
  await refused;
  await until(async () => queued(await scrape(node.url)) === 0, "nothing to wait");
});

it("tells that this node cannot see its rights", async () => {
  const age: Reading = (at) => at.value("onrecord_rights_look_age_seconds");
  const release = await locked("permissions.live_right");
  await until(async () => age(await scrape(node.url)) > 3, "looks to be overdue");
  await moves(
    (at) => at.value("onrecord_rights_look_failures_total"),
    () =>
      context
        .under("operator")
        .db.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
        ),
  );
  await release();
  await until(async () => age(await scrape(node.url)) < 3, "looks to be made again");
});

it("tells of followers, their lag, and of alerts", async () => {
  const compliance = await signIn("compliance");
  const client = createClient({
    url: `${node.url.replace("http", "ws")}/graphql`,
    connectionParams: { authorization: `Bearer ${compliance}` },
  });
  const entries = client.iterate({ query: "subscription { auditEntryAppended { action } }" });
  const first = entries.next();
  await until(async () => (await scrape(node.url)).value("onrecord_gateway_streams") === 1, "the stream");
  expect((await scrape(node.url)).value("onrecord_gateway_sockets")).toBe(1);
  await moves(
    (at) => at.value("onrecord_follower_lag_seconds_count", { reader: "entries" }),
    () => note(),
  );
  await first;
  await client.dispose();
  await moves(
    (at) => at.value("onrecord_alert_lag_seconds_count", { reader: "alerts" }),
    async () => {
      for (let i = 0; i < 6; i++) await signIn("trader", "wrong").catch(() => undefined);
    },
  );
  expect((await scrape(node.url)).value("onrecord_rights_look_age_seconds")).toBeLessThan(600);
});

it("tells of pages and passwords that wait", async () => {
  const folderId = await firstEditableFolder(api);
  const leaving = new AbortController();
  const page = "<p>x".repeat(400_000);
  const sent = fetch(`${node.url}/graphql`, {
    method: "POST",
    signal: leaving.signal,
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({
      query: "mutation ($input: ImportDocumentInput!) { importDocument(input: $input) { id } }",
      variables: { input: { folderId, title: "Slow", html: page } },
    }),
  }).catch(() => undefined);
  await until(
    async () => (await scrape(node.url)).value("onrecord_imports", { state: "running" }) === 1,
    "it",
  );
  leaving.abort();
  await sent;
  const guesses = Array.from({ length: 12 }, () => signIn("risk", "wrong").catch(() => undefined));
  await until(
    async () => (await scrape(node.url)).value("onrecord_password_checks") > 0,
    "a password to wait",
  );
  await Promise.all(guesses);
});

it("tells of messages of the bus that nobody of ours has sealed", async () => {
  await using other = await context.another();
  await moves(
    (at) => at.value("onrecord_bus_messages_total", { direction: "received" }),
    async () => other.bus.publish("entries.appended", { actions: ["document.edited"] }),
  );
  await moves(
    (at) => at.value("onrecord_bus_refused_total"),
    () =>
      context.db.query("select pg_notify('onrecord', $1)", [
        JSON.stringify([{ n: "somebody", t: "entries.appended", m: { actions: [] } }]),
      ]),
  );
});
