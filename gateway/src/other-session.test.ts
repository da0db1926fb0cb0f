import { openSubscriptions } from "@onrecord/subgraph/fixtures/papers";
import { type TestContext, testContext } from "@onrecord/testing/database";
import { until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Node, startNode } from "./fixtures/gateway-node.js";
import { connect } from "./fixtures/sockets.js";

const QUERY = "{ me { name } }";
const SUBSCRIBE = "subscription { published { number } }";

let context: TestContext;
let node: Node;
let ann: Awaited<ReturnType<Node["signIn"]>>;
let bob: Awaited<ReturnType<Node["signIn"]>>;
beforeAll(async () => {
  context = await testContext();
  node = await startNode(context);
  ann = await node.signIn("Ann");
  bob = await node.signIn("Bob");
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await context[Symbol.asyncDispose]();
});

const refusals = () =>
  context.db.query<{ actor_id: string | null; session_id: string | null; outcome: string }>(
    "select actor_id, session_id, outcome from audit.entry where action = 'session.refused' and detail->>'reason' = 'other-session'",
  );
const cookie = (token: string) => ({ cookie: `onrecord_session=${token}` });
const post = (path: string, body: unknown, headers: Record<string, string>) =>
  fetch(node.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", ...headers },
    body: JSON.stringify(body),
  });
const get = (path: string, headers: Record<string, string>) => fetch(node.url + path, { headers });
const address = (query: string) => `/graphql?query=${encodeURIComponent(query)}`;

describe("a page of Ann's, in a browser in which Bob has signed in", () => {
  it.each<[string, () => Promise<Response>]>([
    [
      "a request",
      () => post("/graphql", { query: QUERY }, { ...cookie(bob.token), "x-onrecord-session": ann.sessionId }),
    ],
    [
      "a request by address",
      () =>
        get(`${address(QUERY)}&session=${ann.sessionId}`, {
          ...cookie(bob.token),
          accept: "application/json",
        }),
    ],
    [
      "an event stream",
      () =>
        post(
          "/graphql",
          { query: SUBSCRIBE },
          { ...cookie(bob.token), accept: "text/event-stream", "x-onrecord-session": ann.sessionId },
        ),
    ],
    [
      "an event stream by address",
      () =>
        get(`${address(SUBSCRIBE)}&session=${ann.sessionId}`, {
          ...cookie(bob.token),
          accept: "text/event-stream",
        }),
    ],
    [
      "a program's request that names another's session",
      () =>
        post(
          "/graphql",
          { query: QUERY },
          { authorization: `Bearer ${bob.token}`, "x-onrecord-session": ann.sessionId },
        ),
    ],
    [
      "a sign-out",
      () => post("/auth/sign-out", {}, { ...cookie(bob.token), "x-onrecord-session": ann.sessionId }),
    ],
    [
      "a page of no session at all",
      () => post("/graphql", { query: QUERY }, { ...cookie(bob.token), "x-onrecord-session": "" }),
    ],
  ])("is refused %s with a reason of its own, on the record as Bob's", async (_, send) => {
    const before = await refusals();
    const response = await send();
    expect(response.status).toBe(401);
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code: "UNAUTHENTICATED", reasons: [{ id: "other-session" }] } }],
    });
    const after = await refusals();
    expect(after.slice(before.length)).toEqual([
      { actor_id: bob.userId, session_id: bob.sessionId, outcome: "DENIED" },
    ]);
    expect(openSubscriptions()).toBe(0);
  });

  it.each<[string, object, string, Record<string, string>]>([
    ["in its first message", { session: "ann" }, "", { cookie: "bob" }],
    ["by its address", {}, "?session=ann", { cookie: "bob" }],
    ["with a token of Bob's", { session: "ann", authorization: "bob" }, "", {}],
    ["with something that is no text", { session: ["ann"] }, "", { cookie: "bob" }],
  ])("is closed a socket with 4401 that names Ann's session %s", async (_, init, query, headers) => {
    const fill = (value: string) => value.replace("ann", ann.sessionId);
    const payload = Object.fromEntries(
      Object.entries(init).map(([key, value]) => [
        key,
        value === "bob" ? bob.token : typeof value === "string" ? fill(value) : value,
      ]),
    );
    const before = (await refusals()).length;
    const peer = await connect(node.url, payload, headers.cookie ? cookie(bob.token) : {}, fill(query));
    expect(await peer.closed).toBe(4401);
    expect(peer.heard).toEqual([]);
    expect((await refusals()).length).toBe(before + 1);
  });

  it("is told that its session has ended when nobody is signed in any more", async () => {
    for (const headers of [{}, cookie("x".repeat(43))]) {
      const response = await post(
        "/graphql",
        { query: QUERY },
        { ...headers, "x-onrecord-session": ann.sessionId },
      );
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        errors: [{ extensions: { code: "UNAUTHENTICATED", reasons: [{ id: "session-ended" }] } }],
      });
    }
  });
});

describe("a page of the session that its cookie is of", () => {
  it("is answered as ever, and so is a program that names none", async () => {
    const own = { "x-onrecord-session": ann.sessionId };
    const page = await post("/graphql", { query: QUERY }, { ...cookie(ann.token), ...own });
    expect(await page.json()).toEqual({ data: { me: { name: "Ann" } } });
    expect((await node.ask(QUERY, { token: bob.token })).data).toEqual({ me: { name: "Bob" } });
    for (const init of [{ session: ann.sessionId }, {}, { session: null }]) {
      const peer = await connect(node.url, init, cookie(ann.token));
      await peer.hear({ type: "connection_ack" });
      peer.socket.close();
    }
  });

  it("keeps the streams that it has open when Bob signs in: they stay Ann's", async () => {
    const peer = await connect(node.url, { session: ann.sessionId }, cookie(ann.token));
    await peer.hear({ type: "connection_ack" });
    peer.send({ type: "subscribe", id: "1", payload: { query: SUBSCRIBE } });
    await until(() => openSubscriptions() === 1, "the subscription is open");
    await post("/graphql", { query: QUERY }, { ...cookie(bob.token), "x-onrecord-session": ann.sessionId });
    expect(openSubscriptions()).toBe(1);
    peer.socket.close();
    await until(() => openSubscriptions() === 0, "it has ended");
  });
});
