import { type IncomingHttpHeaders, request } from "node:http";
import { testContext } from "@onrecord/testing/database";
import { openEditor } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./client/api.js";
import { firstEditableFolder } from "./client/editable-folder.js";
import { checkProxies } from "./doctor/proxies.js";
import { startNode } from "./node.js";

const METRICS_TOKEN = "a-token-for-prometheus";
/** Whom the proxy, which is this test, says that it has heard. */
const from = (ip: string, more: Record<string, string> = {}) => ({
  "x-forwarded-for": `198.51.100.1, ${ip}`,
  "x-forwarded-proto": "https",
  ...more,
});

/** The headers of the answer to a handshake. */
function upgrade(url: string, headers: Record<string, string>): Promise<IncomingHttpHeaders> {
  return new Promise((resolve, reject) => {
    const asking = request(url, {
      headers: {
        ...headers,
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": Buffer.alloc(16).toString("base64"),
        ...(url.endsWith("/graphql") ? { "sec-websocket-protocol": "graphql-transport-ws" } : {}),
      },
    });
    asking.once("upgrade", ({ headers }, socket) => {
      socket.destroy();
      resolve(headers);
    });
    asking.once("error", reject).end();
  });
}

async function open(trusted: string) {
  const context = await testContext({
    PORT: "0",
    ONRECORD_TRUSTED_PROXIES: trusted,
    ONRECORD_METRICS_TOKEN: METRICS_TOKEN,
  });
  const node = await startNode(context);
  const { hostname: host, port } = new URL(node.url);
  const examine = (publicUrl?: string, trustedProxies: readonly string[] = context.config.trustedProxies) =>
    checkProxies({ host, port: Number(port), publicUrl, trustedProxies }, { metricsToken: METRICS_TOKEN });
  const signIn = (headers: Record<string, string>, name = "analyst1", password = context.demoPassword) =>
    fetch(`${node.url}/auth/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ email: `${name}@demo.onrecord.test`, password }),
    });
  /** Every address on the record of an action, in its order. */
  const addresses = async (action: string) => {
    await context.ledger.settle();
    const rows = await context.db.query<{ ip: string }>(
      "select o.ip from audit.entry e join audit.origin o on o.id = e.origin_id where e.action = $1 order by e.id",
      [action],
    );
    return rows.map(({ ip }) => ip);
  };
  return { context, node, examine, signIn, addresses };
}

describe("behind a proxy that is trusted", () => {
  let house: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    house = await open("127.0.0.1");
  });
  afterAll(async () => {
    await house?.node[Symbol.asyncDispose]();
  });

  it("who guesses is stopped, and nobody else is", async () => {
    const { signIn, addresses } = house;
    let guess = await signIn(from("203.0.113.66"), "risk", "wrong");
    while (guess.status === 401) guess = await signIn(from("203.0.113.66"), "risk", "wrong");
    expect(guess.status).toBe(429);
    expect((await signIn(from("203.0.113.66"), "risk")).status).toBe(429);
    expect((await signIn(from("203.0.113.7"), "risk")).status).toBe(200);
    expect((await addresses("session.started")).at(-1)).toBe("203.0.113.7");
    expect(new Set(await addresses("session.refused"))).toEqual(new Set(["203.0.113.66"]));
  });

  it("people who come by TLS get cookies for TLS, and are told to stay there", async () => {
    const { signIn, node } = house;
    const origin = `https://${new URL(node.url).host}`;
    const byTls = await signIn(from("203.0.113.8", { origin }));
    expect(byTls.status).toBe(200);
    for (const cookie of byTls.headers.getSetCookie()) expect(cookie).toMatch(/; Secure$/);
    expect(byTls.headers.get("strict-transport-security")).toMatch(/^max-age=\d+$/);
    const plain = await signIn(from("203.0.113.8", { "x-forwarded-proto": "http" }));
    for (const cookie of plain.headers.getSetCookie()) expect(cookie).not.toContain("Secure");
    expect(plain.headers.get("strict-transport-security")).toBeNull();
    expect((await signIn(from("203.0.113.8", { origin: node.url }))).status).toBe(403);
  });

  it("sockets, streams and sessions are people's too", async () => {
    const { signIn, node, addresses } = house;
    const cookie = (await signIn(from("203.0.113.9"))).headers.getSetCookie()[0] ?? "";
    const token = /^onrecord_session=([^;]+)/.exec(cookie)?.[1] ?? "";
    const api = new Api(node.url, token);
    const { mySessions } = await api.ask<{
      mySessions: { edges: { node: { ip: string; current: boolean } }[] };
    }>("{ mySessions { edges { node { ip current } } } }");
    expect(mySessions.edges.find(({ node }) => node.current)?.node.ip).toBe("203.0.113.9");

    const input = { folderId: await firstEditableFolder(api), title: "A note", kind: "TEXT" };
    const { createDocument } = await api.ask<{ createDocument: { id: string } }>(
      "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
      { input },
    );
    // A stock client has no way to send headers: that of a proxy stands in for them.
    class Proxied extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, { protocols, headers: from("203.0.113.10") } as never);
      }
    }
    using editor = openEditor(node.url, createDocument.id, token, { WebSocketPolyfill: Proxied });
    await editor.synced();
    expect((await addresses("document.opened")).at(-1)).toBe("203.0.113.10");

    // Upgrades are answered with what other answers say too.
    for (const path of [`/collab/${createDocument.id}`, "/graphql"])
      expect(await upgrade(node.url + path, from("203.0.113.10"))).toMatchObject({
        "x-content-type-options": "nosniff",
        "content-security-policy": expect.stringContaining("default-src 'none'"),
        "strict-transport-security": expect.stringMatching(/^max-age=/),
        "x-request-id": expect.stringMatching(/^[\w-]{8,}$/),
      });

    const stream = await fetch(`${node.url}/graphql`, {
      method: "POST",
      headers: {
        ...from("203.0.113.9"),
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        accept: "text/event-stream",
      },
      body: JSON.stringify({
        query: `subscription { documentChanged(documentId: "${createDocument.id}") { number } }`,
      }),
    });
    expect(stream.headers.get("content-type")).toContain("text/event-stream");
    expect(stream.headers.get("x-accel-buffering")).toBe("no");
    await stream.body?.cancel();
  });

  it("the doctor has nothing to say", async () => {
    expect(await house.examine("https://filings.example.test")).toEqual({
      check: "proxies",
      ok: true,
      text: "127.0.0.1",
    });
  });
});

