import { describe, expect, it } from "vitest";
import { CedarPolicies } from "./cedar.js";
import type { Facts } from "./facts.js";
import { type AccessLevel, accessLevels, levelNumber, resourceActions } from "./levels.js";
import type { Principal } from "./principal.js";

const policies = CedarPolicies.load();
const person = (roles: string[], userKind: Principal["userKind"] = "EMPLOYEE"): Principal => ({
  userId: "u",
  sessionId: "s",
  email: "a@b",
  name: "A",
  title: null,
  userKind,
  roles,
  expiresAt: "2100-01-01T00:00:00.000Z",
});
const on = (level: AccessLevel | null, kind: Facts["kind"] = "DOCUMENT", labels: string[] = []): Facts => ({
  id: "d",
  kind,
  labels,
  level: level === null ? 0 : levelNumber(level),
  grantId: null,
  expiresAt: null,
});
const allowed = (who: Principal, facts: Facts) =>
  resourceActions.filter((action) => policies.evaluate(who, action, facts).allow);

describe("the firm's policies", () => {
  it("give each level what it includes and nothing more", () => {
    for (const [index, level] of accessLevels.entries())
      expect(allowed(person(["analyst"]), on(level))).toEqual(resourceActions.slice(0, index + 1));
    expect(allowed(person(["analyst"]), on(null))).toEqual([]);
  });

  it("let a trader view and never download, whatever the grant", () => {
    expect(allowed(person(["trader"]), on("MANAGE"))).not.toContain("download");
    expect(policies.evaluate(person(["trader"]), "download", on("MANAGE")).reasons).toEqual([
      { id: "trader-takes-nothing", text: expect.stringContaining("Traders view") },
    ]);
  });

  it("keep risk control from editing what it reviews", () => {
    expect(allowed(person(["risk"]), on("MANAGE"))).toEqual(["view", "download", "comment"]);
  });

  it("keep a guest from deciding access and from the record", () => {
    expect(allowed(person([], "GUEST"), on("MANAGE"))).not.toContain("manage");
    expect(policies.evaluate(person([], "GUEST"), "readTrail", on("MANAGE")).allow).toBe(false);
    expect(policies.evaluate(person(["analyst"]), "readTrail", on("VIEW")).allow).toBe(true);
  });

  it("open the firm's record to those whose duty it is", () => {
    for (const role of ["compliance", "risk", "admin"])
      expect(policies.evaluate(person([role]), "readAudit", on(null, "FIRM")).allow).toBe(true);
    for (const role of ["analyst", "trader", "manager"])
      expect(policies.evaluate(person([role]), "readAudit", on(null, "FIRM")).allow).toBe(false);
    expect(policies.evaluate(person(["compliance"], "GUEST"), "readAudit", on(null, "FIRM")).allow).toBe(
      false,
    );
  });

  it("leave access to the whole firm to administrators, whatever the grant", () => {
    const manages = (who: Principal, level: AccessLevel | null) =>
      policies.evaluate(who, "manage", on(level, "FIRM"));
    expect(manages(person(["admin"]), null).allow).toBe(true);
    for (const who of [
      person(["manager"]),
      person(["compliance"]),
      person(["admin"], "GUEST"),
      person(["admin", "risk"]),
    ])
      expect(manages(who, "MANAGE").allow).toBe(false);
    expect(manages(person(["manager"]), "MANAGE").reasons).toEqual([
      { id: "firm-by-administrators", text: expect.stringContaining("by administrators") },
    ]);
    expect(policies.evaluate(person(["admin"]), "manage", on(null)).allow).toBe(false);
  });

  it("answer no when an action is none of the thing's, in words of no policy language", () => {
    for (const [action, kind] of [
      ["readAudit", "DOCUMENT"],
      ["shred", "FOLDER"],
      ["edit", "FIRM"],
    ] as const) {
      const verdict = policies.evaluate(person(["admin"]), action, on("MANAGE", kind));
      expect(verdict).toEqual({
        allow: false,
        reasons: [{ id: "not-here", text: "This cannot be done here." }],
      });
    }
  });
});
