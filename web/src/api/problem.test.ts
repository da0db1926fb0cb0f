import { CombinedError } from "@urql/core";
import { describe, expect, test } from "vitest";
import { problemOf } from "./problem.js";

const told = (code: string, more: Record<string, unknown> = {}) =>
  problemOf(
    new CombinedError({ graphQLErrors: [{ message: "no", extensions: { code, requestId: "r1", ...more } }] }),
  );

describe("problems", () => {
  test("a refusal keeps its reasons, and only well-formed ones", () => {
    const reasons = [{ id: "no-download", text: "Guests may not download." }, null, { id: 3 }];
    expect(told("FORBIDDEN", { reasons })).toEqual({
      kind: "forbidden",
      reasons: [reasons[0]],
      requestId: "r1",
    });
    expect(told("FORBIDDEN")).toEqual({ kind: "forbidden", reasons: [], requestId: "r1" });
  });

  test("an ended session, a missing thing and a bad input are told apart", () => {
    expect(told("UNAUTHENTICATED").kind).toBe("unauthenticated");
    expect(told("NOT_FOUND").kind).toBe("not-found");
    expect(told("CONFLICT")).toEqual({ kind: "bad-input", message: "no", requestId: "r1" });
  });

  test("a network failure is not the server's fault", () => {
    expect(problemOf(new CombinedError({ networkError: new TypeError("Failed to fetch") })).kind).toBe(
      "unreachable",
    );
    const response = new Response(null, { status: 503 });
    expect(
      problemOf(new CombinedError({ networkError: new Error("Service Unavailable"), response })).kind,
    ).toBe("unreachable");
  });

  test("an unknown code keeps the request id for the administrator", () => {
    expect(told("SOMETHING_NEW")).toEqual({ kind: "unexpected", message: "no", requestId: "r1" });
  });
});
