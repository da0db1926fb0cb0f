import { type Node, startNode } from "@onrecord/cli/node";
import { onLogin } from "@onrecord/context/context";
import { testContext } from "@onrecord/testing/database";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { textArguments } from "./arguments.js";

/** Neither can be kept by Postgres as it came. Around it stands what no answer may repeat. */
const bad = { NUL: "needle\u0000", "half a character": "needle\ud842" } as const;
/** What a right to the thing itself decides first. */
const decided = ["BAD_USER_INPUT", "NOT_FOUND"];
const denied = [...decided, "FORBIDDEN", "UNAUTHENTICATED"];
/** Takes whatever a web page holds; see the test of imports. */
const PAGE = "Mutation.importDocument.input.html";

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

describe("through the gateway", () => {
  let node: Node;
  let db: Awaited<ReturnType<typeof testContext>>["db"];
  let ledger: Awaited<ReturnType<typeof testContext>>["ledger"];
  const tokens: Record<string, string> = {};
  const ids: Record<string, string> = {};
  let guessed = 0;
  const texts = {
    name: "A name",
    title: "A title",
    confirmTitle: "x",
    html: "<p>x",
    // Another one each time: guesses at one are held back.
    get email() {
      return `x${guessed++}@x.test`;
    },
    password: "x",
    current: "x",
    new: "x",
    token: "x",
  };

  beforeAll(async () => {
    const context = await testContext({ PORT: "0" });
    db = context.db;
    ledger = onLogin(context, "identity").ledger;
    node = await startNode(context);
    for (const person of ["manager", "compliance", "admin", "trader"]) {
      const { data } = await post("mutation ($i: SignInInput!) { signIn(input: $i) { token } }", {
        i: { email: `${person}@demo.onrecord.test`, password: context.demoPassword },
      });
      tokens[person] = (data as { signIn: { token: string } }).signIn.token;
    }
    const { data } = await post(
      "{ folders { edges { node { id name documents { edges { node { id } } } } } } me { user { id department { id } } } }",
      {},
      "manager",
    );
    const { folders, me } = data as unknown as {
      folders: {
        edges: { node: { id: string; name: string; documents: { edges: { node: { id: string } }[] } } }[];
      };
      me: { user: { id: string; department: { id: string } } };
    };
    const harbour = folders.edges.find(({ node }) => node.name === "Project Harbour")?.node;
    const documentId = harbour?.documents.edges[0]?.node.id;
    if (!harbour || !documentId) throw new Error("the demo firm is another one");
    Object.assign(ids, { folderId: harbour.id, documentId, resourceId: documentId, principalId: me.user.id });
    Object.assign(ids, { userId: me.user.id, roleId: me.user.id, departmentId: me.user.department.id });
    ids.id = documentId;
  });
  afterAll(() => node?.[Symbol.asyncDispose]());

  const post = async (
    query: string,
    variables: object,
    who?: string,
    headers: Record<string, string> = {},
  ): Promise<Answer & { status: number; text: string }> => {
    const token = who === undefined ? undefined : tokens[who];
    const response = await fetch(`${node.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const data = text.startsWith("{") ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? "{}");
    return { ...(JSON.parse(data) as Answer), status: response.status, text };
  };
  const count = async (action: string) => {
    const [row] = await db.query<{ n: number }>("select count(*) as n from audit.entry where action = $1", [
      action,
    ]);
    return row?.n ?? 0;
  };

  it("knows every text of the public API", () => {
    const names = textArguments({ ids, texts }).map(({ name }) => name);
    expect(names).toContain("Mutation.createFolder.input.name");
    expect(names).toContain("Document.auditTrail.filter.actions");
    expect(names).toContain("Subscription.alertRaised.after");
    expect(names.length).toBeGreaterThan(40);
  });

  describe.each(Object.entries(bad))("%s", (_, text) => {
    it("in any argument is bad input to whoever may ask, and no fault of the server's to anybody", async () => {
      for (const { name, kind, query, variables } of textArguments({ ids, texts })) {
        if (name === PAGE) continue;
        const codes: (string | undefined)[] = [];
        for (const who of ["manager", "compliance", "admin", "trader", undefined]) {
          const headers: Record<string, string> =
            kind === "subscription" ? { accept: "text/event-stream" } : {};
          const answer = await post(query, variables(text), who, headers);
          const [error] = answer.errors ?? [];
          expect(answer.status, `${name} as ${who}`).toBeLessThan(500);
          expect(denied, `${name} as ${who}: ${answer.text}`).toContain(error?.extensions.code);
          expect(answer.text, name).not.toContain("needle");
          codes.push(error?.extensions.code);
        }
        expect(
          codes.some((code) => code !== undefined && decided.includes(code)),
          `${name}: ${codes.join()}`,
        ).toBe(true);
      }
    });

    it("is bad input as a literal, in an address and on a socket too", async () => {
      const literal = text.replace("\u0000", "\\u0000").replace("\ud842", "\\ud842");
      const query = `{ auditEntries(filter: { text: "${literal}" }) { totalCount } }`;
      expect((await post(query, {}, "compliance")).errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
      const block = `{ auditEntries(filter: { text: """${text}""" }) { totalCount } }`;
      expect((await post(block, {}, "compliance")).errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");

      const asked = "query ($f: AuditFilter) { auditEntries(filter: $f) { totalCount } }";
      // Half a character cannot be sent in an address but as an escape.
      const inAddress = JSON.stringify({ f: { text } }).replace("\u0000", "\\u0000");
      const response = await fetch(
        `${node.url}/graphql?query=${encodeURIComponent(asked)}&variables=${encodeURIComponent(inAddress)}`,
        { headers: { accept: "application/json", authorization: `Bearer ${tokens.compliance}` } },
      );
      expect(((await response.json()) as Answer).errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");

      const client = createClient({
        url: `${node.url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: tokens.compliance },
        retryAttempts: 0,
      });
      for (const operation of [
        { query: asked, variables: { f: { text } } },
        {
          query: "subscription ($f: AuditFilter) { auditEntryAppended(filter: $f) { id } }",
          variables: { f: { text } },
        },
      ]) {
        const told = await new Promise<unknown>((resolve) =>
          client.subscribe(operation, { next: resolve, error: resolve, complete: () => resolve("nothing") }),
        );
        expect(JSON.stringify(told)).toContain('"code":"BAD_USER_INPUT"');
      }
      await client.dispose();
    });

    it("names the argument", async () => {
      const { errors } = await post(
        "query ($f: AuditFilter) { auditEntries(filter: $f) { totalCount } }",
        { f: { text } },
        "compliance",
      );
      expect(errors?.[0]?.message).toMatch(/^`text` has .*(NUL|half of a character)/);
    });

    it("in an operation's name, a key or a cursor's inside is bad input", async () => {
      const sent = async (body: object) => {
        const response = await fetch(`${node.url}/graphql`, {
          method: "POST",
          headers: { "content-type": "application/json", authorization: `Bearer ${tokens.compliance}` },
          body: JSON.stringify(body),
        });
        expect(response.status).toBeLessThan(500);
        return ((await response.json()) as Answer).errors?.[0]?.extensions.code;
      };
      const query = "query Named ($f: AuditFilter) { auditEntries(filter: $f) { totalCount } }";
      expect(await sent({ query, operationName: text })).toBe("BAD_USER_INPUT");
      expect(await sent({ query, variables: { f: { [text]: "x" } } })).toBe("BAD_USER_INPUT");
      for (const inside of [text, JSON.stringify(["entry", "1", text]), JSON.stringify([text])]) {
        const after = Buffer.from(inside).toString("base64url");
        expect(await sent({ query: `{ auditEntries(after: "${after}") { totalCount } }` })).toBe(
          "BAD_USER_INPUT",
        );
      }
    });

    it("hides no denial from the record", async () => {
      const before = await count("access.denied");
      const asked = [
        ["query ($f: AuditFilter) { auditEntries(filter: $f) { totalCount } }", { f: { text } }],
        ["query ($f: AlertFilter) { alerts(filter: $f) { totalCount } }", { f: { rules: [text] } }],
        ["mutation ($i: CreateFolderInput!) { createFolder(input: $i) { id } }", { i: { name: text } }],
        [
          "mutation ($i: CreateDocumentInput!) { createDocument(input: $i) { id } }",
          { i: { folderId: ids.folderId, title: text, kind: "TEXT" } },
        ],
      ] as const;
      for (const [query, variables] of asked)
        expect(denied.slice(1)).toContain(
          (await post(query, variables, "trader")).errors?.[0]?.extensions.code,
        );
      for (const [field, type, filter] of [
        ["auditEntryAppended", "AuditFilter", { text }],
        ["alertRaised", "AlertFilter", { rules: [text] }],
      ] as const) {
        const query = `subscription ($f: ${type}) { ${field}(filter: $f) { id } }`;
        const { errors } = await post(query, { f: filter }, "trader", { accept: "text/event-stream" });
        expect(errors?.[0]?.extensions.code).toBe("FORBIDDEN");
      }
      expect(await count("access.denied")).toBe(before + 6);
    });

    it("in a sign-in is a refused sign-in on the record, under a name that can be kept", async () => {
      const claims = () =>
        db.query<{ claimed: string; reason: string }>(
          `select o.claimed, e.detail->>'reason' as reason from audit.entry e join audit.origin o on o.id = e.origin_id
           where e.action = 'session.refused' and o.claimed like 'thief%' order by e.txid, e.id`,
        );
      const before = (await claims()).length;
      const email = `thief${text.slice(-1)}@gateway.test`;
      const mutation = "mutation ($i: SignInInput!) { signIn(input: $i) { token } }";
      const byMutation = await post(mutation, { i: { email, password: "x" } });
      expect(byMutation.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
      const byDoor = await fetch(`${node.url}/auth/sign-in`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ email, password: "x" }),
      });
      expect([byDoor.status, ((await byDoor.json()) as Answer).errors?.[0]?.extensions.code]).toEqual([
        400,
        "BAD_USER_INPUT",
      ]);
      const inPassword = await post(mutation, { i: { email: `thief@gateway.test`, password: text } });
      expect(inPassword.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
      await ledger.settle();
      expect((await claims()).slice(before)).toEqual([
        { claimed: `thief\uFFFD@gateway.test`, reason: "credentials" },
        { claimed: `thief@gateway.test`, reason: "credentials" },
        // The second time behind the first.
        { claimed: `thief\uFFFD@gateway.test`, reason: "credentials" },
      ]);
    });

    it("in an imported page goes as HTML says, and in the names beside it is bad input", async () => {
      const importing =
        "mutation ($i: ImportDocumentInput!) { importDocument(input: $i) { id title content(format: TEXT) } }";
      const sent = (input: object) => post(importing, { i: { folderId: ids.folderId, ...input } }, "manager");
      const html = `<title>A ${text} title</title><p title="${text}">Before ${text}after</p>`;
      const { data } = await sent({ html });
      const document = (data as { importDocument: { title: string; content: string } }).importDocument;
      // A NUL is dropped; half a character is one that nobody knows.
      expect(document.content).toMatch(/^Before needle\uFFFD?after\s*$/);
      expect(document.title + document.content).not.toContain("\u0000");
      expect((document.title + document.content).isWellFormed()).toBe(true);
      for (const name of [{ title: text }, { fileName: text }])
        expect((await sent({ html: "<p>x", ...name })).errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    });
  });
});

