import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { Server } from "./server.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

/** An id of nothing. */
const NOTHING = "01900000-0000-7000-8000-00000000dead";
const tokens: Record<string, string> = {};
let server: Server;
let documentId: string;

beforeAll(async () => {
  server = await Server.create();
  await server.start();
  for (const person of ["compliance", "analyst1", "consultant", "trader"])
    tokens[person] = await server.signIn(person);
  documentId = await server.createText(tokens.analyst1!, "Refusals");
});
afterAll(() => server?.[Symbol.asyncDispose]());

interface Entry {
  readonly id: string;
  readonly action: string;
  readonly outcome: string;
  readonly actor: { readonly name: string };
  readonly detail: { readonly reason?: string; readonly reasons?: readonly string[] };
}
/** The newest of the record, as compliance reads it, without what compliance does. */
async function newest(): Promise<readonly Entry[]> {
  const { auditEntries } = await server.ask<{ auditEntries: { edges: { node: Entry }[] } }>(
    `{ auditEntries(first: 60) { edges { node { id action outcome actor { name } detail } } } }`,
    {},
    tokens.compliance,
  );
  return auditEntries.edges.map(({ node }) => node);
}
/** The denials that an act put on the record. */
async function denialsOf(act: () => Promise<unknown>): Promise<readonly Entry[]> {
  const known = new Set((await newest()).map(({ id }) => id));
  await act();
  return (await newest()).filter(({ id, outcome }) => !known.has(id) && outcome === "DENIED");
}

const post =
  (path: string, body: unknown, headers: Record<string, string> = {}) =>
  () =>
    fetch(`${server.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
const query = (text: string, headers: Record<string, string> = {}) =>
  post("/graphql", { query: text }, headers);
const as = (person: string) => ({ authorization: `Bearer ${tokens[person]}` });
const cookieOf = (person: string) => ({ cookie: `onrecord_session=${tokens[person]}` });
const elsewhere = { origin: "https://evil.example" };
const socket =
  (path: string, headers: Record<string, string> = {}) =>
  async () => {
    const opened = new WebSocket(`${server.url.replace("http", "ws")}${path}`, { headers });
    await new Promise((resolve) => opened.once("close", resolve));
  };
/** Opens GraphQL over WebSocket and waits for its end. */
const graphqlSocket =
  (headers: Record<string, string>, params: Record<string, unknown> = {}) =>
  async () => {
    class Client extends WebSocket {
      constructor(address: string, protocols: string[]) {
        super(address, protocols, { headers });
      }
    }
    const client = createClient({
      url: `${server.url.replace("http", "ws")}/graphql`,
      webSocketImpl: Client,
      connectionParams: params,
      retryAttempts: 0,
      lazy: false,
      onNonLazyError: () => undefined,
    });
    await new Promise((resolve) => client.on("closed", resolve));
  };
const stream = (text: string, headers: Record<string, string>) => async () => {
  const response = await fetch(`${server.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "text/event-stream", ...headers },
    body: JSON.stringify({ query: text }),
  });
  await response.text();
};

type Door = readonly [name: string, act: () => Promise<unknown>, expected: Record<string, unknown>];

/** Whether a detail, as JSON, is one that is expected. */
const isLike = (detail: string, { detail: wanted }: Record<string, unknown>) =>
  Object.entries(wanted as object).every(([name, value]) =>
    detail.includes(JSON.stringify({ [name]: value }).slice(1, -1)),
  );

