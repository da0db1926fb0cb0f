import { newId } from "@onrecord/core/ids";
import { byCaller } from "@onrecord/policy/principal";
import { addPerson, callerOf, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeFilter, type EntryFilter, readFilter } from "./entry-filter.js";
import { matchesFilter } from "./filter-match.js";
import { countEntries, readEntries } from "./read-entries.js";

const resources = new AsyncDisposableStack();
let context: TestContext;
const documents = Array.from({ length: 3 }, () => newId());
let people: string[];

beforeAll(async () => {
  context = resources.use(await testContext());
  const ledger = context.ledger;
  people = await Promise.all([1, 2].map(() => addPerson(context.db)));
  const callers = [callerOf(null)];
  for (const id of people) callers.push(callerOf(await signedIn(context.db, id)));
  for (let i = 0; i < 60; i++) {
    const by = byCaller(callers[i % 3]!);
    const object = { kind: "DOCUMENT", id: documents[i % documents.length]! } as const;
    if (i % 4 === 0)
      await ledger.record({ action: "document.edited", by, object, detail: { version: i, bytes: i * 7 } });
    else if (i % 4 === 1)
      await ledger.record({
        action: "access.denied",
        by,
        object,
        detail: { permission: "edit", reasons: ["level", "risk-reads-only"] },
      });
    else if (i % 4 === 2)
      await ledger.record({
        action: "audit.queried",
        by,
        object: { kind: "LOG", id: null },
        detail: { filter: { text: 'Größe "100%_" \\ \n' }, returned: i },
      });
    else
      await ledger.record({ action: "session.refused", by, object: null, detail: { reason: "credentials" } });
  }
});
afterAll(() => resources.disposeAsync());

describe("a filter", () => {
  it("lets through the same entries in the database and in the process", async () => {
    const all = await readEntries(context.db, "audit.entry", {}, 1000, undefined);
    expect(all).toHaveLength(60);
    const middle = all[30]!;
    const filters: EntryFilter[] = [
      {},
      { actions: [] },
      { actions: ["document.edited", "access.denied"] },
      { outcome: "DENIED" },
      { outcome: "FAILED" },
      { objectId: documents[1]! },
      { actor: { kind: "ANONYMOUS", id: null } },
      { actor: { kind: "USER", id: people[0]! } },
      { actor: { kind: "SYSTEM", id: null } },
      { from: new Date(middle.at) },
      { to: new Date(middle.at) },
      { from: new Date(middle.at), to: new Date(middle.at) },
      { text: middle.id.slice(20) },
      { text: middle.requestId },
      { text: '"version": 12' },
      { text: '["level", "risk-reads-only"]' },
      { text: 'größe \\"100%_\\" \\\\ \\n' },
      { text: "%" },
      { text: "_" },
      { text: documents[0]!, actions: ["document.edited"], outcome: "ALLOWED" },
      { text: "document.e" },
    ];
    for (const filter of filters) {
      const read = (await readEntries(context.db, "audit.entry", filter, 1000, undefined)).map(
        ({ id }) => id,
      );
      const matched = all.filter((entry) => matchesFilter(filter, entry)).map(({ id }) => id);
      expect(read, JSON.stringify(filter)).toEqual(matched);
      expect(await countEntries(context.db, "audit.entry", filter)).toBe(matched.length);
    }
    expect(filters.map((filter) => all.filter((entry) => matchesFilter(filter, entry)).length)).toEqual(
      expect.arrayContaining([0, 60, 15, 30, 20]),
    );
  });

  it("is checked, and described as it was asked", () => {
    const id = newId();
    expect(readFilter(undefined)).toEqual({});
    expect(readFilter({ actorId: `user:${id}` }).actor).toEqual({ kind: "USER", id });
    expect(readFilter({ actorId: "system", text: "  HarBour " })).toEqual({
      actor: { kind: "SYSTEM", id: null },
      text: "harbour",
    });
    expect(
      describeFilter(readFilter({ actorId: id, actions: ["a"], from: new Date(0), outcome: "DENIED" })),
    ).toEqual({ actorId: id, actions: ["a"], from: "1970-01-01T00:00:00.000Z", outcome: "DENIED" });
    const wrong = [
      { actorId: "nobody" },
      { actorId: "user:1' or true" },
      { objectId: "x" },
      { text: "x".repeat(201) },
      { actions: Array(101).fill("x") },
    ];
    for (const asked of wrong)
      expect(() => readFilter(asked)).toThrow(expect.objectContaining({ code: "BAD_USER_INPUT" }));
  });
});
