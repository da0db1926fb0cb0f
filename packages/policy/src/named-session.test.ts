import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { mismatch, mismatchError, namedSessions } from "./named-session.js";
import type { Principal } from "./principal.js";

const HERS = "00000000-0000-7000-8000-00000000000a";
const HIS = "00000000-0000-7000-8000-00000000000b";
const her: Principal = {
  userId: "00000000-0000-7000-8000-000000000001",
  sessionId: HERS,
  email: "her@x.test",
  name: "Her",
  title: null,
  userKind: "EMPLOYEE",
  roles: [],
  expiresAt: "2100-01-01T00:00:00.000Z",
};

function named(header?: string, query?: string): readonly string[] {
  const request = new IncomingMessage(new Socket());
  if (header !== undefined) request.headers["x-onrecord-session"] = header;
  return namedSessions(request, query === undefined ? undefined : new URLSearchParams(query));
}

describe("a request that names its session", () => {
  it("names it in a header, in its address, or in both", () => {
    expect(named()).toEqual([]);
    expect(named(undefined, "token=x")).toEqual([]);
    expect(named(HERS)).toEqual([HERS]);
    expect(named(undefined, `session=${HERS}`)).toEqual([HERS]);
    expect(named(HERS, `session=${HIS}&session=${HERS}`)).toEqual([HERS, HIS, HERS]);
  });

  it.each([
    ["a program that names none", [], her, null],
    ["a stranger who names none", [], null, null],
    ["a page of this session", [HERS], her, null],
    ["a page that says so twice", [HERS, HERS], her, null],
    ["a page of another session", [HIS], her, "other-session"],
    ["a page of two sessions", [HERS, HIS], her, "other-session"],
    ["a page that names nothing by its name", [""], her, "other-session"],
    ["a page whose session has ended", [HERS], null, "session-ended"],
  ] as const)("as %s", (_, given, principal, expected) => {
    expect(mismatch(given, principal)).toBe(expected);
  });

  it("is told apart from one that is signed out", () => {
    for (const why of ["other-session", "session-ended"] as const) {
      const error = mismatchError(why);
      expect([error.code, error.status, error.reasons.map(({ id }) => id)]).toEqual([
        "UNAUTHENTICATED",
        401,
        [why],
      ]);
    }
  });
});
