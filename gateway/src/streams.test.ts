import { newId } from "@onrecord/core/ids";
import { concludeChange } from "@onrecord/policy/change";
import { openSubscriptions, publishPaper } from "@onrecord/subgraph/fixtures/papers";
import { type TestContext, testContext } from "@onrecord/testing/database";
import { until } from "@onrecord/testing/editor";
import { createClient } from "graphql-ws";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type Node, startNode } from "./fixtures/gateway-node.js";
import { connect } from "./fixtures/sockets.js";

const SUBSCRIBE = "subscription { published { number author { id name } } }";
const event = (number: number) => ({
  data: { published: { number, author: { id: `user-${number % 7}`, name: `name of user-${number % 7}` } } },
});

let context: TestContext;
beforeAll(async () => {
  context = await testContext();
});
afterAll(() => context[Symbol.asyncDispose]());
/** A stream that outlives its reader is a leak. */
afterEach(() => until(() => openSubscriptions() === 0, "every subscription has ended"));

/** Ends a session as a sign-out does. */
async function endSession(sessionId: string, hint: boolean): Promise<void> {
  await context.db.transaction(async (tx) => {
    await tx.query("update identity.session set ended_at = now() where id = $1", [sessionId]);
    if (hint) await concludeChange(tx, context.bus);
  });
}

/** Opens a subscription over SSE and collects its text. */
function openEvents(node: Node, token: string, accept = "text/event-stream") {
  const abort = new AbortController();
  const state = { text: "", ended: false, status: 0 };
  const done = (async () => {
    const response = await fetch(`${node.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", accept, authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: SUBSCRIBE }),
      signal: abort.signal,
    });
    state.status = response.status;
    for await (const chunk of response.body ?? []) state.text += Buffer.from(chunk as Uint8Array).toString();
  })()
    .catch(() => undefined)
    .finally(() => {
      state.ended = true;
    });
  return { state, leave: () => abort.abort(), done };
}

describe.each([{ remote: [] }, { remote: ["documents", "identity"] }] as const)(
  "a subscription with $remote over HTTP",
  ({ remote }) => {
    let node: Node;
    beforeAll(async () => {
      node = await startNode(context, { remote });
    });
    afterAll(() => node[Symbol.asyncDispose]());

    it("joins entities in each event over WebSocket, before any HTTP request came", async () => {
      const { token } = await node.signIn();
      const client = createClient({
        url: `${node.url.replace("http", "ws")}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
        retryAttempts: 0,
      });
      const events = client.iterate({ query: SUBSCRIBE });
      const first = events.next();
      await until(() => openSubscriptions() === 1, "the subscription is open");
      publishPaper(3);
      expect((await first).value).toEqual(event(3));
      const second = events.next();
      publishPaper(4);
      expect((await second).value).toEqual(event(4));
      await events.return?.();
      await client.dispose();
    });

    it("joins entities in each event over SSE, and ends when the reader leaves", async () => {
      const { token } = await node.signIn();
      const { state, leave, done } = openEvents(node, token);
      await until(() => openSubscriptions() === 1, "the subscription is open");
      publishPaper(5);
      await until(() => state.text.includes("user-5"), "the event has come");
      expect(state.text).toContain(`data: ${JSON.stringify(event(5))}`);
      leave();
      await done;
    });

    it("takes the token with or without Bearer", async () => {
      const { token } = await node.signIn();
      for (const authorization of [token, `Bearer ${token}`]) {
        const peer = await connect(node.url, { authorization });
        await peer.hear({ type: "connection_ack" });
        peer.socket.close();
      }
    });

    it("shows errors of the catalogue over WebSocket too", async () => {
      const { token } = await node.signIn();
      const peer = await connect(node.url, { authorization: token });
      await peer.hear({ type: "connection_ack" });
      const deep = `{ paper(number: 1) { ${"next { ".repeat(20)} number ${"}".repeat(20)} } }`;
      const queries = {
        deep,
        unknown: "{ shoeSize }",
        syntax: "{",
        cursor: '{ papers(after: "x") { totalCount } }',
        broken: "{ broken }",
      };
      for (const [id, query] of Object.entries(queries)) {
        peer.send({ type: "subscribe", id, payload: { query } });
        const answer = await Promise.race([
          peer.hear({ type: "error", id }),
          peer.hear({ type: "next", id }),
        ]);
        const code = id === "broken" ? "INTERNAL" : "BAD_USER_INPUT";
        expect(JSON.stringify(answer.payload)).toContain(`"code":"${code}"`);
        expect(JSON.stringify(answer.payload)).toMatch(/"requestId":"[\w-]{36}"/);
      }
      peer.socket.close();
    });
  },
);