describe("the other doors", () => {
  let node: Node;
  beforeAll(async () => {
    node = await startNode(await testContext({ PORT: "0" }));
  });
  afterAll(() => node?.[Symbol.asyncDispose]());

  it.each(["%00", "%ed%a1%82", "%ff", "%", "a%00b", "..%00"])(
    "take %s in an address for what is not there",
    async (part) => {
      for (const path of [
        `/download/${part}`,
        `/auth/${part}`,
        `/${part}`,
        `/documents/${part}`,
        `/assets/${part}`,
        `/graphql/${part}`,
        `/healthz?x=${part}`,
        `/auth/sign-in?session=${part}`,
        `/graphql?query=${part}`,
        `/graphql?session=${part}`,
        `/download/${part}?session=${part}`,
      ]) {
        const response = await fetch(node.url + path);
        expect(response.status, path).toBeLessThan(500);
        expect(await response.text(), path).not.toMatch(/internal/i);
      }
      for (const [path, code] of [
        [`/collab/${part}`, 4401],
        [`/collab/${part}?token=${part}`, 4401],
        [`/collab/x?session=${part}&token=${part}`, 4401],
      ] as const) {
        const socket = new WebSocket(node.url.replace("http", "ws") + path);
        expect(await new Promise((resolve) => socket.once("close", resolve)), path).toBe(code);
      }
    },
  );

  it("keep a user agent of odd bytes on the record, and refuse an e-mail address without end at once", async () => {
    const email = `${"x".repeat(50_000)}@x.test`;
    const response = await fetch(`${node.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "\u00ff\u00fe\u0080 odd" },
      body: JSON.stringify({
        query: "mutation ($i: SignInInput!) { signIn(input: $i) { token } }",
        variables: { i: { email, password: "x" } },
      }),
    });
    const { errors } = (await response.json()) as Answer;
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors?.[0]?.message).toBe("An e-mail address has at most 254 characters.");
  });

  it("answer an operation on a socket whatever its id is", async () => {
    const socket = new WebSocket(`${node.url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(
      JSON.stringify({ type: "connection_init", payload: { authorization: "\u0000", session: "\ud842" } }),
    );
    expect(await new Promise((resolve) => socket.once("close", resolve))).toBe(4401);
  });
});
