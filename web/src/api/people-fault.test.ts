import { CombinedError } from "@urql/core";
import { expect, it } from "vitest";
import { en as app } from "../i18n/en.js";
import { en } from "../i18n/people/en.js";
import { bySentence, peopleFault } from "./people-fault.js";

const said = (message: string, code: string, reasons: readonly object[] = []) =>
  peopleFault(
    new CombinedError({ graphQLErrors: [{ message, extensions: { code, reasons, requestId: "r" } }] }),
    en,
    app.errors,
  );

it("puts what the server refuses beside what it is about", () => {
  expect(said("There is an account with this e-mail address already.", "CONFLICT")).toEqual({
    field: "email",
    sentence: en.faults["email-taken"],
  });
  expect(said("12 people are in this department; move them first.", "CONFLICT")).toEqual({
    field: null,
    sentence: en.faults["people-inside"],
  });
  const reasons = [{ id: "own-end", text: "What you give may not outlast your own right." }];
  expect(said("Refused.", "FORBIDDEN", reasons)).toEqual({ field: "until", sentence: en.faults["own-end"] });
});

it("says over the whole form, in the server's words, what it does not know", () => {
  expect(said("Something that is new.", "BAD_USER_INPUT")).toEqual({
    field: null,
    sentence: "Something that is new.",
  });
  const reasons = [{ id: "new-rule", text: "A rule forbids it." }];
  expect(said("Refused.", "FORBIDDEN", reasons)).toEqual({ field: null, sentence: "A rule forbids it." });
});

it("knows sentences that the server still says", () => {
  const sources = Object.values({
    ...import.meta.glob<string>("../../../subgraphs/identity/src/**/*.ts", {
      query: "?raw",
      import: "default",
      eager: true,
    }),
    ...import.meta.glob<string>("../../../subgraphs/permissions/src/**/*.ts", {
      query: "?raw",
      import: "default",
      eager: true,
    }),
    ...import.meta.glob<string>("../../../packages/core/src/names.ts", {
      query: "?raw",
      import: "default",
      eager: true,
    }),
  });
  const text = sources.join("\n").replaceAll("\\`", "`");
  for (const [pattern] of bySentence) {
    // What the server fills in, a number or what a name is of, stands in its source otherwise.
    const literal = pattern.source.replace(/^\^(\\d\+ |The (name|title) )?/, "").replace(/\\\.\$$/, ".");
    const written = literal.includes("(department|role)")
      ? ["department", "role"].map((kind) => literal.replace("(department|role)", kind))
      : [literal];
    expect([pattern.source, written.some((one) => text.includes(one))]).toEqual([pattern.source, true]);
  }
});
