import { type FirstNode, testNode } from "@onrecord/bus/testing/test-node";
import { newId } from "@onrecord/core/ids";
import { draws, seeds } from "@onrecord/core/testing/random";
import { Ledger } from "@onrecord/ledger/ledger";
import { newest, readAfter } from "@onrecord/ledger/tail";
import type { Tx } from "@onrecord/postgres/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DecisionPoint } from "./decision.js";
import { Guard } from "./guard.js";
import { accessLevels, FIRM_ID, levelNumber, type ResourceAction, resourceActions } from "./levels.js";
import { authenticate, type Principal, principalOfSession } from "./principal.js";
import { placeResource } from "./resources.js";
import { addGrant, removeGrant } from "./testing/grants.js";
import { addPerson, callerOf, type PersonFacts, signedIn } from "./testing/people.js";

let context: FirstNode;
let decisions: DecisionPoint;
let guard: Guard;

beforeAll(async () => {
  context = await testNode();
  decisions = new DecisionPoint(context.db);
  guard = new Guard(decisions, new Ledger(context.db, context.bus));
});
afterAll(() => context?.[Symbol.asyncDispose]());

const person = async (facts: PersonFacts = {}) => signedIn(context.db, await addPerson(context.db, facts));

async function place(tx: Tx, parentId: string | null, kind: "FOLDER" | "DOCUMENT"): Promise<string> {
  const id = newId();
  await placeResource(tx, { id, parentId, kind });
  return id;
}
const folder = (parentId: string | null = null) =>
  context.db.transaction((tx) => place(tx, parentId, "FOLDER"));
const document = (parentId: string) => context.db.transaction((tx) => place(tx, parentId, "DOCUMENT"));

async function department(parentId: string | null = null): Promise<string> {
  const id = newId();
  await context.db.query(
    "insert into identity.department (id, name, parent_id) values ($1, 'A department', $2)",
    [id, parentId],
  );
  return id;
}
const levelOf = async (who: Principal, id: string) => (await decisions.decide(who, "view", id)).facts?.level;

describe("what a decision rests on", () => {
  it("is inherited through folders, however deep, and only downwards", async () => {
    const who = await person();
    const top = await folder();
    let deep = top;
    for (let n = 0; n < 30; n++) deep = await folder(deep);
    const paper = await document(deep);
    const beside = await document(await folder());
    expect(await levelOf(who, paper)).toBe(0);
    const grant = await addGrant(context, top, who.userId, "COMMENT");
    expect(await decisions.decide(who, "comment", paper)).toMatchObject({
      allow: true,
      facts: { level: 3, grantId: grant },
    });
    expect((await decisions.decide(who, "edit", paper)).allow).toBe(false);
    expect(await levelOf(who, beside)).toBe(0);
    expect(await levelOf(who, FIRM_ID)).toBe(0);
    await addGrant(context, paper, who.userId, "EDIT");
    expect(await levelOf(who, paper)).toBe(4);
    expect(await levelOf(who, deep)).toBe(3);
  });

  it("comes from the firm, the person, every department above and every role", async () => {
    const above = await department();
    const middle = await department(above);
    const own = await department(middle);
    const sibling = await department(above);
    const who = await person({ departmentId: own, roles: ["kernel-role"] });
    const [role] = await context.db.query<{ id: string }>(
      "select id from identity.role where name = 'kernel-role'",
    );
    for (const [principalId, level] of [
      [who.userId, 2],
      [own, 2],
      [above, 2],
      [role!.id, 2],
      [sibling, 0],
      [newId(), 0],
    ] as const) {
      const paper = await document(await folder());
      await addGrant(context, paper, principalId, "DOWNLOAD");
      expect(await levelOf(who, paper)).toBe(level);
    }
    await addGrant(context, FIRM_ID, above, "VIEW");
    expect(await levelOf(who, await document(await folder()))).toBe(1);
    await context.db.query("update permissions.grant set revoked_at = now() where resource_id = $1", [
      FIRM_ID,
    ]);
  });

  it("ends with the grant, by time or by hand", async () => {
    const who = await person();
    const paper = await document(await folder());
    const soon = new Date(Date.now() + 3_600_000);
    await addGrant(context, paper, who.userId, "MANAGE", new Date(Date.now() - 1000));
    expect(await levelOf(who, paper)).toBe(0);
    await addGrant(context, paper, who.userId, "VIEW");
    const edit = await addGrant(context, paper, who.userId, "EDIT", soon);
    expect(await decisions.decide(who, "view", paper)).toMatchObject({
      allow: true,
      facts: { level: 4 },
      expiresAt: soon.toISOString(),
    });
    await context.db.transaction((tx) => removeGrant(tx, edit));
    expect(await decisions.decide(who, "view", paper)).toMatchObject({
      allow: true,
      facts: { level: 1 },
      expiresAt: null,
    });
  });

  it("is read in the open transaction that it is asked in, with its revision", async () => {
    const who = await person();
    const paper = await document(await folder());
    const grant = await addGrant(context, paper, who.userId, "EDIT");
    const before = await decisions.decide(who, "edit", paper);
    await context.db.transaction(async (tx) => {
      await removeGrant(tx, grant);
      expect(await decisions.decide(who, "edit", paper, tx)).toMatchObject({
        allow: false,
        revision: before.revision + 1,
      });
      expect(await decisions.decide(who, "edit", paper)).toMatchObject({
        allow: true,
        revision: before.revision,
      });
    });
    expect(await decisions.decide(who, "edit", paper)).toMatchObject({
      allow: false,
      visible: false,
      revision: before.revision + 1,
    });
  });

  it("is one read for any number of resources and actions", async () => {
    const who = await person();
    const papers = await Promise.all(Array.from({ length: 50 }, async () => document(await folder())));
    const before = context.db.statements;
    const decided = await decisions.decideEach(who, resourceActions, [...papers, newId()]);
    expect(context.db.statements - before).toBe(1);
    expect(decided.size).toBe(51);
  });
});

