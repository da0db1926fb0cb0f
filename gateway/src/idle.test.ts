import { request } from "node:http";
import { idleLeft, lieUnused } from "@onrecord/policy/testing/people";
import { openSubscriptions } from "@onrecord/subgraph/fixtures/papers";
import { type TestContext, testContext } from "@onrecord/testing/database";
import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Node, startNode } from "./fixtures/gateway-node.js";
import { connect } from "./fixtures/sockets.js";

const SUBSCRIBE = { query: "subscription { published { number } }" };
const HOUR = 3600;

let context: TestContext;
let node: Node;
beforeAll(async () => {
  context = await testContext();
  node = await startNode(context);
});
afterEach(() => until(() => openSubscriptions() === 0, "every subscription has ended"));
afterAll(async () => {
  await node?.[Symbol.asyncDispose]();
  await context?.[Symbol.asyncDispose]();
});

/** Somebody whose session is half over if it is not used. */
async function person() {
  const who = await node.signIn();
  await lieUnused(context.db, who.sessionId, { seconds: HOUR, over: HOUR / 2 });
  return who;
}
const isUsed = async (sessionId: string) => ((await idleLeft(context.db, sessionId)) ?? 0) > HOUR - 60;
/** Resolves when a session is written as used: what was noted before is written then, too. */
async function used(sessionId: string): Promise<void> {
  await until(() => isUsed(sessionId), "the session is used");
}
async function somebodyElseIsUsed(): Promise<void> {
  const other = await person();
  await node.ask("{ __typename }", { token: other.token });
  await used(other.sessionId);
}
const end = (sessionId: string) => lieUnused(context.db, sessionId, { seconds: HOUR, over: HOUR });

describe("over HTTP", () => {
  it("a request is a use, and one that a page sends with nobody before it is none", async () => {
    const [one, other] = [await person(), await person()];
    const unattended = { "x-onrecord-unattended": "1" };
    const asked = await node.ask("{ __typename }", { token: other.token, headers: unattended });
    expect(asked.status).toBe(200);
    await node.ask("{ __typename }", { token: one.token });
    await used(one.sessionId);
    expect(await isUsed(other.sessionId)).toBe(false);
  });

  it("a session that lay unused is nobody's", async () => {
    const who = await person();
    await end(who.sessionId);
    const { status, errors } = await node.ask("{ __typename }", { token: who.token });
    expect([status, errors[0]?.extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
  });

  it("a program's stream is a use for as long as it listens, and a page's ends with the session", async () => {
    const open = (token: string, session: string) =>
      new Promise<{ ended: () => boolean; leave: () => void }>((resolve) => {
        let ended = false;
        const asking = request(`${node.url}/graphql`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            accept: "text/event-stream",
            authorization: `Bearer ${token}`,
            "x-onrecord-unattended": "1",
            ...(session && { "x-onrecord-session": session }),
          },
        });
        asking.once("response", (response) => {
          response.resume().once("close", () => {
            ended = true;
          });
          resolve({ ended: () => ended, leave: () => asking.destroy() });
        });
        asking.on("error", () => undefined).end(JSON.stringify(SUBSCRIBE));
      });
    const [program, page] = [await person(), await person()];
    const shown = await open(page.token, page.sessionId);
    const listening = await open(program.token, "");
    await used(program.sessionId);
    expect(await isUsed(page.sessionId)).toBe(false);
    await end(page.sessionId);
    await until(() => shown.ended(), "the page's stream has ended");
    expect(listening.ended()).toBe(false);
    listening.leave();
  });
});

describe("over a WebSocket", () => {
  const opened = async (who: { token: string; sessionId: string }, ofPage: boolean) => {
    const peer = await connect(node.url, {
      authorization: `Bearer ${who.token}`,
      ...(ofPage ? { session: who.sessionId } : {}),
    });
    await peer.hear({ type: "connection_ack" });
    peer.send({ type: "subscribe", id: "1", payload: SUBSCRIBE });
    await until(() => openSubscriptions() > 0, "it is subscribed");
    return peer;
  };

  it("a program that listens uses its session", async () => {
    const who = await person();
    const peer = await opened(who, false);
    await used(who.sessionId);
    peer.socket.close();
  });

  it("a page that is merely open does not, and is closed as by a sign-out", async () => {
    const who = await person();
    const peer = await opened(who, true);
    await somebodyElseIsUsed();
    expect(await isUsed(who.sessionId)).toBe(false);
    await end(who.sessionId);
    expect(await peer.closed).toBe(4401);
  });
});

describe("the door of the gateway", () => {
  const upgrade = (headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; headers: Record<string, unknown> }>((resolve, reject) => {
      const asking = request(`${node.url}/graphql`, {
        headers: { connection: "upgrade", upgrade: "websocket", ...headers },
      });
      asking.once("response", (response) => {
        response.resume();
        resolve({ status: response.statusCode, headers: response.headers });
      });
      asking.once("error", reject).end();
    });

  it("answers half of a handshake, and one from another host, as it answers everything", async () => {
    for (const [given, status] of [
      [{}, 400],
      [{ "sec-websocket-version": "13" }, 400],
      [
        { host: "evil.test", "sec-websocket-version": "13", "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==" },
        421,
      ],
    ] as const) {
      const { status: answered, headers } = await upgrade({ ...given });
      expect(answered).toBe(status);
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff" });
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
    }
  });

  it("lets answers of the API run nothing, and GraphiQL load itself and nothing of others'", async () => {
    const asked = await node.ask("{ __typename }");
    expect(asked.headers.get("content-security-policy")).toMatch(/^default-src 'none'; base-uri 'none'/);
    expect(asked.headers.get("x-content-type-options")).toBe("nosniff");
    const page = await fetch(`${node.url}/graphql`, { headers: { accept: "text/html" } });
    expect(page.headers.get("content-security-policy")).toContain(
      "script-src 'unsafe-inline' 'unsafe-eval' https://unpkg.com",
    );
    expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });
});