describe("a message of a socket", () => {
  it("that has not said who it is is short, and no message takes long to parse", async () => {
    await using node = await startNode(context);
    const { token } = await node.signIn();
    const init = (padding: string) => ({
      type: "connection_init",
      payload: { authorization: token, padding },
    });
    const stranger = await connect(node.url);
    stranger.send(init("x".repeat(20_000)));
    expect(await stranger.closed).toBe(1009);
    const deep = await connect(node.url);
    deep.socket.send("[".repeat(10_000));
    expect(await deep.closed).toBe(1009);
    const known = await connect(node.url);
    known.send(init("x".repeat(10_000)));
    await known.hear({ type: "connection_ack" });
    known.send({
      type: "subscribe",
      id: "1",
      payload: { query: "{ __typename }", variables: { a: "x".repeat(200_000) } },
    });
    await known.hear({ type: "complete", id: "1" });
    known.send({ type: "subscribe", id: "2", payload: { query: `${"#\n".repeat(100_000)}{ __typename }` } });
    expect(JSON.stringify((await known.hear({ type: "error", id: "2" })).payload)).toContain(
      "BAD_USER_INPUT",
    );
    known.socket.send("[".repeat(10_000));
    expect(await known.closed).toBe(1009);
  });
});

describe("a session's end", () => {
  let node: Node;
  beforeAll(async () => {
    node = await startNode(context);
  });
  afterAll(() => node[Symbol.asyncDispose]());

  it.each([
    ["told on the bus", true],
    ["told by nobody", false],
  ])(
    "closes its sockets with 4401 and ends its event streams, when it is %s; others stay",
    async (_, hint) => {
      const [ann, bob] = [await node.signIn("Ann"), await node.signIn("Bob")];
      const peers = await Promise.all(
        [ann, bob].map(({ token }) => connect(node.url, { authorization: token })),
      );
      const [hers, his] = peers as [(typeof peers)[0], (typeof peers)[0]];
      for (const peer of peers) {
        await peer.hear({ type: "connection_ack" });
        peer.send({ type: "subscribe", id: "1", payload: { query: SUBSCRIBE } });
      }
      const events = openEvents(node, ann.token);
      await until(() => openSubscriptions() === 3, "all three are open");
      await endSession(ann.sessionId, hint);
      expect(await hers.closed).toBe(4401);
      await events.done;
      await until(() => openSubscriptions() === 1, "only his is left");
      publishPaper(1);
      await his.hear({ type: "next", id: "1" });
      his.socket.close();
    },
  );

  it("closes a socket that has nothing open, too", async () => {
    const ann = await node.signIn();
    const peer = await connect(node.url, { authorization: ann.token });
    await peer.hear({ type: "connection_ack" });
    await endSession(ann.sessionId, true);
    expect(await peer.closed).toBe(4401);
  });

  it.each<[string, (who: { userId: string }) => Promise<unknown>]>([
    [
      "a deactivated account",
      ({ userId }) => context.db.query("update identity.user set active = false where id = $1", [userId]),
    ],
    [
      "a deleted one, by whoever works in the database",
      ({ userId }) =>
        context.db.transaction(async (tx) => {
          await tx.query("delete from identity.session where user_id = $1", [userId]);
          await tx.query("delete from identity.user where id = $1", [userId]);
        }),
    ],
  ])("comes with %s", async (_, end) => {
    const ann = await node.signIn();
    const peer = await connect(node.url, { authorization: ann.token });
    await peer.hear({ type: "connection_ack" });
    const events = openEvents(node, ann.token);
    await until(() => openSubscriptions() === 1, "her stream to be open");
    await end(ann);
    expect(await peer.closed).toBe(4401);
    await events.done;
  });

  it("leaves a socket open whose person gets another role, and is asked with that from then on", async () => {
    const ann = await node.signIn();
    const peer = await connect(node.url, { authorization: ann.token });
    await peer.hear({ type: "connection_ack" });
    const role = newId();
    await context.db.query("insert into identity.role (id, name) values ($1, $2)", [role, `role ${role}`]);
    await context.db.query("insert into identity.user_role (user_id, role_id) values ($1, $2)", [
      ann.userId,
      role,
    ]);
    let asked = 0;
    await until(async () => {
      const id = `${++asked}`;
      peer.send({ type: "subscribe", id, payload: { query: "{ me { name } }" } });
      await peer.hear({ type: "complete", id });
      return node.seen.callers.at(-1)?.principal?.roles.includes(`role ${role}`) ?? false;
    }, "a request with the new role");
    peer.socket.close();
  });

  it("comes by itself when its time is over", async () => {
    const ann = await node.signIn();
    await context.db.query(
      "update identity.session set expires_at = clock_timestamp() + interval '1 second' where id = $1",
      [ann.sessionId],
    );
    const peer = await connect(node.url, { authorization: ann.token });
    await peer.hear({ type: "connection_ack" });
    const events = openEvents(node, ann.token);
    expect(await peer.closed).toBe(4401);
    await events.done;
  });
});

