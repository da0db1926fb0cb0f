import { addPerson, type TestContext, testContext } from "@onrecord/testing/database";
import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { Api } from "./client/api.js";
import { firstEditableFolder } from "./client/editable-folder.js";
import { createDemoFirm } from "./demo-firm.js";
import { type Node, startNode } from "./node.js";
import { replayTrace } from "./replay/replay.js";
import { parseTrace } from "./replay/trace.js";

let context: TestContext;
let node: Node;
const editors: Editor[] = [];

beforeAll(async () => {
  context = await testContext({ PORT: "0" });
  node = await startNode(context);
});
afterAll(async () => {
  for (const editor of editors) editor[Symbol.dispose]();
  await node?.[Symbol.asyncDispose]();
});

const signIn = async (name: string) => {
  const { signIn } = await new Api(node.url, undefined).ask<{ signIn: { token: string } }>(
    "mutation ($input: SignInInput!) { signIn(input: $input) { token } }",
    { input: { email: `${name}@demo.onrecord.test`, password: context.demoPassword } },
  );
  return { token: signIn.token, api: new Api(node.url, signIn.token) };
};
const edit = (documentId: string, token: string) => {
  const editor = openEditor(node.url, documentId, token);
  editors.push(editor);
  return editor;
};
const createText = async (api: Api) => {
  const input = { folderId: await firstEditableFolder(api), title: "A note", kind: "TEXT" };
  const { createDocument } = await api.ask<{ createDocument: { id: string } }>(
    "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
    { input },
  );
  return createDocument.id;
};

