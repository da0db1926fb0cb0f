import { Command } from "@onrecord/cli/testing/command";
import { subgraphNames } from "@onrecord/core/config";
import { freePort } from "@onrecord/core/testing/free-port";
import { until } from "@onrecord/core/testing/until";
import { type TestContext, testContext } from "@onrecord/testing/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Came, Person } from "./person.js";
import { findProgram, HOST, type ProxyKind, samplePorts, startProxy } from "./proxy.js";

const METRICS_TOKEN = "a-token-for-prometheus";
const kinds = ["nginx", "caddy"] as const;
const missing = (kind: ProxyKind) => {
  if (findProgram(kind) === undefined) return `no ${kind} on this machine: deploy/${kind} is NOT tested`;
  return findProgram("openssl") === undefined
    ? "no openssl on this machine: TLS of proxies is NOT tested"
    : "";
};
const people = `127.0.7`;

const open = new AsyncDisposableStack();
let context: TestContext;
/** The sample's ports of the subgraph copies → theirs. */
const ports = new Map<number, number>();

const start = async (words: readonly string[], env: Record<string, string> = {}) => {
  const command = Command.run(["start", ...words], {
    ...context.env,
    ONRECORD_DEMO: "0",
    ONRECORD_PUBLIC_URL: `https://${HOST}`,
    ONRECORD_TRUSTED_PROXIES: "127.0.0.1",
    ONRECORD_METRICS_TOKEN: METRICS_TOKEN,
    ...env,
  });
  const url = await open.use(command).ready();
  return { command, url, port: Number(new URL(url).port) };
};

beforeAll(async () => {
  if (kinds.every((kind) => missing(kind) !== "")) return;
  context = open.use(await testContext());
  const first = await start(["subgraph", "identity"], { ONRECORD_DEMO: "1" });
  ports.set(samplePorts.identity[0], first.port);
  const copies = subgraphNames.flatMap((name) =>
    samplePorts[name].map((sample, index) => ({ name, sample, index })),
  );
  await Promise.all(
    copies.map(async ({ name, sample, index }) => {
      if (ports.has(sample)) return;
      // Of two subgraphs there are two copies; of the others, the second of the sample is one that is down.
      const runs = index === 0 || name === "documents" || name === "audit";
      ports.set(sample, runs ? (await start(["subgraph", name])).port : await freePort());
    }),
  );
});
afterAll(() => open.disposeAsync());

/** A collaboration server that can be taken away, and come back where it was. */
async function openCollab() {
  const first = await start(["collab"]);
  const node = {
    ...first,
    stop: (signal: NodeJS.Signals) => node.command.stop(signal),
    comeBack: async () => {
      node.command = (await start(["collab"], { PORT: String(first.port) })).command;
    },
  };
  return node;
}

/** Gateway and two collaboration servers behind a proxy of this kind, which is before the subgraph copies too. */
async function openHouse(kind: ProxyKind) {
  const inside = await freePort();
  const urls = subgraphNames.map((name) => [
    `SUBGRAPH_${name.toUpperCase()}_URL`,
    `http://127.0.0.1:${inside}/${name}/graphql`,
  ]);
  const [gateway, ...collab] = await Promise.all([
    start(["gateway"], Object.fromEntries(urls)),
    openCollab(),
    openCollab(),
  ]);
  const all = new Map(ports).set(samplePorts.inside[0], inside);
  // The second gateway of the sample is down.
  for (const [sample, port] of [
    [samplePorts.gateway[0], await freePort()],
    [samplePorts.gateway[1], gateway.port],
    [samplePorts.collab[0], collab[0]!.port],
    [samplePorts.collab[1], collab[1]!.port],
  ] as const)
    all.set(sample, port);
  const proxy = open.use(await startProxy(kind, findProgram(kind)!, all));
  return { gateway, collab: [collab[0]!, collab[1]!] as const, proxy };
}

const connectionsOf = async ({ url }: { url: string }) => {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  return Number(/^onrecord_collab_connections (\d+)/m.exec(text)?.[1]);
};