it("a proxy that was forgotten is not believed, and the doctor says so", async () => {
  const { node, examine, signIn, addresses } = await open("10.0.0.0/8");
  await using _node = node;
  expect(await examine()).toMatchObject({ ok: true, text: "10.0.0.0/8" });
  expect(await examine("https://filings.example.test", [])).toMatchObject({
    ok: false,
    text: expect.stringContaining("ONRECORD_TRUSTED_PROXIES names none"),
  });
  expect(await examine(undefined, ["0.0.0.0/0"])).toMatchObject({ ok: false });
  const signedIn = await signIn(from("203.0.113.7"));
  expect(signedIn.headers.getSetCookie()[0]).not.toContain("Secure");
  expect((await addresses("session.started")).at(-1)).toBe("127.0.0.1");
  // Once is a program that sends such a header; a proxy does so with all that it passes on.
  expect(await examine()).toMatchObject({ ok: true });
  for (let i = 0; i < 9; i++) await fetch(`${node.url}/healthz`, { headers: from("203.0.113.7") });
  expect(await examine()).toMatchObject({
    ok: false,
    text: expect.stringMatching(/^127\.0\.0\.1 says for whom it forwards.*ONRECORD_TRUSTED_PROXIES/),
  });
});

it("a proxy that lets through what people say of themselves is told of", async () => {
  const { node, examine, signIn, addresses } = await open("127.0.0.1");
  await using _node = node;
  await signIn(from("203.0.113.7", { forwarded: "for=198.51.100.9" }));
  expect((await addresses("session.started")).at(-1)).toBe("127.0.0.1");
  expect(await examine()).toMatchObject({ ok: false, text: expect.stringContaining("let it set one") });
});
