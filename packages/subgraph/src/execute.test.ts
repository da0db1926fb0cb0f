import { createLogger } from "@onrecord/core/log";
import type { Caller, Principal } from "@onrecord/policy/principal";
import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import { executeOn, type SubgraphRequest } from "./execute.js";
import { contexts, papersSubgraph, publishPaper } from "./fixtures/papers.js";
import { peopleSubgraph } from "./fixtures/people.js";

const log = createLogger("silent");
const principal: Principal = {
  userId: "user-1",
  sessionId: "session-1",
  email: "a@x.test",
  name: "A",
  title: null,
  userKind: "EMPLOYEE",
  roles: [],
  expiresAt: "2030-01-01T00:00:00Z",
};
const caller: Caller = { principal, requestId: "request-1", from: { ip: null, userAgent: null } };

function ask(query: string, given: Partial<SubgraphRequest> = {}): SubgraphRequest {
  return { document: parse(query), variables: undefined, operationName: undefined, caller, ...given };
}

async function answer(...args: Parameters<typeof executeOn>) {
  const result = await executeOn(...args);
  if (Symbol.asyncIterator in result) throw new TypeError("a stream");
  return JSON.parse(JSON.stringify(result));
}

describe("executing on a subgraph", () => {
  it("loads all representations of a type in one batch, each entity once", async () => {
    const seen = { batches: [], callers: [] };
    const ids = Array.from({ length: 50 }, (_, i) => `user-${i % 7}`);
    const result = await answer(
      peopleSubgraph(seen),
      ask("query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id name } } }", {
        variables: { r: ids.map((id) => ({ __typename: "User", id })) },
      }),
      log,
    );
    expect(result.data._entities).toEqual(ids.map((id) => ({ id, name: `name of ${id}` })));
    expect(seen.batches).toEqual([ids.slice(0, 7)]);
  });

  it("answers null for an entity that is not there", async () => {
    const result = await answer(
      peopleSubgraph(),
      ask('{ _entities(representations: [{ __typename: "User", id: "nobody" }]) { __typename } }'),
      log,
    );
    expect(result).toEqual({ data: { _entities: [null] } });
  });

  it("translates enums and dates", async () => {
    const result = await answer(papersSubgraph(), ask("{ paper(number: 2) { kind at author { id } } }"), log);
    expect(result).toEqual({
      data: { paper: { kind: "FILING", at: "2026-01-01T00:00:00.000Z", author: { id: "user-2" } } },
    });
  });

  it("shows an AppError with its code, reasons and request id", async () => {
    const result = await answer(peopleSubgraph(), ask('mutation { signIn(password: "x") { token } }'), log);
    expect(result.errors).toEqual([
      expect.objectContaining({
        message: "No.",
        path: ["signIn"],
        extensions: {
          code: "FORBIDDEN",
          requestId: "request-1",
          reasons: [{ id: "password", text: "It is wrong." }],
        },
      }),
    ]);
  });

  it("masks what nobody expected", async () => {
    const result = await answer(peopleSubgraph(), ask("{ broken }"), log);
    expect(JSON.stringify(result)).not.toContain("hunter2");
    expect(result.errors[0].extensions).toEqual({ code: "INTERNAL", requestId: "request-1" });
  });

  it("answers an error when not even the context can be made", async () => {
    const subgraph = {
      ...peopleSubgraph(),
      context: () => {
        throw new Error("no connection");
      },
    };
    expect((await answer(subgraph, ask("{ broken }"), log)).errors[0].extensions.code).toBe("INTERNAL");
  });
});

describe("subscribing on a subgraph", () => {
  it("resolves each event in a context of its own, and ends at once", async () => {
    contexts.length = 0;
    const stream = await executeOn(papersSubgraph(), ask("subscription { published { number } }"), log);
    if (!(Symbol.asyncIterator in stream)) throw new TypeError("no stream");
    for (const number of [1, 2]) {
      const next = stream.next();
      publishPaper(number);
      expect(await next).toEqual({ done: false, value: { data: { published: { number } } } });
    }
    expect(new Set(contexts).size).toBe(2);
    const waiting = stream.next();
    await stream.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});
