import { expect, test } from "vitest";
import { isEmpty, noFilter, toAuditFilter } from "./filter.js";

test("nothing asked is nothing sent", () => {
  expect(toAuditFilter({ ...noFilter, text: "   ", from: "", to: "not a time" })).toEqual({});
  expect(isEmpty(noFilter)).toBe(true);
});

test("every field reaches the API, times as instants", () => {
  const filter = toAuditFilter({
    actions: ["document.edited"],
    outcome: "DENIED",
    text: " harbour ",
    from: "2025-11-24T10:00",
    to: null,
    actor: { id: "user:u1", name: "Mei" },
    object: { id: "d1", name: "Prospectus" },
  });
  expect(filter).toEqual({
    actions: ["document.edited"],
    outcome: "DENIED",
    text: "harbour",
    from: new Date("2025-11-24T10:00").toISOString(),
    actorId: "user:u1",
    objectId: "d1",
  });
});
