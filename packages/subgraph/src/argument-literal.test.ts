import { createLogger } from "@onrecord/core/log";
import type { Caller } from "@onrecord/policy/principal";
import { GraphQLError, parse } from "graphql";
import { describe, expect, it } from "vitest";
import { nameBadLiterals } from "./argument-literal.js";
import { executeOn } from "./execute.js";
import { papersSubgraph } from "./fixtures/papers.js";

const log = createLogger("silent");
const caller: Caller = { principal: null, requestId: "request-1", from: { ip: null, userAgent: null } };
const subgraph = papersSubgraph();

async function ask(query: string, variables?: Record<string, unknown>) {
  const request = { document: parse(query), variables, operationName: undefined, caller };
  const result = await executeOn(subgraph, request, log);
  if (Symbol.asyncIterator in result) throw new TypeError("a stream");
  return result.errors?.map(({ message, path, extensions }) => [extensions.code, path, message]);
}
const sentence = (name: string) => `The argument \`${name}\` has a value that is none of its type.`;

describe("a value in the document that is none of its type", () => {
  it.each(['"\\u0000"', '"abc"', '""', '"2026-13-45"', "{ a: 1 }", "true", '["2026-01-01"]'])(
    "is the request's fault: %s",
    async (literal) => {
      expect(await ask(`{ n: countSince(at: ${literal}) }`)).toEqual([
        ["BAD_USER_INPUT", ["n"], sentence("at")],
      ]);
      expect(await ask(`mutation { archive(before: ${literal}) }`)).toEqual([
        ["BAD_USER_INPUT", ["archive"], sentence("before")],
      ]);
    },
  );

  it("is named where it stands: in an input, in a list, in a fragment, beside others", async () => {
    const good = '"2026-01-01T00:00:00Z"';
    const errors = await ask(
      `{ a: countSince(span: { from: "abc" }) b: countSince(at: ${good}, span: { from: ${good}, days: [${good}, "x"] }) ...F }
       fragment F on Query { c: countSince(at: "abc", span: { from: "2026-01-01T00:00:00Z" }) d: countSince(span: { from: ${good} }) }`,
    );
    expect(errors?.map(([code, path, message]) => [code, String(path), message])).toEqual([
      ["BAD_USER_INPUT", "a", sentence("span.from")],
      ["BAD_USER_INPUT", "b", sentence("span.days")],
      ["BAD_USER_INPUT", "c", sentence("at")],
    ]);
  });

  it("refuses a subscription before it begins", async () => {
    expect(await ask('subscription { published(since: "abc") { number } }')).toEqual([
      ["BAD_USER_INPUT", ["published"], sentence("since")],
    ]);
  });

  it("is no excuse for a fault of ours", () => {
    const document = parse('{ countSince(at: "abc") }');
    const ours = new GraphQLError("hunter2", { path: ["countSince"], originalError: new GraphQLError("x") });
    expect(nameBadLiterals([ours], subgraph.schema, document)).toEqual([ours]);
  });
});
