import { CombinedError } from "@urql/core";
import { GraphQLError } from "graphql";
import { describe, expect, it } from "vitest";
import { en } from "../../i18n/en.js";
import { faultOf, faultsIn, noFaults } from "./password-fault.js";

const words = en.account;
const good = { current: "correct horse", wanted: "a better horse", again: "a better horse" };

describe("what is wrong with a change of password", () => {
  it.each([
    [{}, null],
    [{ current: "" }, { current: words.needCurrent }],
    [{ wanted: "elevenchars", again: "elevenchars" }, { wanted: words.tooShort }],
    [{ wanted: "x".repeat(1025), again: "x".repeat(1025) }, { wanted: words.tooLong }],
    [{ wanted: good.current, again: good.current }, { wanted: words.same }],
    [{ again: "a better house" }, { again: words.differs }],
  ])("%j is told before the server is asked", (given, told) => {
    expect(faultsIn({ ...good, ...given }, words)).toEqual(told && { ...noFaults, ...told });
  });

  it.each([
    ["BAD_USER_INPUT", "current-password", { current: words.wrongCurrent }],
    ["BAD_USER_INPUT", "too-short", { wanted: words.tooShort }],
    ["BAD_USER_INPUT", undefined, { whole: "said" }],
    ["CONFLICT", undefined, { whole: "said" }],
    ["RATE_LIMITED", undefined, { whole: en.errors.rateLimited }],
    ["INTERNAL", undefined, { whole: en.errors.unexpected }],
  ])("%s of the server, with the reason %s, is told where it belongs", (code, reason, told) => {
    const extensions = { code, ...(reason ? { reasons: [{ id: reason, text: "x" }] } : {}) };
    const error = new CombinedError({ graphQLErrors: [new GraphQLError("said", { extensions })] });
    expect(faultOf(error, en)).toEqual({ ...noFaults, ...told });
  });
});
