import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonicalEntry, type Entry, leafHash } from "./entry.js";
import { outcomeOf } from "./events/catalogue.js";
import { commitProvenance } from "./provenance.js";

const entry: Entry = {
  id: "01900000-0000-7000-8000-000000000001",
  at: "2026-01-02T03:04:05.678Z",
  action: "document.edited",
  actorKind: "USER",
  actorId: "01900000-0000-7000-8000-000000000002",
  sessionId: "01900000-0000-7000-8000-000000000003",
  requestId: "request-1",
  objectKind: "DOCUMENT",
  objectId: "01900000-0000-7000-8000-000000000004",
  outcome: "ALLOWED",
  originCommitment: "00ff",
  detail: { version: 7, bytes: 12 },
};

describe("the leaf of an entry", () => {
  it("has a form that never changes", () => {
    expect(canonicalEntry(entry)).toBe(
      '{"action":"document.edited","actor":{"id":"01900000-0000-7000-8000-000000000002","kind":"USER"},' +
        '"at":"2026-01-02T03:04:05.678Z","detail":{"bytes":12,"version":7},"id":"01900000-0000-7000-8000-000000000001",' +
        '"object":{"id":"01900000-0000-7000-8000-000000000004","kind":"DOCUMENT"},"origin":"00ff","outcome":"ALLOWED",' +
        '"request":"request-1","session":"01900000-0000-7000-8000-000000000003","v":1}',
    );
    expect(leafHash(entry)).toBe("d9f7efc0923fd6e2a8fc6ca80b7d288c532713f4ad4c7930fbf8b60dbfaf4d6b");
  });

  it("is hashed as RFC 6962 says, so that no leaf is an inner node", () => {
    const hash = createHash("sha256").update("\0").update(canonicalEntry(entry)).digest("hex");
    expect(leafHash(entry)).toBe(hash);
  });

  it("orders keys by UTF-16 code units and writes numbers and strings as RFC 8785 says", () => {
    // The key order example of RFC 8785, section 3.2.3.
    const detail = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
    const text = canonicalEntry({ ...entry, detail });
    expect(text).toContain(
      '"detail":{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
    const numbers = canonicalEntry({ ...entry, detail: { n: [1e30, 4.5, 0.002, 1e-27, -0, 1e21, 100] } });
    expect(numbers).toContain("[1e+30,4.5,0.002,1e-27,0,1e+21,100]");
  });

  it("does not depend on the order in which fields were set", () => {
    const turned = Object.fromEntries(Object.entries(entry).reverse()) as unknown;
    expect(canonicalEntry({ ...(turned as Entry), detail: { bytes: 12, version: 7 } })).toBe(
      canonicalEntry(entry),
    );
  });

  it("changes with every field", () => {
    const hashes = [
      entry,
      { ...entry, id: "01900000-0000-7000-8000-00000000000f" },
      { ...entry, at: "2026-01-02T03:04:05.679Z" },
      { ...entry, action: "document.opened" },
      { ...entry, actorKind: "SYSTEM" as const },
      { ...entry, actorId: null },
      { ...entry, sessionId: null },
      { ...entry, requestId: "request-2" },
      { ...entry, objectKind: null, objectId: null },
      { ...entry, objectKind: "FOLDER" },
      { ...entry, outcome: "DENIED" as const },
      { ...entry, originCommitment: null },
      { ...entry, detail: {} },
    ].map(leafHash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe("a commitment to an origin", () => {
  it("binds every fact and the salt", () => {
    const salt = Buffer.alloc(16, 1);
    const facts = { ip: "192.0.2.1", userAgent: "agent" };
    const all = [
      commitProvenance(salt, facts),
      commitProvenance(Buffer.alloc(16, 2), facts),
      commitProvenance(salt, { ...facts, ip: null }),
      commitProvenance(salt, { ...facts, userAgent: null }),
      commitProvenance(salt, { ...facts, claimed: "a@b" }),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all[0]).toBe(
      createHash("sha256")
        .update(salt)
        .update('{"claimed":null,"ip":"192.0.2.1","userAgent":"agent"}')
        .digest("hex"),
    );
  });
});

it("a refusal is on the record as denied", () => {
  for (const action of [
    "session.refused",
    "document.edit-refused",
    "document.download-refused",
    "presence.refused",
    "access.denied",
  ] as const)
    expect(outcomeOf(action)).toBe("DENIED");
  for (const action of ["session.started", "document.edited", "access.granted", "audit.queried"] as const)
    expect(outcomeOf(action)).toBe("ALLOWED");
});