interface Entry {
  readonly action: string;
  readonly ip: string | null;
  readonly actor: { readonly name: string | null };
}
const entries = async (reader: Person, actions: readonly string[]) => {
  const { auditEntries } = await reader.ask<{ auditEntries: { edges: { node: Entry }[] } }>(
    "query ($filter: AuditFilter) { auditEntries(filter: $filter, first: 100) { edges { node { action ip actor { name } } } } }",
    { filter: { actions } },
  );
  return auditEntries.edges.map(({ node }) => node);
};
const addresses = (found: readonly Entry[]) => new Set(found.map(({ ip }) => ip));

describe.each(kinds)("behind %s with its sample file", (kind) => {
  const analyst = kind === "nginx" ? "analyst1" : "analyst2";
  const at = (host: number) => `${people}${kind === "nginx" ? 1 : 2}.${host}`;

  it("people are people: in limits, on the record, on every door; and a node that goes is no end", {
    timeout: 240_000,
  }, async ({ skip }) => {
    const why = missing(kind);
    skip(why !== "", why);
    const { gateway, collab, proxy } = await openHouse(kind);

    // Somebody guesses until they are stopped, and says to be somebody else at each guess.
    const guesser = new Person(proxy, at(66));
    let stopped: Came = { status: 401, headers: {}, text: "" };
    for (let guess = 0; stopped.status === 401; guess++) {
      const lie = `198.51.100.${guess}`;
      stopped = await guesser.signIn(analyst, "a wrong password", {
        "x-forwarded-for": lie,
        forwarded: `for=${lie}`,
      });
    }
    expect(stopped.status, stopped.text).toBe(429);

    const ann = new Person(proxy, at(11));
    const signedIn = await ann.signIn(analyst, undefined, {
      "x-forwarded-for": "198.51.100.1",
      forwarded: "for=a",
    });
    expect(signedIn.status, signedIn.text).toBe(200);
    expect(signedIn.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^onrecord_session=.*; Secure$/),
      expect.stringMatching(/^onrecord_device=.*; Secure$/),
    ]);
    expect(signedIn.headers["strict-transport-security"]).toBe("max-age=31536000");
    const bob = new Person(proxy, at(12));
    expect((await bob.signIn("analyst3")).status).toBe(200);
    const watcher = new Person(proxy, at(21));
    expect((await watcher.signIn("compliance")).status).toBe(200);
    // A page that another site put under our name without TLS is not ours.
    const plain = { origin: ann.origin.replace("https", "http") };
    expect((await ann.signIn(analyst, undefined, plain)).status).toBe(403);

    const { mySessions } = await ann.ask<{
      mySessions: { edges: { node: { ip: string; current: boolean } }[] };
    }>("{ mySessions { edges { node { ip current } } } }");
    expect(mySessions.edges.find(({ node }) => node.current)?.node.ip).toBe(ann.address);

    // What operators ask is not for people, and where it is asked it takes a token.
    for (const path of ["/metrics", "/metrics/", "/metrics/x", "//metrics", "/readyz", "/readyz/x"])
      expect((await ann.send(path)).status, path).toBe(404);
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(401);
    const redirected = await fetch(`http://127.0.0.1:${proxy.httpPort}/`, { redirect: "manual" });
    expect(redirected.status).toBe(308);

    // Events come as they happen, over SSE and over WebSocket: a proxy that kept them would leave us waiting.
    const query =
      'subscription { auditEntryAppended(filter: { actions: ["document.created"] }) { action ip } }';
    const stream = await watcher.open("/graphql", { query }, { accept: "text/event-stream" });
    let events = "";
    stream.setEncoding("utf8").on("data", (more: string) => {
      events += more;
    });
    stream.on("error", () => undefined);
    const subscriber = new Person(proxy, at(22));
    subscriber.token = watcher.token;
    const socket = subscriber.subscriber();
    const told: unknown[] = [];
    socket.subscribe(
      { query },
      { next: ({ data }) => told.push(data), error: () => undefined, complete: () => undefined },
    );
    await until(() => events.includes(":"), "the stream to begin");

    const { folders } = await ann.ask<{ folders: { edges: { node: { id: string; name: string } }[] } }>(
      "{ folders { edges { node { id name } } } }",
    );
    const folderId = folders.edges.find(({ node }) => node.name === "Project Harbour")?.node.id;
    const createText = async (title: string) => {
      const { createDocument } = await ann.ask<{ createDocument: { id: string } }>(
        "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
        { input: { folderId, title, kind: "TEXT" } },
      );
      return createDocument.id;
    };

    // Editors of several documents, until both nodes have some. Those of one document meet on one node.
    const seats: { mine: ReturnType<Person["edit"]>; theirs: ReturnType<Person["edit"]>; id: string }[] = [];
    const seatTwo = async () => {
      const id = await createText(`Paper ${seats.length}`);
      const seat = { id, mine: ann.edit(id), theirs: bob.edit(id) };
      open.use(seat.mine);
      open.use(seat.theirs);
      seats.push(seat);
      await Promise.all([seat.mine.synced(), seat.theirs.synced()]);
    };
    const busy = async () => Promise.all(collab.map(connectionsOf));
    while ((await busy()).some((connections) => connections === 0)) await seatTwo();
    expect((await busy()).every((connections) => connections % 2 === 0)).toBe(true);
    await until(
      () => events.includes("document.created") && told.length > 0,
      "the events of the new documents",
    );
    expect(events).toContain(`"ip":"${ann.address}"`);
    expect(told).toContainEqual({ auditEntryAppended: { action: "document.created", ip: ann.address } });

    const typeEverywhere = async (word: string) => {
      for (const { mine, theirs } of seats) {
        mine.text.insert(0, `${word} `);
        await until(() => theirs.text.toString().includes(word), `${word} to arrive`);
      }
    };
    await typeEverywhere("before");

    // A copy goes through the gateway and the inner proxy to whichever copy of the subgraph there is.
    const { download } = await bob.ask<{ download: { url: string } }>(
      "mutation ($input: DownloadInput!) { download(input: $input) { url } }",
      { input: { documentId: seats[0]!.id, format: "TEXT" } },
    );
    const copy = await bob.send(new URL(download.url, bob.origin).pathname);
    expect([copy.status, copy.text.includes("before")], copy.text).toEqual([200, true]);

    // Upgrades are answered with what other answers say too.
    for (const path of [`/collab/${seats[0]!.id}`, "/graphql"])
      expect(await ann.upgrade(path)).toMatchObject({
        "x-content-type-options": "nosniff",
        "strict-transport-security": "max-age=31536000",
        "x-request-id": expect.stringMatching(/^[\w-]{8,}$/),
      });

    // A node goes without a word; its editors go on at the other.
    await collab[0].stop("SIGKILL");
    await typeEverywhere("after");
    expect(await connectionsOf(collab[1])).toBe(seats.length * 2);

    // It comes back, and the other goes as in an update: all find the one that is there, however long each stays.
    while (seats.length < 8) await seatTwo();
    await collab[0].comeBack();
    await collab[1].stop("SIGTERM");
    await until(
      async () => (await connectionsOf(collab[0])) === seats.length * 2,
      "all editors to be at the node that came back",
    );
    await typeEverywhere("back");

    const opened = await entries(watcher, ["document.opened", "document.downloaded"]);
    const of = (ip: string) => opened.filter((entry) => entry.ip === ip).map(({ action }) => action);
    expect(of(ann.address).filter((action) => action === "document.opened").length).toBeGreaterThan(
      seats.length,
    );
    expect(of(bob.address)).toContain("document.downloaded");
    const refused = await entries(watcher, ["session.refused"]);
    expect(addresses(refused)).toContain(guesser.address);
    // Nobody is on the record at the proxy's address, or at one that they made up.
    const everybody = addresses([
      ...opened,
      ...refused,
      ...(await entries(watcher, ["session.started", "document.edited"])),
    ]);
    for (const address of everybody) expect(address ?? people).toContain(people);

    // Where no node is left, the logs tell what was asked for in vain, and no token with which one could ask.
    await collab[0].stop("SIGKILL");
    const inVain = /\/collab\/[^\n]*502|502[^\n]*\/collab\//;
    await until(async () => inVain.test(await proxy.logged()), "the log to tell of it");
    const logged = await proxy.logged();
    for (const { token } of [ann, bob]) expect(logged).not.toContain(token);

    stream.destroy();
    await socket.dispose();
  });
});
