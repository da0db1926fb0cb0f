import type { PersonRowFragment } from "@onrecord/schema/generated";
import { expect, it } from "vitest";
import { changeTo, creation, draftOf } from "./person-draft.js";

const person: PersonRowFragment = {
  id: "p",
  name: "Ann Lee",
  email: "ann@example.test",
  title: "Analyst",
  kind: "EMPLOYEE",
  active: true,
  expiresAt: new Date(2027, 4, 6, 14, 30).toISOString(),
  revision: 7,
  passwordSet: true,
  passwordLinkExpiresAt: null,
  department: { id: "d", name: "Sales" },
  roles: [
    { id: "r1", name: "analyst" },
    { id: "r2", name: "risk" },
  ],
};

it("changes nothing where nothing differs", () => {
  expect(changeTo(person, draftOf(person))).toBeNull();
  expect(changeTo(person, { ...draftOf(person), name: " Ann Lee " })).toBeNull();
});

it("sends what differs, behind the revision that was looked at", () => {
  const draft = { ...draftOf(person), title: " ", departmentId: null, roleIds: ["r2", "r3"], until: "" };
  expect(changeTo(person, draft)).toEqual({
    userId: "p",
    revision: 7,
    title: null,
    departmentId: null,
    addRoleIds: ["r3"],
    removeRoleIds: ["r1"],
    expiresAt: null,
  });
});

it("makes somebody of what was filled in alone", () => {
  const draft = { ...draftOf(null), email: " new@example.test ", name: "New" };
  expect(creation(draft)).toEqual({ email: "new@example.test", name: "New" });
  expect(creation({ ...draft, until: "2027-03-01" })).toMatchObject({
    expiresAt: new Date(2027, 2, 2).toISOString(),
  });
});