const strangers = (): Door[] => {
  const unsigned = { action: "access.denied", detail: { reasons: ["unauthenticated"] } };
  const missing = { action: "session.refused", detail: { reason: "missing" } };
  const crossSite = { action: "session.refused", detail: { reason: "cross-site" } };
  return [
    ["me", query("{ me { sessionId } }"), unsigned],
    ["a document", query(`{ document(id: "${documentId}") { title } }`), unsigned],
    ["the record", query("{ auditEntries { totalCount } }"), unsigned],
    ["alerts", query("{ alerts { totalCount } }"), unsigned],
    ["folders", query("{ folders { totalCount } }"), unsigned],
    ["a mutation", query(`mutation { revokeAccess(input: { grantId: "${NOTHING}" }) }`), unsigned],
    ["a sign-out", query("mutation { signOut }"), unsigned],
    [
      "a stream",
      stream(`subscription { documentChanged(documentId: "${documentId}") { number } }`, {}),
      unsigned,
    ],
    ["a GraphQL socket", graphqlSocket({}), missing],
    ["an editor", socket(`/collab/${documentId}`), missing],
    [
      "another site's query",
      query("{ me { sessionId } }", { ...cookieOf("analyst1"), ...elsewhere }),
      crossSite,
    ],
    ["another site's sign-in", post("/auth/sign-in", {}, elsewhere), crossSite],
    [
      "another site's sign-out",
      post("/auth/sign-out", {}, { ...cookieOf("analyst1"), ...elsewhere }),
      crossSite,
    ],
    ["another site's socket", graphqlSocket({ ...cookieOf("analyst1"), ...elsewhere }), crossSite],
    [
      "another site's editor",
      socket(`/collab/${documentId}`, { ...cookieOf("analyst1"), ...elsewhere }),
      crossSite,
    ],
  ];
};

const somebody = (): Door[] => {
  const ask = (text: string) => query(text, as("consultant"));
  const denied = (reason: string) => ({ action: "access.denied", detail: { reasons: [reason] } });
  const grant = (id: string) =>
    `mutation { grantAccess(input: { resourceId: "${id}", principalId: "${NOTHING}", level: VIEW }) { id } }`;
  const created = (id: string) =>
    `mutation { createDocument(input: { folderId: "${id}", title: "t", kind: TEXT }) { id } }`;
  const follow = (id: string) => `subscription { documentChanged(documentId: "${id}") { number } }`;
  return [
    ...["document", "folder"].flatMap((what): Door[] => [
      [`a ${what} of no id`, ask(`{ ${what}(id: "no id") { id } }`), denied("malformed-id")],
      [`no ${what}`, ask(`{ ${what}(id: "${NOTHING}") { id } }`), denied("unknown")],
    ]),
    [
      "a folder's id as a document",
      ask(`{ document(id: "00000000-0000-7000-8000-000000000001") { id } }`),
      {},
    ],
    ["a grant on no id", ask(grant("no id")), denied("malformed-id")],
    ["a grant on nothing", ask(grant(NOTHING)), denied("unknown")],
    [
      "a grant that is none",
      ask(`mutation { revokeAccess(input: { grantId: "x" }) }`),
      denied("malformed-id"),
    ],
    ["no grant", ask(`mutation { revokeAccess(input: { grantId: "${NOTHING}" }) }`), denied("unknown")],
    ["a document in no id", ask(created("no id")), denied("malformed-id")],
    ["a document in nothing", ask(created(NOTHING)), denied("unknown")],
    ["a folder at the top", ask(`mutation { createFolder(input: { name: "n" }) { id } }`), denied("role")],
    ["the record", ask("{ auditEntries { totalCount } }"), { action: "access.denied" }],
    ["alerts", ask("{ alerts { totalCount } }"), { action: "access.denied" }],
    ["a trail", ask(`{ document(id: "${NOTHING}") { auditTrail { totalCount } } }`), denied("unknown")],
    ["a stream of no id", stream(follow("no id"), as("consultant")), denied("malformed-id")],
    ["a stream of nothing", stream(follow(NOTHING), as("consultant")), denied("unknown")],
    ["a stream of the record", stream("subscription { auditEntryAppended { id } }", as("consultant")), {}],
    ["a stream of alerts", stream("subscription { alertRaised { id } }", as("consultant")), {}],
    [
      "a copy of no id",
      ask(`mutation { download(input: { documentId: "no id", format: TEXT }) { url } }`),
      { detail: { reasons: ["malformed-id"] } },
    ],
    ["an editor of no id", socket("/collab/no-id", as("consultant")), denied("malformed-id")],
    ["an editor of nothing", socket(`/collab/${NOTHING}`, as("consultant")), denied("unknown")],
    [
      "a page of another session",
      query("{ me { sessionId } }", { ...as("consultant"), "x-onrecord-session": NOTHING }),
      { action: "session.refused", detail: { reason: "other-session" } },
    ],
  ];
};