describe("the node at its one door", () => {
  it("is ready, and shows the web app or a sentence about it", async () => {
    const ready = await fetch(`${node.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      {
        ready: true,
        checks: { database: "ok", migrations: "ok", writes: "ok", collab: "ok", bus: "ok" },
      },
    ]);
    expect((await fetch(node.url)).status).toBe(200);
    expect((await fetch(`${node.url}/metrics`)).status).toBe(200);
  });

  it("answers one query across all four subgraphs", async () => {
    const { api } = await signIn("analyst1");
    const { me, folders } = await api.ask<{ me: object; folders: { edges: { node: object }[] } }>(`{
      me { user { name department { name } } roles capabilities }
      folders { edges { node { name permissions documents { edges { node {
        title version permissions createdBy { name }
        versions(last: 1) { edges { node { number author { name } auditEntry { action actor { name } } } } }
        auditTrail(first: 1, filter: { actions: ["document.created"] }) { totalCount edges { node { action actor { kind } } } }
      } } } } } }
    }`);
    expect(me).toMatchObject({ user: { department: { name: "Corporate Finance" } }, roles: ["analyst"] });
    expect(folders.edges).toEqual([
      {
        node: expect.objectContaining({
          name: "Project Harbour",
          permissions: expect.arrayContaining(["VIEW", "EDIT"]),
          documents: {
            edges: expect.arrayContaining([
              {
                node: expect.objectContaining({
                  title: "Project Harbour: announcement",
                  version: 1,
                  createdBy: { name: expect.any(String) },
                  auditTrail: {
                    totalCount: 1,
                    edges: [{ node: { action: "document.created", actor: { kind: "SYSTEM" } } }],
                  },
                }),
              },
            ]),
          },
        }),
      },
    ]);
  });

  it("knows a browser again by a cookie that only its sign-in sees, whatever strangers try", async () => {
    const signInFrom = (device?: string, password = context.demoPassword) =>
      fetch(`${node.url}/auth/sign-in`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(device ? { cookie: `other=1; onrecord_device=${device}` } : {}),
        },
        body: JSON.stringify({ email: "risk@demo.onrecord.test", password }),
      });
    const [session, given] = (await signInFrom()).headers.getSetCookie();
    expect(session).toMatch(/^onrecord_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax/);
    const device = /^onrecord_device=([\w-]{43}); Path=\/auth; HttpOnly; SameSite=Strict; Max-Age=/.exec(
      given ?? "",
    );
    expect(device).not.toBeNull();
    // Strangers at the same address guess until nobody there may.
    let guess = await signInFrom(undefined, "wrong");
    while (guess.status === 401) guess = await signInFrom(undefined, "wrong");
    expect([guess.status, guess.headers.get("retry-after")]).toEqual([429, "2"]);
    expect((await signInFrom()).status).toBe(429);
    const again = await signInFrom(device?.[1]);
    expect(again.status).toBe(200);
    expect(again.headers.getSetCookie()[1]).toContain(device?.[1]);
  });

  it("lets two stock editors write together, a version and an entry for each change", async () => {
    const one = await signIn("analyst1");
    const two = await signIn("analyst2");
    const id = await createText(one.api);
    const a = edit(id, one.token);
    const b = edit(id, two.token);
    await Promise.all([a.synced(), b.synced()]);
    a.text.insert(0, "Offer");
    await until(() => b.text.toString() === "Offer", "the second editor to see it");
    b.text.insert(5, " price");
    await until(() => a.text.toString() === "Offer price", "the first editor to see it");
    const { document } = await one.api.ask<{ document: object }>(
      `query ($id: ID!) { document(id: $id) { version content versions { edges { node { number author { email } auditEntry { action } } } } } }`,
      { id },
    );
    const node = (number: number, email: string) => ({
      node: { number, author: { email }, auditEntry: { action: "document.edited" } },
    });
    expect(document).toEqual({
      version: 2,
      content: "Offer price",
      versions: { edges: [node(1, "analyst1@demo.onrecord.test"), node(2, "analyst2@demo.onrecord.test")] },
    });
  });

  it("replays concurrent typing through itself", async () => {
    const tokens = await Promise.all(
      ["analyst1", "analyst2"].map(async (name) => (await signIn(name)).token),
    );
    const { api } = await signIn("analyst1");
    const documentId = await createText(api);
    const endContent = "It is 😀 and it is true!";
    const trace = parseTrace({
      numAgents: 2,
      endContent,
      txns: [
        { agent: 0, parents: [], patches: [[0, 0, "It is 😀"]] },
        { agent: 1, parents: [0], patches: [[7, 0, " and it was true"]] },
        { agent: 0, parents: [1], patches: [[23, 0, "!"]] },
        { agent: 1, parents: [1], patches: [[15, 3, ""]] },
        { agent: 1, parents: [2, 3], patches: [[15, 0, "is"]] },
      ],
    });
    const rooms = `${node.url.replace("http", "ws")}/collab`;
    const result = await replayTrace(trace, { rooms, documentId, tokens });
    expect(result).toMatchObject({ changes: [2, 3], contested: 0, texts: [endContent, endContent] });
    const { document } = await api.ask<{ document: object }>(
      "query ($id: ID!) { document(id: $id) { version content } }",
      { id: documentId },
    );
    expect(document).toEqual({ version: 5, content: endContent });
  });

  it("replays twelve agents without Node's warning of a leak, and leaves its limit as it was", async () => {
    const { token, api } = await signIn("analyst1");
    const documentId = await createText(api);
    const txns = Array.from({ length: 12 }, (_, agent) => ({ agent, parents: [], patches: [[0, 0, "x"]] }));
    const trace = parseTrace({ numAgents: 12, endContent: "x".repeat(12), txns });
    const limit = process.getMaxListeners();
    const warnings: string[] = [];
    const hear = ({ name }: Error) => warnings.push(name);
    process.on("warning", hear);
    try {
      const rooms = `${node.url.replace("http", "ws")}/collab`;
      const { texts } = await replayTrace(trace, { rooms, documentId, tokens: [token] });
      expect(new Set(texts)).toEqual(new Set(["x".repeat(12)]));
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("warning", hear);
    }
    expect(warnings).not.toContain("MaxListenersExceededWarning");
    expect(process.getMaxListeners()).toBe(limit);
  });

  it("replays a trace whose agents insert at one place at the same time, always the same way round", async () => {
    const tokens = await Promise.all(
      ["analyst1", "analyst2", "analyst3"].map(async (name) => (await signIn(name)).token),
    );
    const { api } = await signIn("analyst1");
    const endContent = "(0😀12)(a0b1c2)";
    const trace = parseTrace({
      numAgents: 3,
      endContent,
      txns: [
        { agent: 0, parents: [], patches: [[0, 0, "()()"]] },
        // In the order of neither the agents nor their times.
        { agent: 2, parents: [0], patches: [[1, 0, "2"]] },
        { agent: 0, parents: [0], patches: [[1, 0, "0😀"]] },
        { agent: 1, parents: [0], patches: [[1, 0, "1"]] },
        { agent: 2, parents: [1], patches: [[4, 0, "c2"]] },
        { agent: 1, parents: [3], patches: [[4, 0, "b1"]] },
        { agent: 0, parents: [2], patches: [[5, 0, "a0"]] },
      ],
    });
    const rooms = `${node.url.replace("http", "ws")}/collab`;
    // By chance they would come out right in one of six.
    for (let time = 0; time < 4; time++) {
      const documentId = await createText(api);
      const { texts, merged } = await replayTrace(trace, { rooms, documentId, tokens });
      expect([...texts, merged]).toEqual(Array(4).fill(endContent));
    }
  });

  it("raises an alert when the trader tries to take a settlement paper away", async () => {
    const compliance = await signIn("compliance");
    const trader = await signIn("trader");
    const client = createClient({
      url: `${node.url.replace("http", "ws")}/graphql`,
      connectionParams: { authorization: `Bearer ${compliance.token}` },
    });
    const { folders } = await trader.api.ask<{
      folders: { edges: { node: { name: string; documents: { edges: { node: { id: string } }[] } } }[] };
    }>("{ folders { edges { node { name documents { edges { node { id } } } } } } }");
    const paper = folders.edges.find(({ node }) => node.name === "Settlement")!.node.documents.edges[0]!.node;
    const attempt = () =>
      trader.api
        .ask("mutation ($input: DownloadInput!) { download(input: $input) { url } }", {
          input: { documentId: paper.id, format: "HTML" },
        })
        .catch((error: unknown) => error);
    expect(await attempt()).toMatchObject({ code: "FORBIDDEN" });
    // Whether a subscription already listens cannot be seen from here: it begins behind the first alert, and finds the second.
    const newest = async () =>
      (
        await compliance.api.ask<{ alerts: { edges: { cursor: string }[] } }>(
          "{ alerts(first: 1) { edges { cursor } } }",
        )
      ).alerts.edges[0]?.cursor;
    await expect.poll(newest, { timeout: 30_000 }).toBeDefined();
    const alerts = client.iterate<{ alertRaised: object }>({
      query:
        "subscription ($after: String) { alertRaised(after: $after) { rule severity actor { name } document { title } entry { action } } }",
      variables: { after: await newest() },
    });
    const next = alerts.next();
    expect(await attempt()).toMatchObject({ code: "FORBIDDEN" });
    const { value } = await next;
    await client.dispose();
    expect(value).toMatchObject({
      data: {
        alertRaised: {
          actor: { name: "Siu Ming Ng" },
          document: { title: "Settlement instruction: escrow deposit" },
          entry: { action: "document.download-refused" },
        },
      },
    });
  });
});

describe("a raw Yjs client", () => {
  it("puts values into a filing that would style a page, and no copy has them", async () => {
    const { token, api } = await signIn("analyst2");
    const folderId = await firstEditableFolder(api);
    const { createDocument } = await api.ask<{ createDocument: { id: string } }>(
      "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
      { input: { folderId, title: "Styled", kind: "FILING" } },
    );
    const { id } = createDocument;
    const editor = edit(id, token);
    await editor.synced();
    const hostile = "left;position:fixed;inset:0";
    const line = new Y.XmlElement("paragraph");
    for (const name of ["textAlign", "style", "class", "anchor", "language"])
      line.setAttribute(name, hostile);
    line.insert(0, [new Y.XmlText("words")]);
    editor.doc.getXmlFragment("default").insert(0, [line]);
    const read = async (format: string) =>
      (
        await api.ask<{ document: { content: string } }>(
          `query ($id: ID!) { document(id: $id) { content(format: ${format}) } }`,
          { id },
        )
      ).document.content;
    await until(async () => (await read("TEXT")) === "words", "it to be committed");
    expect(await read("HTML")).toBe("<p>words</p>");
    for (const format of ["HTML", "TEXT", "JSON"]) {
      expect(await read(format)).not.toContain("position");
      const { download } = await api.ask<{ download: { url: string } }>(
        `mutation ($id: ID!) { download(input: { documentId: $id, format: ${format} }) { url } }`,
        { id },
      );
      const copy = await fetch(node.url + download.url, { headers: { authorization: `Bearer ${token}` } });
      const text = await copy.text();
      expect(text).toContain("words");
      expect(text).toContain("analyst2@demo.onrecord.test");
      expect(text).not.toContain("inset:0");
      expect((await fetch(node.url + download.url)).status).toBe(403);
    }
  });
});

describe("an import", () => {
  const slow = "<p>x".repeat(400_000);
  const importing = "mutation ($input: ImportDocumentInput!) { importDocument(input: $input) { title } }";

  it("that a guest floods the node with is refused for the guest alone, and ends when they hang up", async () => {
    const { token, api } = await signIn("analyst3");
    const folderId = await firstEditableFolder(api);
    const count = async () =>
      (await context.db.query<{ n: number }>("select count(*)::int as n from documents.document"))[0]?.n ?? 0;
    const before = await count();
    const leaving = new AbortController();
    const codes: unknown[] = [];
    const flood = Array.from({ length: 8 }, async (_, i) => {
      const response = await fetch(`${node.url}/graphql`, {
        method: "POST",
        signal: leaving.signal,
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({
          query: importing,
          variables: { input: { folderId, title: `p${i}`, html: slow } },
        }),
      }).catch(() => null);
      if (response === null) return;
      const { errors } = (await response.json()) as { errors?: { extensions: { code: unknown } }[] };
      codes.push(errors?.[0]?.extensions.code);
    });
    await until(() => codes.length === 3, "those past the bound to be refused");
    const other = await signIn("analyst1");
    const page = { folderId, title: "Mine", html: "<p>text" };
    expect(await other.api.ask(importing, { input: page })).toEqual({ importDocument: { title: "Mine" } });
    expect(codes).toEqual(["RATE_LIMITED", "RATE_LIMITED", "RATE_LIMITED"]);
    leaving.abort();
    await Promise.all(flood);
    // Their place is free again, and nothing of what they left came into being.
    expect(await api.ask(importing, { input: { ...page, title: "After" } })).toEqual({
      importDocument: { title: "After" },
    });
    expect(await count()).toBe(before + 2);
  });
});

it("makes the demo firm once, however often and wherever it is started", async () => {
  const count = async () =>
    (await context.db.query<{ count: number }>("select count(*) from identity.user"))[0]!.count;
  expect(await count()).toBe(9);
  await Promise.all([createDemoFirm(context, () => undefined), createDemoFirm(context, () => undefined)]);
  expect(await count()).toBe(9);
});

it("makes one demo firm where two processes start at once, and none where somebody is", async () => {
  const count = async (made: TestContext) =>
    (await made.db.query<{ count: number }>("select count(*) from identity.user"))[0]!.count;
  await using empty = await testContext();
  const other = await empty.another();
  await Promise.all([empty, other].map((process) => createDemoFirm(process, () => undefined)));
  expect(await count(empty)).toBe(9);
  await using lived = await testContext();
  await addPerson(lived.db);
  await createDemoFirm(lived, () => undefined);
  expect(await count(lived)).toBe(1);
});
