import type { PlacedEntry } from "@onrecord/ledger/read";
import { describe, expect, it } from "vitest";
import type { Burst, Recent } from "./rule.js";
import { rules, watchedActions } from "./rules.js";

const entry = (action: string, facts: Partial<PlacedEntry> = {}): PlacedEntry => ({
  id: "00000000-0000-7000-8000-00000000000a",
  txid: "1",
  at: "2026-01-01T00:00:00.000Z",
  action,
  actorKind: "USER",
  actorId: "u",
  sessionId: null,
  requestId: "r",
  objectKind: "DOCUMENT",
  objectId: "d",
  outcome: "ALLOWED",
  originCommitment: null,
  detail: {},
  discreet: false,
  ...facts,
});
const knowing = (facts: {
  burst?: Burst;
  open?: boolean;
  kind?: Awaited<ReturnType<Recent["kindOf"]>>;
}): Recent => ({
  isOpen: async () => facts.open ?? false,
  refusedSignIns: async () => facts.burst ?? { count: 1, alerted: false },
  denials: async () => facts.burst ?? { count: 1, alerted: false },
  kindOf: async () => facts.kind ?? null,
});
const raised = async (given: PlacedEntry, recent: Recent = knowing({})) => {
  const ids: string[] = [];
  for (const rule of rules) {
    if (!rule.actions.some((action) => action === given.action)) continue;
    if (await rule.matches(given, recent)) ids.push(`${rule.id} ${rule.severity}`);
  }
  return ids;
};
const granted = (facts: Partial<PlacedEntry> = {}) =>
  entry("access.granted", { detail: { principalId: "00000000-0000-7000-8000-00000000000b" }, ...facts });

const guess = entry("session.refused", { detail: { reason: "credentials" } });

describe("the rules", () => {
  it("have names of their own and look for what the record knows", () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(watchedActions).not.toContain("document.edited");
  });

  it.each([
    ["a refused download", entry("document.download-refused"), {}, ["download-refused HIGH"]],
    ["a refused edit", entry("document.edit-refused"), {}, ["edit-refused MEDIUM"]],
    ["another refused edit", entry("document.edit-refused"), { open: true }, []],
    ["another refused download", entry("document.download-refused"), { open: true }, []],
    ["a destroyed document", entry("document.shredded"), {}, ["document-shredded HIGH"]],
    ["four refused sign-ins", guess, { burst: { count: 4, alerted: false } }, []],
    ["five", guess, { burst: { count: 5, alerted: false } }, ["sign-in-refused-burst MEDIUM"]],
    [
      "five, the last of a page of another session",
      entry("session.refused", { detail: { reason: "other-session" } }),
      { burst: { count: 5, alerted: false } },
      [],
    ],
    [
      "five, the last of a request without a credential",
      entry("session.refused", { detail: { reason: "missing" } }),
      { burst: { count: 5, alerted: false } },
      [],
    ],
    ["six after the alert", guess, { burst: { count: 6, alerted: true } }, []],
    ["nine denials", entry("access.denied"), { burst: { count: 9, alerted: false } }, []],
    [
      "ten denials",
      entry("access.denied"),
      { burst: { count: 10, alerted: false } },
      ["access-denied-burst HIGH"],
    ],
    [
      "ten of nobody",
      entry("access.denied", { actorId: null }),
      { burst: { count: 10, alerted: false } },
      [],
    ],
    ["access for a colleague", granted(), { kind: "EMPLOYEE" }, []],
    ["access for a guest", granted(), { kind: "GUEST" }, ["guest-access-granted MEDIUM"]],
    ["access for a department", granted(), { kind: "DEPARTMENT" }, ["access-widened MEDIUM"]],
    ["access to everything", granted({ objectKind: "FIRM" }), { kind: "ROLE" }, ["access-widened MEDIUM"]],
    ["access without a detail", granted({ detail: {} }), {}, []],
    ["a sign-in", entry("session.started"), {}, []],
  ] as const)("say of %s what it deserves", async (_name, given, facts, expected) => {
    expect(await raised(given, knowing(facts))).toEqual(expected);
  });
});