describe("decisions", () => {
  it("agree with a naive reading of the rules, for random firms", async () => {
    for (const seed of seeds(4)) await compare(seed);
  });

  /** Builds a random firm, and walks its tree by hand for every person, resource and action. */
  async function compare(seed: number): Promise<void> {
    const random = draws(seed);
    const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
    const departments: { id: string; parent: string | null }[] = [];
    for (let n = 0; n < 5; n++) {
      const parent = n > 0 && random(3) ? pick(departments).id : null;
      departments.push({ id: await department(parent), parent });
    }
    const people: { who: Principal; department: string | null }[] = [];
    for (let n = 0; n < 8; n++) {
      const guest = random(4) === 0;
      const roles = ["trader", "risk", "manager", "admin"].filter(() => random(4) === 0);
      const departmentId = guest || random(3) === 0 ? null : pick(departments).id;
      const who = await person({
        kind: guest ? "GUEST" : "EMPLOYEE",
        roles,
        ...(departmentId ? { departmentId } : {}),
      });
      people.push({ who, department: departmentId });
    }
    const resources: { id: string; parent: string | null }[] = [];
    for (let n = 0; n < 25; n++) {
      const parent = n > 4 ? resources[random(Math.min(n, 12))]!.id : null;
      resources.push({ id: await (n < 12 ? folder(parent) : document(parent ?? resources[0]!.id)), parent });
    }
    const roleIds = new Map(
      (await context.db.query<{ id: string; name: string }>("select id, name from identity.role")).map(
        ({ id, name }) => [name, id],
      ),
    );
    const grants: { resource: string; principal: string; level: number; holds: boolean }[] = [];
    for (let n = 0; n < 30; n++) {
      const resource = pick(resources).id;
      const principal = pick([
        ...people.map(({ who }) => who.userId),
        ...departments.map(({ id }) => id),
        ...roleIds.values(),
      ]);
      const level = pick(accessLevels);
      const fate = random(4);
      const id = await addGrant(
        context,
        resource,
        principal,
        level,
        fate === 0 ? new Date(Date.now() - 1) : null,
      );
      if (fate === 1) await context.db.transaction((tx) => removeGrant(tx, id));
      grants.push({ resource, principal, level: levelNumber(level), holds: fate > 1 });
    }
    const lineage = (from: string | null, all: readonly { id: string; parent: string | null }[]) => {
      const line: string[] = [];
      for (let at = from; at !== null; at = all.find(({ id }) => id === at)?.parent ?? null) line.push(at);
      return line;
    };
    let allowed = 0;
    for (const { who, department: own } of people) {
      const actsAs = [
        who.userId,
        ...lineage(own, departments),
        ...who.roles.map((role) => roleIds.get(role)!),
      ];
      const decided = await decisions.decideEach(
        who,
        resourceActions,
        resources.map(({ id }) => id),
      );
      for (const { id } of resources) {
        const line = lineage(id, resources);
        const level = Math.max(
          0,
          ...grants
            .filter((g) => g.holds && line.includes(g.resource) && actsAs.includes(g.principal))
            .map((g) => g.level),
        );
        for (const action of resourceActions) {
          const expected = naive(who, action, level);
          const decision = decided.get(id)![action];
          expect(decision.allow, `seed ${seed}: ${action} at ${level} by ${who.userKind} ${who.roles}`).toBe(
            expected,
          );
          expect(decision.visible).toBe(level > 0);
          if (!expected) expect(decision.reasons.length).toBeGreaterThan(0);
          if (expected) allowed++;
        }
      }
    }
    expect(allowed).toBeGreaterThan(20);
  }

  function naive(who: Principal, action: ResourceAction, level: number): boolean {
    if (level < resourceActions.indexOf(action) + 1) return false;
    if (who.roles.includes("trader") && action === "download") return false;
    if (who.roles.includes("risk") && (action === "edit" || action === "manage")) return false;
    return !(who.userKind === "GUEST" && action === "manage");
  }
});

