import { describe, expect, it } from "vitest";
import type { ReplayResult } from "./replay.js";
import { judge } from "./report.js";

const authors = [{ email: "a@example.test", userId: "a" }];
const result: ReplayResult = {
  changes: [1],
  contested: 0,
  seconds: 1,
  latency: null,
  texts: ["text", "text"],
  merged: "text",
};
const record = { version: 1, versions: 1, byAuthor: { a: 1 }, entries: 1, editedEntries: 1, content: "text" };
const judged = (given: Partial<ReplayResult>, { content = "text", endContent = "text" } = {}) =>
  judge(
    { agents: 1, changes: [], endContent },
    authors,
    { ...result, ...given },
    { version: 0, editedEntries: 0 },
    { ...record, content },
    "document",
  );

describe("what is told of a replay", () => {
  it("is nothing where clients, server, merge and trace agree", () => {
    expect(judged({})).toMatchObject({ textEqual: true, faults: [] });
  });

  it("tells a client or a server that went astray, also where both went the same way", () => {
    expect(judged({ texts: ["text", "txet"] })).toMatchObject({ textEqual: false });
    expect(judged({ texts: ["text", "txet"] }).faults).toEqual([expect.stringMatching(/^1 of 2 clients/)]);
    expect(judged({ texts: ["txet", "txet"] }, { content: "txet" }).faults).toEqual([
      expect.stringMatching(/^2 of 2 clients/),
      expect.stringMatching(/^The server's text/),
    ]);
  });

  it("tells a trace whose end is not what its changes make from a server that goes astray", () => {
    const { faults, textEqual } = judged({}, { endContent: "txet" });
    expect([textEqual, faults]).toEqual([false, [expect.stringMatching(/^The trace says another end/)]]);
  });
});