describe("a socket", () => {
  let node: Node;
  beforeAll(async () => {
    node = await startNode(context, {
      config: { limits: { ...context.config.limits, subscriptionsPerUser: 2 } },
    });
  });
  afterAll(() => node[Symbol.asyncDispose]());

  it.each([
    ["no token", {}],
    ["a forged token", { authorization: `Bearer ${"x".repeat(43)}` }],
    ["a token that is no text", { authorization: { $gt: "" } }],
  ])("with %s is closed with 4401", async (_, init) => {
    const peer = await connect(node.url, init);
    expect(await peer.closed).toBe(4401);
    expect(peer.heard).toEqual([]);
  });

  it("of another site is closed with 4403 when it comes with the cookie alone", async () => {
    const { token } = await node.signIn();
    const cookie = `onrecord_session=${token}`;
    expect(await (await connect(node.url, {}, { cookie, origin: "https://evil.test" })).closed).toBe(4403);
    const own = await connect(node.url, {}, { cookie, origin: node.url });
    await own.hear({ type: "connection_ack" });
    own.socket.close();
  });

  it("gets an error, and nothing else, for one subscription too many; and room again when one ends", async () => {
    const { token } = await node.signIn();
    const peer = await connect(node.url, { authorization: token });
    await peer.hear({ type: "connection_ack" });
    for (const id of ["1", "2", "3"]) peer.send({ type: "subscribe", id, payload: { query: SUBSCRIBE } });
    const refused = await peer.hear({ type: "error", id: "3" });
    expect(JSON.stringify(refused.payload)).toContain("RATE_LIMITED");
    await until(() => openSubscriptions() === 2, "two are open");
    const events = openEvents(node, token);
    await events.done;
    expect(events.state.status).toBe(429);
    expect(events.state.text).toContain("RATE_LIMITED");
    peer.send({ type: "complete", id: "1" });
    await until(() => openSubscriptions() === 1, "one has ended");
    peer.send({ type: "subscribe", id: "4", payload: { query: SUBSCRIBE } });
    await until(() => openSubscriptions() === 2, "two are open again");
    peer.socket.terminate();
  });

  it("may end an operation and begin the next under its id at once, as often as it likes", async () => {
    const { token } = await node.signIn();
    const peer = await connect(node.url, { authorization: token });
    await peer.hear({ type: "connection_ack" });
    for (let i = 0; i < 20; i++) {
      peer.send({ type: "subscribe", id: "same", payload: { query: SUBSCRIBE } });
      // Some are still being opened when they are ended, some are open.
      if (i % 4 === 0) await until(() => openSubscriptions() === 1, "it is open");
      peer.send({ type: "complete", id: "same" });
    }
    peer.send({ type: "subscribe", id: "same", payload: { query: SUBSCRIBE } });
    peer.send({
      type: "subscribe",
      id: "once",
      payload: { query: "mutation { publish(number: 2) { number } }" },
    });
    await peer.hear({ type: "complete", id: "once" });
    await until(() => openSubscriptions() === 1, "only the last is open");
    publishPaper(6);
    await until(() => JSON.stringify(peer.heard).includes("user-6"), "it hears");
    expect(peer.heard.filter(({ type, id }) => id === "same" && type !== "next")).toEqual([]);
    expect(JSON.stringify(peer.heard)).not.toContain("RATE_LIMITED");
    peer.send({ type: "complete", id: "same" });
    await until(() => openSubscriptions() === 0, "none is open");
    const gauge = await context.metrics.getSingleMetric("onrecord_gateway_streams")?.get();
    expect(gauge?.values[0]?.value).toBe(0);
    peer.socket.close();
  });

  it.each([
    ["speaks before it said who it is", { type: "subscribe", id: "1", payload: { query: SUBSCRIBE } }, 4401],
    ["says what is no message", { type: "hello" }, 4400],
  ])("that %s is closed", async (_, message, code) => {
    const peer = await connect(node.url);
    peer.send(message);
    expect(await peer.closed).toBe(code);
  });

  it("that sends random bytes is closed, and nobody else is", async () => {
    const { token } = await node.signIn();
    const other = await connect(node.url, { authorization: token });
    await other.hear({ type: "connection_ack" });
    const peer = await connect(node.url);
    peer.socket.send(Buffer.from([0, 255, 128, 7]));
    expect(await peer.closed).toBe(4400);
    const huge = await connect(node.url);
    huge.socket.send("x".repeat(2 * 1024 * 1024));
    expect(await huge.closed).toBe(1009);
    expect(other.socket.readyState).toBe(WebSocket.OPEN);
    other.socket.close();
  });
});

describe("a gateway that drains", () => {
  it("sends sockets away with 1001 and ends event streams", async () => {
    await using node = await startNode(context);
    const { token } = await node.signIn();
    const peer = await connect(node.url, { authorization: token });
    await peer.hear({ type: "connection_ack" });
    peer.send({ type: "subscribe", id: "1", payload: { query: SUBSCRIBE } });
    const stranger = await connect(node.url);
    const events = openEvents(node, token);
    await until(() => openSubscriptions() === 2, "both are open");
    await node.drain();
    expect(await peer.closed).toBe(1001);
    expect(await stranger.closed).toBe(1001);
    await events.done;
  });
});