describe("the guard", () => {
  it("puts a denial on the record with its reasons before it says no", async () => {
    const who = await person({ roles: ["trader"] });
    const paper = await document(await folder());
    await addGrant(context, paper, who.userId, "DOWNLOAD");
    const position = await newest(context.db);
    const caller = callerOf(who);
    await expect(guard.authorize(caller, "download", { kind: "DOCUMENT", id: paper })).rejects.toMatchObject({
      code: "FORBIDDEN",
      reasons: [{ id: "trader-takes-nothing", text: expect.stringContaining("Traders") }],
    });
    await expect(guard.authorize(caller, "edit", { kind: "DOCUMENT", id: paper })).rejects.toMatchObject({
      code: "FORBIDDEN",
      reasons: [{ id: "level", text: "This needs the level EDIT; yours here is DOWNLOAD." }],
    });
    await expect(guard.authorizeFirm(caller, "readAudit")).rejects.toMatchObject({ code: "FORBIDDEN" });
    const entries = await readAfter(context.db, position, 10);
    expect(entries).toMatchObject([
      {
        action: "access.denied",
        outcome: "DENIED",
        actorId: who.userId,
        objectId: paper,
        requestId: caller.requestId,
        detail: { permission: "download", reasons: ["trader-takes-nothing"] },
      },
      { action: "access.denied", objectId: paper, detail: { permission: "edit", reasons: ["level"] } },
      { action: "access.denied", objectKind: "FIRM", detail: { permission: "readAudit", reasons: ["role"] } },
    ]);
  });

  it("tells who may not see a thing the same as of what does not exist, and records both", async () => {
    const who = await person();
    const paper = await document(await folder());
    const position = await newest(context.db);
    const errors: unknown[] = [];
    for (const id of [paper, newId(), "no id at all", paper.toUpperCase()])
      await guard
        .authorize(callerOf(who), "view", { kind: "DOCUMENT", id })
        .catch(({ code, message, reasons }) => errors.push({ code, message, reasons }));
    expect(errors).toHaveLength(4);
    for (const error of errors)
      expect(error).toEqual({
        code: "NOT_FOUND",
        message: "There is no such resource, or you may not know of it.",
        reasons: [],
      });
    expect(await readAfter(context.db, position, 10)).toMatchObject([
      { objectId: paper, detail: { permission: "view", reasons: ["level"] } },
      { detail: { permission: "view", reasons: ["unknown"] } },
      { objectId: null, detail: { permission: "view", reasons: ["malformed-id"] } },
      { objectId: null, detail: { permission: "view", reasons: ["malformed-id"] } },
    ]);
  });

  it("records nothing when it lets through, and a more telling event where one is named", async () => {
    const who = await person();
    const paper = await document(await folder());
    await addGrant(context, paper, who.userId, "VIEW");
    const position = await newest(context.db);
    expect((await guard.authorize(callerOf(who), "view", { kind: "DOCUMENT", id: paper })).allow).toBe(true);
    await expect(
      guard.authorize(callerOf(who), "download", { kind: "DOCUMENT", id: paper }, (reasons) => ({
        action: "document.download-refused",
        detail: { format: "HTML", reasons },
      })),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await readAfter(context.db, position, 10)).toMatchObject([
      {
        action: "document.download-refused",
        outcome: "DENIED",
        detail: { format: "HTML", reasons: ["level"] },
      },
    ]);
  });

  it("asks nobody who is not signed in for anything but to sign in", async () => {
    await expect(
      guard.authorize(callerOf(null), "view", { kind: "DOCUMENT", id: newId() }),
    ).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });
});

describe("a session", () => {
  it("proves who asks until it or its account ends", async () => {
    const who = await person({ roles: ["manager", "admin"], title: "Head" });
    expect(await authenticate(context.db, who.token)).toMatchObject({
      userId: who.userId,
      roles: ["admin", "manager"],
      title: "Head",
    });
    for (const token of [
      "",
      "short",
      `${who.token}x`,
      who.token.slice(1),
      "x".repeat(10_000),
      "a\0b".repeat(10),
    ])
      expect(await authenticate(context.db, token)).toBeNull();
    await context.db.query("update identity.session set ended_at = now() where id = $1", [who.sessionId]);
    expect(await authenticate(context.db, who.token)).toBeNull();
    expect(await principalOfSession(context.db, who.sessionId)).toBeNull();
  });

  it("ends no later than its guest, and with the account", async () => {
    const soon = new Date(Date.now() + 60_000);
    const guest = await person({ kind: "GUEST", expiresAt: soon });
    expect(guest.expiresAt).toBe(soon.toISOString());
    await context.db.query(
      "update identity.user set expires_at = now() - interval '1 second' where id = $1",
      [guest.userId],
    );
    expect(await authenticate(context.db, guest.token)).toBeNull();
    const employee = await person();
    await context.db.query("update identity.user set active = false where id = $1", [employee.userId]);
    expect(await authenticate(context.db, employee.token)).toBeNull();
  });
});
