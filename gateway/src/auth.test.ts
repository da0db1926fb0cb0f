import { onLogin } from "@onrecord/context/context";
import { type TestContext, testContext } from "@onrecord/testing/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Node, startNode } from "./fixtures/gateway-node.js";

let context: TestContext;
let node: Node;
beforeAll(async () => {
  context = await testContext();
  node = await startNode(context, {
    demo: async () => ({ password: "shown", people: [{ email: "a@x.test", name: "A", title: null }] }),
  });
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await context[Symbol.asyncDispose]();
});

/** How many refused tokens the record tells of, in how many entries. */
const refusals = async () => {
  await onLogin(context, "gateway").ledger.settle();
  const [row] = await context.db.query<{ n: number; entries: number }>(
    `select coalesce(sum(coalesce((detail->>'count')::int, 1)), 0)::int as n, count(*)::int as entries
     from audit.entry where action = 'session.refused' and detail->>'reason' = 'token'`,
  );
  return row ?? { n: 0, entries: 0 };
};
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${node.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const ME = { query: "{ me { name } }" };

describe("a credential", () => {
  it("is needed by what says so, and by nothing else", async () => {
    const { errors } = await node.ask("{ me { name } }");
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(["UNAUTHENTICATED"]);
    expect((await node.ask("{ paper(number: 1) { number } }")).data).toEqual({ paper: { number: 1 } });
  });

  it.each([
    ["forged", () => "x".repeat(43)],
    ["short", () => "x"],
    [
      "ended",
      async () => {
        const { token, sessionId } = await node.signIn();
        await context.db.query("update identity.session set ended_at = now() where id = $1", [sessionId]);
        return token;
      },
    ],
    [
      "expired",
      async () => {
        const { token, sessionId } = await node.signIn();
        await context.db.query("update identity.session set expires_at = now() where id = $1", [sessionId]);
        return token;
      },
    ],
  ])(
    "that is %s is UNAUTHENTICATED, and on the record: the first at once, the others as a number",
    async (_, make) => {
      const token = await make();
      const before = await refusals();
      for (let i = 0; i < 3; i++) {
        const { status, errors, data } = await node.ask("{ paper(number: 1) { number } }", { token });
        expect([status, data]).toEqual([401, null]);
        expect(errors[0]?.extensions).toMatchObject({
          code: "UNAUTHENTICATED",
          requestId: expect.any(String),
        });
      }
      const { n, entries } = await refusals();
      expect([n - before.n, entries - before.entries]).toEqual([3, 2]);
    },
  );

  it("that is another made-up one each time does not fill the record", async () => {
    const before = await refusals();
    const tokens = Array.from({ length: 200 }, (_, i) => `${"x".repeat(40)}${i}`);
    await Promise.all(tokens.map((token) => node.ask("{ paper(number: 1) { number } }", { token })));
    const { n, entries } = await refusals();
    expect([n - before.n, entries - before.entries]).toEqual([200, 3]);
  });

  it("may be the cookie, for this site's own pages", async () => {
    const { token } = await node.signIn("Cookie Monster");
    const cookie = `onrecord_session=${token}`;
    const own = await post("/graphql", ME, { cookie, origin: node.url });
    expect(await own.json()).toEqual({ data: { me: { name: "Cookie Monster" } } });
  });

  it.each([
    ["from another site", { origin: "https://evil.test" }],
    ["from a page without an origin", { origin: "null" }],
    ["that the browser calls cross-site", { "sec-fetch-site": "cross-site" }],
    ["of a neighbouring host", { "sec-fetch-site": "same-site" }],
    ["that a form can make", { "content-type": "text/plain" }],
    ["that a form can make, in its own type", { "content-type": "application/x-www-form-urlencoded" }],
  ])("in the cookie of a request %s is refused", async (_, headers) => {
    const { token } = await node.signIn();
    const response = await post("/graphql", ME, {
      cookie: `onrecord_session=${token}`,
      ...(headers as Record<string, string>),
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "FORBIDDEN" } }] });
  });

  it("in the cookie cannot change anything by a link", async () => {
    const { token } = await node.signIn();
    const query = encodeURIComponent("mutation { publish(number: 1) { number } }");
    const response = await fetch(`${node.url}/graphql?query=${query}`, {
      headers: { cookie: `onrecord_session=${token}` },
    });
    expect(response.status).toBe(405);
  });
});

describe("the sign-in of browsers", () => {
  it.each<[string, unknown, Record<string, string>, number, string]>([
    ["no JSON", "{", {}, 400, "BAD_USER_INPUT"],
    ["null", null, {}, 400, "BAD_USER_INPUT"],
    ["a list", [], {}, 400, "BAD_USER_INPUT"],
    [
      "a form's content type",
      { email: "a", password: "b" },
      { "content-type": "text/plain" },
      400,
      "BAD_USER_INPUT",
    ],
    ["another site", { email: "a", password: "b" }, { origin: "https://evil.test" }, 403, "FORBIDDEN"],
    ["too much", { email: "x".repeat(100_000), password: "b" }, {}, 413, "BAD_USER_INPUT"],
  ])("refuses %s", async (_, body, headers, status, code) => {
    const response = await post("/auth/sign-in", body, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(await response.json()).toMatchObject({
      errors: [{ extensions: { code, requestId: expect.any(String) } }],
    });
  });

  it("puts what is too large to read on the record, as nobody's, whoever's browser sends it", async () => {
    const refused = () =>
      context.db.query(
        `select e.actor_kind, e.actor_id, o.claimed, coalesce((e.detail->>'count')::int, 1) as count from audit.entry e join audit.origin o on o.id = e.origin_id
         where e.action = 'session.refused' and e.detail->>'reason' = 'too-large'`,
      );
    const { token } = await node.signIn();
    await onLogin(context, "gateway").ledger.settle();
    const before = await refused();
    const body = { email: "x".repeat(100_000), password: "b" };
    const cookie = `onrecord_session=${token}`;
    for (const headers of [{}, { cookie, origin: node.url }])
      expect((await post("/auth/sign-in", body, headers)).status).toBe(413);
    expect((await post("/auth/sign-out", body)).status).toBe(413);
    // What a stranger sends to the API may have been a sign-in too.
    expect((await post("/graphql", { query: `{ __typename } #${body.email}` })).status).toBe(413);
    const nobody = { actor_kind: "ANONYMOUS", actor_id: null, claimed: null, count: 1 };
    await onLogin(context, "gateway").ledger.settle();
    expect((await refused()).slice(before.length)).toEqual([nobody, { ...nobody, count: 2 }]);
  });

  it("takes only POST, and knows no other page", async () => {
    expect((await fetch(`${node.url}/auth/sign-in`)).status).toBe(405);
    expect((await post("/auth/other", {})).status).toBe(404);
  });

  it("shows the demo firm where there is one", async () => {
    const firm = await (await fetch(`${node.url}/auth/demo`)).json();
    expect(firm).toMatchObject({ password: "shown", people: [{ email: "a@x.test" }] });
    await using real = await startNode(context);
    expect((await fetch(`${real.url}/auth/demo`)).status).toBe(404);
  });

  it("lets go of the cookie of a session that has ended", async () => {
    const response = await post("/auth/sign-out", {}, { cookie: `onrecord_session=${"x".repeat(43)}` });
    expect(response.status).toBe(200);
    expect(response.headers.get("set-cookie")).toMatch(
      /^onrecord_session=; Path=\/; HttpOnly; SameSite=Lax; Max-Age=0$/,
    );
  });
});