describe("every door that is shut puts it on the record", () => {
  it("before a stranger, who asks for", async () => {
    const kinds = new Set<string>();
    for (const [name, act, expected] of strangers()) {
      const found = await denialsOf(act);
      const kind = JSON.stringify(found[0]?.detail ?? expected);
      // Another one of a kind may be counted behind the first, and not be an entry yet.
      if (found.length === 0 && [...kinds].some((known) => isLike(known, expected))) continue;
      kinds.add(kind);
      expect(found, name).toEqual([expect.objectContaining({ actor: { name: "Anonymous" } })]);
      expect(found[0], name).toMatchObject(expected);
    }
  });

  it("before somebody without the right, or with an id of nothing, who asks for", async () => {
    for (const [name, act, expected] of somebody()) {
      const found = await denialsOf(act);
      expect(found, name).toHaveLength(1);
      expect(found[0]?.actor.name, name).not.toBe("Anonymous");
      expect(found[0], name).toMatchObject(expected);
    }
  });
});

it("what a page reads again and again is one entry for each sitting, whichever way it comes", async () => {
  const list = "{ folders { edges { node { name documents { edges { node { id title version } } } } } } }";
  for (let n = 0; n < 5; n++) await server.ask(list, {}, tokens.trader);
  const entries = (await newest()).filter(({ action }) => action.endsWith(".listed"));
  expect(entries.length).toBeGreaterThan(0);
  const { auditEntries } = await server.ask<{
    auditEntries: { edges: { node: { action: string; object: { id: string } } }[] };
  }>(
    `query ($id: ID!) { auditEntries(first: 200, filter: { actorId: $id }) { edges { node { action object { id } } } } }`,
    {
      id: (await server.ask<{ me: { user: { id: string } } }>("{ me { user { id } } }", {}, tokens.trader)).me
        .user.id,
    },
    tokens.compliance,
  );
  const listed = auditEntries.edges
    .filter(({ node }) => node.action.endsWith(".listed"))
    .map(({ node }) => `${node.action} ${node.object.id}`);
  expect(listed.length).toBeGreaterThan(0);
  expect(new Set(listed).size).toBe(listed.length);
});

it("whom compliance reads about is not warned: neither by the trail, nor by what it counts", async () => {
  const trail = `query ($id: ID!) { document(id: $id) { auditTrail(first: 200) { totalCount edges { node { action actor { name } } } } } }`;
  interface Trail {
    document: {
      auditTrail: { totalCount: number; edges: { node: { action: string; actor: { name: string } } }[] };
    };
  }
  const { me } = await server.ask<{ me: { user: { name: string } } }>(
    "{ me { user { name } } }",
    {},
    tokens.compliance,
  );
  const opened = ({ document: { auditTrail } }: Trail) =>
    auditTrail.edges.filter(({ node }) => node.actor.name === me.user.name).map(({ node }) => node.action);
  const before = await server.ask<Trail>(trail, { id: documentId }, tokens.analyst1);
  await server.ask(
    "query ($id: ID!) { document(id: $id) { title content versions { totalCount } } }",
    { id: documentId },
    tokens.compliance,
  );
  const after = await server.ask<Trail>(trail, { id: documentId }, tokens.analyst1);
  expect(opened(after)).toEqual([]);
  expect(after.document.auditTrail.totalCount).toBe(before.document.auditTrail.totalCount);
  expect(after.document.auditTrail.totalCount).toBe(after.document.auditTrail.edges.length);
  const theirs = opened(await server.ask<Trail>(trail, { id: documentId }, tokens.compliance));
  expect(theirs.toSorted()).toEqual(
    expect.arrayContaining(["document.listed", "document.opened", "version.listed"]),
  );
});
