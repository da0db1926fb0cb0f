import { request } from "node:http";
import { HttpServer } from "@onrecord/http/http-server";
import { papersSubgraph } from "@onrecord/subgraph/fixtures/papers";
import { peopleSubgraph } from "@onrecord/subgraph/fixtures/people";
import { serveSubgraph } from "@onrecord/subgraph/serve";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import { type TestContext, testContext } from "@onrecord/testing/database";
import { until } from "@onrecord/testing/editor";
import { auditServer } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Node, startNode } from "./fixtures/gateway-node.js";

let context: TestContext;
beforeAll(async () => {
  context = await testContext();
});
afterAll(() => context[Symbol.asyncDispose]());

describe.each([{ remote: [] }, { remote: ["identity", "documents"] }] as const)(
  "the gateway with $remote over HTTP",
  ({ remote }) => {
    let node: Node;
    beforeAll(async () => {
      node = await startNode(context, { remote });
    });
    afterAll(() => node[Symbol.asyncDispose]());

    it("conforms to GraphQL over HTTP", async () => {
      const results = await auditServer({ url: `${node.url}/graphql` });
      const faults = results.filter(({ status }) => status !== "ok").map(({ name }) => name);
      expect(faults).toEqual([]);
      expect(results.length).toBeGreaterThan(50);
    });

    it("joins entities of another subgraph, fifty in one call", async () => {
      node.seen.batches.length = 0;
      const before = node.seen.callers.length;
      const { data, errors } = await node.ask(
        "{ papers(first: 50) { totalCount edges { node { number author { name } } } } }",
      );
      expect(errors).toEqual([]);
      const papers = data?.papers as {
        totalCount: number;
        edges: { node: { number: number; author: { name: string } } }[];
      };
      expect(papers.totalCount).toBe(100);
      expect(papers.edges).toHaveLength(50);
      for (const { node } of papers.edges) expect(node.author.name).toBe(`name of user-${node.number % 7}`);
      expect(node.seen.batches).toHaveLength(1);
      expect(node.seen.batches[0]).toHaveLength(7);
      expect(node.seen.callers.length - before).toBe(1);
    });

    it("tells subgraphs who asks, and in which request", async () => {
      const ann = await node.signIn("Ann");
      const requestId = "my-request-0001";
      const { data, headers } = await node.ask("{ me { id name } }", {
        token: ann.token,
        headers: { "x-request-id": requestId },
      });
      expect(data).toEqual({ me: { id: ann.userId, name: "Ann" } });
      expect(headers.get("x-request-id")).toBe(requestId);
      expect(node.seen.callers.at(-1)).toMatchObject({ requestId, principal: { sessionId: ann.sessionId } });
    });

    it("never answers one person with what another one asked at the same time", async () => {
      const people = await Promise.all(Array.from({ length: 20 }, (_, i) => node.signIn(`Person ${i}`)));
      const answers = await Promise.all(people.map(({ token }) => node.ask("{ me { name } }", { token })));
      expect(answers.map(({ data }) => data)).toEqual(people.map(({ name }) => ({ me: { name } })));
    });

    it.each([
      ['{ countSince(at: "secret") }', "at"],
      ['{ countSince(span: { from: "secret" }) }', "span.from"],
      ['mutation { archive(before: "secret") }', "before"],
    ])("takes a literal that is none of its type for the request's fault: %s", async (query, name) => {
      const { errors } = await node.ask(query);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(["BAD_USER_INPUT"]);
      expect(errors[0]?.message).toContain(`\`${name}\``);
    });

    it("runs mutations once each, with the subgraph's own error", async () => {
      const { data, errors } = await node.ask('mutation { signIn(password: "wrong") { token } }');
      expect(data).toBeNull();
      expect(errors).toEqual([
        expect.objectContaining({
          message: "No.",
          path: ["signIn"],
          extensions: {
            code: "FORBIDDEN",
            reasons: [{ id: "password", text: "It is wrong." }],
            requestId: expect.any(String),
          },
        }),
      ]);
    });

    it("masks what nobody expected, and keeps the rest of the data", async () => {
      const { data, errors } = await node.ask("{ broken paper(number: 1) { number } }");
      expect(data).toEqual({ broken: null, paper: { number: 1 } });
      expect(JSON.stringify(errors)).not.toContain("hunter2");
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(["INTERNAL"]);
    });

    it.each<[string, string, Record<string, unknown>?]>([
      ["no GraphQL", "{ papers("],
      ["nothing", ""],
      ["an unknown field", "{ paper(number: 1) { shoeSize } }"],
      ["a wrong literal", '{ paper(number: "one") { number } }'],
      ["a wrong variable", "query ($n: Int!) { paper(number: $n) { number } }", { n: "one" }],
      ["a missing variable", "query ($n: Int!) { paper(number: $n) { number } }"],
      ["a forged cursor", '{ papers(after: "nonsense") { totalCount } }'],
      ["a negative page", "{ papers(first: -1) { totalCount } }"],
      ["too deep", `{ paper(number: 1) { ${"next { ".repeat(20)} number ${"}".repeat(20)} } }`],
      [
        "too long",
        `{ ${Array.from({ length: 1000 }, (_, i) => `a${i}: paper(number: ${i}) { number }`).join(" ")} }`,
      ],
      [
        "federation's machinery",
        '{ _entities(representations: [{ __typename: "User", id: "1" }]) { __typename } }',
      ],
    ])("answers BAD_USER_INPUT to %s", async (_, query, variables) => {
      const { errors } = await node.ask(query, variables ? { variables } : {});
      expect(errors.length).toBeGreaterThan(0);
      for (const { extensions } of errors) {
        expect(extensions).toMatchObject({
          code: "BAD_USER_INPUT",
          requestId: expect.stringMatching(/^.{8,}$/),
        });
      }
    });

    it("does not take batches", async () => {
      const response = await fetch(`${node.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify([{ query: "{ __typename }" }, { query: "{ __typename }" }]),
      });
      expect(response.status).toBe(400);
    });
  },
);

describe("the limits and habits of HTTP", () => {
  it("answers 413 to a body that is too large, announced or not", async () => {
    await using node = await startNode(context, {
      config: { limits: { ...context.config.limits, requestBytes: 10_000 } },
    });
    const body = JSON.stringify({ query: `{ __typename } #${"x".repeat(20_000)}` });
    const headers = { "content-type": "application/json" };
    const announced = await fetch(`${node.url}/graphql`, { method: "POST", headers, body });
    expect(announced.status).toBe(413);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(body));
        controller.close();
      },
    });
    const init: RequestInit & { duplex: "half" } = { method: "POST", headers, body: stream, duplex: "half" };
    const chunked = await fetch(`${node.url}/graphql`, init);
    expect(chunked.status).toBe(413);
    expect(await chunked.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
  });

  it("takes from each no more than they need: a stranger, an operation, an import", async () => {
    await using node = await startNode(context);
    const { token } = await node.signIn();
    const send = async (bytes: number, token?: string, query = "{ __typename }") => {
      const { status, errors } = await node.ask(query, {
        ...(token ? { token } : {}),
        variables: { text: "x".repeat(bytes) },
      });
      return [status, ...errors.map(({ extensions }) => extensions.code)];
    };
    expect(await send(60_000)).toEqual([200]);
    expect(await send(70_000)).toEqual([413, "BAD_USER_INPUT"]);
    expect(await send(70_000, "x".repeat(43))).toEqual([401, "UNAUTHENTICATED"]);
    expect(await send(1_000_000, token)).toEqual([200]);
    expect(await send(1_100_000, token)).toEqual([413, "BAD_USER_INPUT"]);
    // One that names an import and asks for none is refused when it is parsed: with 200 for this content type.
    expect(await send(1_100_000, token, "{ __typename } #importDocument")).toEqual([200, "BAD_USER_INPUT"]);
    expect(await send(33 * 1024 * 1024, token)).toEqual([413, "BAD_USER_INPUT"]);
    // The fixtures cannot import: that it is let through is told by what it is refused for.
    const importing = { token, variables: { html: "x".repeat(2_000_000) } };
    const { errors } = await node.ask("mutation { importDocument { id } }", importing);
    expect(errors[0]?.message).toContain("Cannot query field");
  });

  it("refuses what would take long to parse before it is parsed, whatever its form", async () => {
    await using node = await startNode(context);
    const { token } = await node.signIn();
    const send = async (body: string) => {
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      const response = await fetch(`${node.url}/graphql`, { method: "POST", headers, body });
      const { errors } = (await response.json()) as { errors: { message: string }[] };
      return [response.status, errors[0]?.message];
    };
    const n = 8_000_000;
    const rest = `,"query":"{ __typename }"}`;
    const query = (text: string) => JSON.stringify({ query: text });
    const deep = [400, expect.stringContaining("nested")];
    const many = [400, expect.stringContaining("values")];
    const long = [200, expect.stringContaining("longer")];
    expect(await send(`{"variables":${"[".repeat(n)}${"]".repeat(n)}${rest}`)).toEqual(deep);
    expect(await send(`{"variables":[${"[],".repeat(n)}0]${rest}`)).toEqual(many);
    expect(await send(`{"variables":{${'"a":0,'.repeat(n / 4)}"b":0}${rest}`)).toEqual(many);
    expect(await send(query(`${"#\n".repeat(200_000)}{ __typename }`))).toEqual(long);
    expect(await send(query(`{ paper(number: """${"\n ".repeat(200_000)}""") { number } }`))).toEqual(long);
    expect(await send(query(`{ ${"a ".repeat(200_000)} }`))).toEqual(long);
  });

  it("says when to come back to who holds too much at once, and serves the others", async () => {
    await using node = await startNode(context, {
      config: { limits: { ...context.config.limits, heldBytes: 4_000_000 } },
    });
    const [greedy, other] = [await node.signIn(), await node.signIn()];
    // Announced and never sent: it is held all the same.
    const stalled = request(`${node.url}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "content-length": 900_000,
        authorization: `Bearer ${greedy.token}`,
      },
    });
    stalled.on("error", () => undefined).flushHeaders();
    const held = async () =>
      Number(/^onrecord_gateway_held_bytes (\d+)/m.exec(await context.metrics.metrics())?.[1]);
    await until(async () => (await held()) >= 900_000, "the body is held");
    const ask = (token: string) =>
      node.ask("{ __typename }", { token, variables: { text: "x".repeat(600_000) } });
    const refused = await ask(greedy.token);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "2"]);
    expect((await ask(other.token)).status).toBe(200);
    stalled.destroy();
    await until(async () => (await held()) === 0, "it was given back");
    expect((await ask(greedy.token)).status).toBe(200);
  });

  it("shows its schema and GraphiQL in development, and neither in production", async () => {
    const introspect = "{ __schema { queryType { name } } }";
    const page = (node: Node) => fetch(`${node.url}/graphql`, { headers: { accept: "text/html" } });
    {
      await using node = await startNode(context);
      expect((await node.ask(introspect)).data).toEqual({ __schema: { queryType: { name: "Query" } } });
      expect(await (await page(node)).text()).toContain("<html");
      expect((await node.ask("{ papes { totalCount } }")).errors[0]?.message).toContain("Did you mean");
    }
    await using node = await startNode(context, { config: { production: true } });
    const { errors } = await node.ask(introspect);
    expect(errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(await (await page(node)).text()).not.toContain("<html");
    expect((await node.ask("{ papes { totalCount } }")).errors[0]?.message).not.toContain("Did you mean");
  });

  it("leaves the process's signals alone", async () => {
    const before = [process.listenerCount("SIGTERM"), process.listenerCount("SIGINT")];
    await using node = await startNode(context);
    await node.ask("{ __typename }");
    expect([process.listenerCount("SIGTERM"), process.listenerCount("SIGINT")]).toEqual(before);
  });

  it("measures operations by their type", async () => {
    await using node = await startNode(context);
    await node.ask("{ paper(number: 1) { number } }");
    await node.ask("mutation { publish(number: 1) { number } }");
    const text = await context.metrics.metrics();
    expect(text).toContain('onrecord_gateway_operation_seconds_count{operation="query"} 1');
    expect(text).toContain('onrecord_gateway_operation_seconds_count{operation="mutation"} 1');
  });
});

it.each([
  ["in this process", false],
  ["in another one", true],
])("a subgraph %s learns that whoever asked has hung up", async (_, remote) => {
  const papers = papersSubgraph();
  const [begun, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const publish = papers.schema.getMutationType()?.getFields().publish;
  if (!publish) throw new TypeError("the fixture publishes nothing");
  publish.resolve = async (_root, _args, { gone }: { gone?: AbortSignal }) => {
    gone?.addEventListener("abort", () => left.resolve());
    begun.resolve();
    await left.promise;
  };
  const documents: Subgraph = {
    ...papers,
    context: (caller, gone) => ({ ...papers.context(caller), gone }),
  };
  await using served = new HttpServer(context.log);
  serveSubgraph(documents, context, served);
  const url = `${await served.listen(0, "127.0.0.1")}/graphql`;
  const identity = peopleSubgraph({ batches: [], callers: [] });
  await using node = await startNode(context, {
    subgraphs: remote ? { identity } : { identity, documents },
    config: remote ? { subgraphUrls: { documents: url } } : {},
  });
  const leaving = new AbortController();
  const asked = fetch(`${node.url}/graphql`, {
    method: "POST",
    signal: leaving.signal,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "mutation { publish(number: 1) { number } }" }),
  });
  await begun.promise;
  leaving.abort();
  await expect(asked).rejects.toThrow();
  await left.promise;
});

describe("a subgraph in another process", () => {
  it("that is down is a typed error that names no address, beside the rest of the data", async () => {
    await using node = await startNode(context, {
      config: { subgraphUrls: { identity: "http://127.0.0.1:9/graphql" } },
      remote: ["identity"],
    });
    const { data, errors } = await node.ask("{ broken paper(number: 3) { number } }");
    expect(data).toEqual({ broken: null, paper: { number: 3 } });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({
      message: "The identity service does not answer now.",
      extensions: { code: "UNAVAILABLE" },
    });
    expect(JSON.stringify(errors)).not.toContain("127.0.0.1");
  });

  it("that does not believe our signature is down for the person, who stays signed in", async () => {
    await using node = await startNode(context, {
      remote: ["identity"],
      otherSecret: "another secret of thirty-two characters",
    });
    const { token } = await node.signIn();
    const { errors } = await node.ask("{ me { name } }", { token });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(["UNAVAILABLE"]);
    expect(node.seen.callers).toEqual([]);
  });

  it.each([
    ["a query three times", "{ paper(number: 1) { number } }", 3],
    ["a mutation once", "mutation { publish(number: 1) { number } }", 1],
  ])("that is just going is asked %s", async (_, query, times) => {
    let asked = 0;
    await using busy = new HttpServer(context.log);
    busy.route("/graphql", (_request, response) => {
      asked++;
      response.writeHead(503).end();
    });
    const documents = `${await busy.listen(0, "127.0.0.1")}/graphql`;
    await using node = await startNode(context, {
      remote: ["documents"],
      config: { subgraphUrls: { documents } },
    });
    const { errors } = await node.ask(query);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(["UNAVAILABLE"]);
    expect(asked).toBe(times);
  });
});
