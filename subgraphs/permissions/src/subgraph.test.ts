import type { AppContext } from "@onrecord/context/context";
import { newId } from "@onrecord/core/ids";
import { draws, seeds } from "@onrecord/core/testing/random";
import { type accessLevels, FIRM_ID, levelNumber } from "@onrecord/policy/levels";
import type { Principal } from "@onrecord/policy/principal";
import { placeResource, readRevision } from "@onrecord/policy/resources";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import {
  addPerson,
  ask,
  callerOf,
  signedIn,
  type TestContext,
  testContext,
} from "@onrecord/testing/database";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GUEST_DAYS } from "./grant-expiry.js";
import { createPermissionsSubgraph } from "./subgraph.js";

const resources = new AsyncDisposableStack();
let context: TestContext;
let subgraph: Subgraph;
let manager: Principal;
let analyst: Principal;
let guest: Principal;
/** Made anew for every test: a folder, a document in it, and the manager's grant on the folder. */
let folder: string;
let document: string;
let managing: string;

beforeAll(async () => {
  context = resources.use(await testContext());
  subgraph = resources.use(await createPermissionsSubgraph(context));
  manager = await someone({ name: "Lam", roles: ["manager"] });
  analyst = await someone({ name: "Wong", roles: ["analyst"] });
  guest = await someone({ name: "Helen", kind: "GUEST" });
});
afterAll(() => resources.disposeAsync());

beforeEach(async () => {
  folder = newId();
  document = newId();
  await context.db.transaction(async (tx) => {
    await placeResource(tx, { id: folder, parentId: null, kind: "FOLDER" });
    await placeResource(tx, { id: document, parentId: folder, kind: "DOCUMENT" });
  });
  managing = await given(context, folder, manager.userId, "MANAGE");
});

const someone = async (facts: Parameters<typeof addPerson>[1] = {}) =>
  signedIn(context.db, await addPerson(context.db, facts));
const inDays = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString();

async function given(
  { db }: AppContext,
  resourceId: string,
  principalId: string,
  level: (typeof accessLevels)[number],
  expiresAt: string | null = null,
  grantedBy: string | null = null,
): Promise<string> {
  const id = newId();
  await db.query(
    `insert into permissions.grant (id, resource_id, principal_id, level, granted_at, expires_at, granted_by)
     values ($1, $2, $3, $4, now(), $5, $6)`,
    [id, resourceId, principalId, levelNumber(level), expiresAt, grantedBy],
  );
  return id;
}

const GRANT = /* GraphQL */ `
  mutation ($input: GrantAccessInput!) {
    grantAccess(input: $input) { id resourceId principalId principalName level expiresAt grantedAt }
  }
`;
interface Granted {
  grantAccess: { id: string; principalName: string; level: string; expiresAt: string | null };
}
const grant = (who: Principal | null, input: Record<string, unknown>, on: Subgraph = subgraph) =>
  ask<Granted>(on, callerOf(who), GRANT, { input: { resourceId: document, ...input } });
const revoke = (who: Principal | null, grantId: string) =>
  ask<{ revokeAccess: boolean }>(
    subgraph,
    callerOf(who),
    "mutation ($id: ID!) { revokeAccess(input: { grantId: $id }) }",
    { id: grantId },
  );
const ENTITIES = /* GraphQL */ `
  query ($refs: [_Any!]!) {
    _entities(representations: $refs) {
      ... on Document { id permissions }
      ... on Folder { id permissions }
    }
  }
`;
const GRANTS = /* GraphQL */ `
  query ($refs: [_Any!]!) {
    _entities(representations: $refs) {
      ... on Document { grants { id resourceId principalName level } }
      ... on Folder { grants { id resourceId principalName level } }
    }
  }
`;
const permissions = async (who: Principal, id: string) => {
  const refs = [{ __typename: "Document", id }];
  const { data } = await ask<{ _entities: { permissions: string[] }[] }>(subgraph, callerOf(who), ENTITIES, {
    refs,
  });
  return data._entities[0]?.permissions;
};
const entries = () =>
  context.db.query<{
    action: string;
    actor_id: string;
    object_kind: string;
    detail: Record<string, unknown>;
  }>("select * from audit.entry where object_id in ($1, $2) order by id", [folder, document]);

describe("giving access", () => {
  it("is in force at once, on the record with it, and voids every decision made before", async () => {
    const before = await readRevision(context.db);
    const told: number[] = [];
    const stop = context.bus.subscribe("permissions.changed", ({ revision }) => told.push(revision));
    const { data, codes } = await grant(manager, { principalId: analyst.userId, level: "EDIT" });
    stop();
    expect(codes).toEqual([]);
    expect(data.grantAccess).toMatchObject({ principalName: "Wong", level: "EDIT", expiresAt: null });
    expect(await permissions(analyst, document)).toEqual(["VIEW", "DOWNLOAD", "COMMENT", "EDIT"]);
    expect(told).toEqual([before + 1]);
    expect(await readRevision(context.db)).toBe(before + 1);
    expect(await entries()).toMatchObject([
      {
        action: "access.granted",
        actor_id: manager.userId,
        object_kind: "DOCUMENT",
        detail: { grantId: data.grantAccess.id, principalId: analyst.userId, level: "EDIT", expiresAt: null },
      },
    ]);
  });

  it("again changes nothing, and another level replaces the first on the record", async () => {
    const wanted = { principalId: analyst.userId, level: "VIEW" };
    const first = await grant(manager, wanted);
    const before = await readRevision(context.db);
    const again = await grant(manager, wanted);
    expect(again.data.grantAccess.id).toBe(first.data.grantAccess.id);
    expect(await readRevision(context.db)).toBe(before);
    const raised = await grant(manager, { ...wanted, level: "COMMENT" });
    expect(raised.data.grantAccess.id).not.toBe(first.data.grantAccess.id);
    const lowered = await grant(manager, { ...wanted, level: "VIEW" });
    expect(lowered.data.grantAccess.level).toBe("VIEW");
    expect(await permissions(analyst, document)).toEqual(["VIEW"]);
    expect((await entries()).map(({ action, detail }) => [action, detail.level])).toEqual([
      ["access.granted", "VIEW"],
      ["access.revoked", "VIEW"],
      ["access.granted", "COMMENT"],
      ["access.revoked", "COMMENT"],
      ["access.granted", "VIEW"],
    ]);
  });

  it("leaves one grant when twenty ask for it at once, also with different levels", async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        grant(manager, { principalId: analyst.userId, level: i % 2 ? "EDIT" : "VIEW" }),
      ),
    );
    const held = await context.db.query(
      "select 1 from permissions.grant where resource_id = $1 and revoked_at is null",
      [document],
    );
    expect(held).toHaveLength(1);
  });

  it("is for those who may manage, and a refusal is explained and recorded", async () => {
    await grant(manager, { principalId: analyst.userId, level: "EDIT" });
    const refused = await grant(analyst, { principalId: guest.userId, level: "VIEW" });
    expect(refused.codes).toEqual(["FORBIDDEN"]);
    expect(refused.errors[0]?.extensions.reasons).toMatchObject([{ id: "level" }]);
    expect((await entries()).at(-1)).toMatchObject({
      action: "access.denied",
      actor_id: analyst.userId,
      detail: { permission: "manage", reasons: ["level"] },
    });
    const unseen = await grant(guest, { principalId: guest.userId, level: "VIEW" });
    expect(unseen.codes).toEqual(["NOT_FOUND"]);
    const nowhere = await grant(manager, { resourceId: newId(), principalId: guest.userId, level: "VIEW" });
    const forged = await grant(manager, { resourceId: "' or 1=1", principalId: guest.userId, level: "VIEW" });
    expect([nowhere, forged].map(({ errors }) => errors[0]?.message)).toEqual(
      Array(2).fill(unseen.errors[0]?.message),
    );
    expect((await grant(null, { principalId: guest.userId, level: "VIEW" })).codes).toEqual([
      "UNAUTHENTICATED",
    ]);
    expect(
      (await grant(manager, { resourceId: FIRM_ID, principalId: guest.userId, level: "VIEW" })).codes,
    ).toEqual(["FORBIDDEN"]);
  });

  it("takes only principals that exist and ends that lie ahead", async () => {
    const left = await addPerson(context.db, { active: false });
    const wrong = [
      { principalId: newId(), level: "VIEW" },
      { principalId: "nobody", level: "VIEW" },
      { principalId: left, level: "VIEW" },
      { principalId: analyst.userId, level: "VIEW", expiresAt: "2020-01-01T00:00:00Z" },
    ];
    for (const input of wrong) expect((await grant(manager, input)).codes).toEqual(["BAD_USER_INPUT"]);
    expect(await entries()).toEqual([]);
  });

  it("to a guest always ends, within ninety days", async () => {
    const days = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString();
    const open = await grant(manager, { principalId: guest.userId, level: "VIEW" });
    const end = Date.parse(open.data.grantAccess.expiresAt ?? "");
    expect(end).toBeGreaterThan(Date.parse(days(GUEST_DAYS - 1)));
    expect(end).toBeLessThanOrEqual(Date.parse(days(GUEST_DAYS)));
    const again = await grant(manager, { principalId: guest.userId, level: "VIEW" });
    expect(again.data.grantAccess.id).toBe(open.data.grantAccess.id);
    const long = await grant(manager, { principalId: guest.userId, level: "VIEW", expiresAt: days(91) });
    expect(long.codes).toEqual(["BAD_USER_INPUT"]);
    const soon = days(3);
    const short = await grant(manager, { principalId: guest.userId, level: "VIEW", expiresAt: soon });
    expect(short.data.grantAccess.expiresAt).toBe(soon);
  });
});

describe("revoking", () => {
  it("ends access at once and is on the record; a second time there is nothing to end", async () => {
    const { data } = await grant(manager, { principalId: analyst.userId, level: "EDIT" });
    const before = await readRevision(context.db);
    expect((await revoke(manager, data.grantAccess.id)).data).toEqual({ revokeAccess: true });
    expect((await revoke(manager, data.grantAccess.id)).data).toEqual({ revokeAccess: false });
    expect(await permissions(analyst, document)).toEqual([]);
    expect(await readRevision(context.db)).toBe(before + 1);
    expect((await entries()).map(({ action }) => action)).toEqual(["access.granted", "access.revoked"]);
  });

  it("does not tell whether a grant exists to those who may not know", async () => {
    expect((await revoke(analyst, managing)).codes).toEqual(["NOT_FOUND"]);
    expect((await revoke(manager, newId())).codes).toEqual(["NOT_FOUND"]);
    expect((await revoke(manager, "forged")).codes).toEqual(["NOT_FOUND"]);
    expect((await revoke(null, managing)).codes).toEqual(["UNAUTHENTICATED"]);
    await given(context, document, analyst.userId, "EDIT");
    const on = await given(context, document, guest.userId, "VIEW");
    expect((await revoke(analyst, on)).codes).toEqual(["FORBIDDEN"]);
  });
});

describe("a manager who loses the right while giving", () => {
  const losses: [string, (who: Principal, grant: string) => [string, unknown[]], string][] = [
    [
      "a grant that is revoked",
      (_, id) => ["update permissions.grant set revoked_at = clock_timestamp() where id = $1", [id]],
      "NOT_FOUND",
    ],
    [
      "a session that ends",
      ({ sessionId }) => [
        "update identity.session set ended_at = clock_timestamp() where id = $1",
        [sessionId],
      ],
      "UNAUTHENTICATED",
    ],
    [
      "a role that may not manage, which is given",
      ({ userId }) => [
        `with named as (
           insert into identity.role (id, name) values ($2, 'risk') on conflict (name) do update set name = excluded.name returning id
         ) insert into identity.user_role (user_id, role_id) select $1, id from named`,
        [userId, newId()],
      ],
      "FORBIDDEN",
    ],
    [
      "a grant that now ends in a minute",
      (_, id) => [
        `with old as (update permissions.grant set revoked_at = clock_timestamp() where id = $1 returning *)
         insert into permissions.grant (id, resource_id, principal_id, level, granted_at, expires_at)
         select $2, resource_id, principal_id, level, now(), clock_timestamp() + interval '1 minute' from old`,
        [id, newId()],
      ],
      "FORBIDDEN",
    ],
  ];
  it.each(losses)("%s: it is found out in the transaction, and nothing is given", async (_, lose, code) => {
    const other = await signedIn(context.db, await addPerson(context.db, { name: "Yip" }));
    const othersGrant = await given(context, folder, other.userId, "MANAGE");
    const holder = await context.db.pool.connect();
    let granting: ReturnType<typeof grant>;
    try {
      await holder.query("begin");
      await holder.query(...lose(other, othersGrant));
      await holder.query("select permissions.conclude()");
      // It was authorised on what was committed then; now it waits for the change.
      granting = grant(other, { principalId: analyst.userId, level: "EDIT", expiresAt: inDays(1) });
      await waiting(context);
      await holder.query("commit");
    } finally {
      holder.release();
    }
    expect((await granting).codes).toEqual([code]);
    expect(await permissions(analyst, document)).toEqual([]);
    expect((await entries()).map(({ action }) => action)).toEqual(["access.denied"]);
  });

  it("two managers who each end the other's right at once: one of them loses", async () => {
    const [a, b] = [await someone(), await someone()];
    const [ofA, ofB] = [
      await given(context, folder, a.userId, "MANAGE"),
      await given(context, folder, b.userId, "MANAGE"),
    ];
    const [byA, byB] = await Promise.all([revoke(a, ofB), revoke(b, ofA)]);
    expect([byA.codes, byB.codes].map(([code]) => code ?? "done").sort()).toEqual(["NOT_FOUND", "done"]);
  });
});

describe("nobody gives more than they hold", () => {
  /** Somebody with these rights on the folder; those of a department and a role among them. */
  async function holding(...rights: [level: (typeof accessLevels)[number], ends: string | null][]) {
    const department = newId();
    await context.db.query("insert into identity.department (id, name) values ($1, 'Desk')", [department]);
    const who = await someone({ departmentId: department, roles: [`role of ${department}`] });
    const [role] = await context.db.query<{ id: string }>("select id from identity.role where name = $1", [
      `role of ${department}`,
    ]);
    const through = [who.userId, department, role!.id];
    for (const [index, [level, ends]] of rights.entries())
      await given(context, folder, through[index % 3]!, level, ends);
    return who;
  }
  const reasons = ({ errors }: Awaited<ReturnType<typeof grant>>) =>
    errors.flatMap(({ extensions }) => (extensions.reasons as { id: string }[]).map(({ id }) => id));

  it("for longer: a manager for an hour makes nobody a manager for ever, themselves neither", async () => {
    const hour = inDays(1 / 24);
    const who = await holding(["MANAGE", hour]);
    for (const principalId of [who.userId, analyst.userId])
      for (const [expiresAt, resourceId] of [
        [inDays(1), document],
        [inDays(1), folder],
        ["9999-12-31T00:00:00Z", folder],
        [new Date(Date.parse(hour) + 1).toISOString(), folder],
      ] as const) {
        const refused = await grant(who, { principalId, level: "VIEW", expiresAt, resourceId });
        expect([refused.codes, reasons(refused)]).toEqual([["FORBIDDEN"], ["own-end"]]);
      }
    expect((await entries()).map(({ action, detail }) => [action, detail.reasons])).toEqual(
      Array(8).fill(["access.denied", ["own-end"]]),
    );
    // What is not said to end, ends with the giver's right; so does a guest's.
    for (const { userId } of [analyst, guest, who]) {
      const { data } = await grant(who, { principalId: userId, level: "MANAGE" });
      expect(data.grantAccess.expiresAt).toBe(hour);
    }
    // Nor by way of somebody whom they made a manager, or a department and a role of theirs.
    const back = await grant(analyst, { principalId: who.userId, level: "MANAGE", expiresAt: inDays(1) });
    expect(back.codes).toEqual(["FORBIDDEN"]);
  });

  it("as long as the longest of their rights that includes the level, by whatever way it is theirs", async () => {
    const [hour, day, week] = [inDays(1 / 24), inDays(1), inDays(7)];
    const who = await holding(["MANAGE", hour], ["EDIT", week], ["COMMENT", day], ["VIEW", null]);
    const ends = async (level: string) =>
      (await grant(who, { principalId: analyst.userId, level, resourceId: document })).data.grantAccess
        .expiresAt;
    expect(await ends("VIEW")).toBe(null);
    await context.db.query("update permissions.grant set revoked_at = now() where resource_id = $1", [
      document,
    ]);
    for (const [level, end] of [
      ["DOWNLOAD", week],
      ["COMMENT", week],
      ["EDIT", week],
      ["MANAGE", hour],
    ] as const)
      expect(await ends(level)).toBe(end);
  });

  it("and not beyond the end of their account", async () => {
    const ends = new Date(Date.now() + 3_600_000);
    const who = await someone({ expiresAt: ends });
    await context.db.query("update identity.user set expires_at = $2 where id = $1", [who.userId, ends]);
    await given(context, folder, who.userId, "MANAGE");
    const given_ = await grant(who, { principalId: analyst.userId, level: "EDIT" });
    expect(given_.data.grantAccess.expiresAt).toBe(ends.toISOString());
    const refused = await grant(who, { principalId: guest.userId, level: "VIEW", expiresAt: inDays(1) });
    expect(reasons(refused)).toEqual(["own-end"]);
  });

  it("and nothing that a policy keeps from them", async () => {
    const trader = await someone({ roles: ["trader"] });
    await given(context, folder, trader.userId, "MANAGE");
    expect((await grant(trader, { principalId: analyst.userId, level: "VIEW" })).codes).toEqual([]);
    for (const level of ["DOWNLOAD", "EDIT", "MANAGE"]) {
      const refused = await grant(trader, { principalId: analyst.userId, level });
      expect(reasons(refused)).toEqual(["own-level"]);
      expect(refused.errors[0]?.message).toContain("Traders view");
    }
  });

  it("nor ends or replaces what somebody else gave that is stronger or lasts longer", async () => {
    const hour = inDays(1 / 24);
    const who = await holding(["MANAGE", hour]);
    const lasting = await given(context, folder, analyst.userId, "VIEW", null, manager.userId);
    const longer = await given(context, document, analyst.userId, "VIEW", inDays(1), manager.userId);
    const shorter = await given(context, document, guest.userId, "VIEW", hour, manager.userId);
    for (const id of [managing, lasting, longer]) {
      const refused = await revoke(who, id);
      expect(refused.codes).toEqual(["FORBIDDEN"]);
    }
    // A lower level, the same for longer, or a higher one for shorter would end it as well.
    for (const [principalId, resourceId, level] of [
      [manager.userId, folder, "VIEW"],
      [analyst.userId, folder, "MANAGE"],
      [analyst.userId, document, "VIEW"],
    ] as const) {
      const refused = await grant(who, { principalId, resourceId, level });
      expect([refused.codes, reasons(refused)]).toEqual([["FORBIDDEN"], ["own-weaker"]]);
    }
    const held = await context.db.query(
      "select from permissions.grant where id = any ($1) and revoked_at is null",
      [[managing, lasting, longer]],
    );
    expect(held).toHaveLength(3);
    expect((await entries()).every(({ action }) => action === "access.denied")).toBe(true);
    expect((await revoke(who, shorter)).data).toEqual({ revokeAccess: true });
    // What they gave when their right was longer they may take back.
    const own = await given(context, document, guest.userId, "EDIT", inDays(2), who.userId);
    expect((await revoke(who, own)).data).toEqual({ revokeAccess: true });
    // Whoever holds it for ever may end anything.
    expect((await revoke(manager, longer)).data).toEqual({ revokeAccess: true });
  });

  it("whatever random managers try: nobody's right grows by what they do", async () => {
    for (const seed of seeds(3)) {
      const random = draws(seed);
      const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
      const ends = [inDays(1 / 24), inDays(1), inDays(7), null];
      const people: Principal[] = [];
      for (let n = 0; n < 4; n++) people.push(await holding([pick(["EDIT", "MANAGE"]), pick(ends)]));
      const resources = [folder, document];
      const reach = async () => {
        const rows = await context.db.query<{ level: number; ends: Date | null }>(
          `select p.level, max(coalesce(least(g.expires_at, u.expires_at), 'infinity')) as ends
           from generate_series(1, 5) p (level)
           join permissions.grant g on g.level >= p.level and g.revoked_at is null and g.resource_id in ($2, $3)
           join identity.user u on u.id = any ($1)
           join identity.acts_as(u.id) a on a.principal_id = g.principal_id
           group by p.level order by p.level`,
          [people.map(({ userId }) => userId), folder, document],
        );
        return rows.map(({ ends }) => Number(ends));
      };
      // All of them together hold no more, and none for longer, than the one of them who held most.
      const before = await reach();
      const outsiders = [manager.userId, analyst.userId];
      for (let n = 0; n < 40; n++) {
        const who = pick(people);
        if (random(3) === 0) {
          const [some] = await context.db.query<{ id: string }>(
            "select id from permissions.grant where resource_id = any ($1) and revoked_at is null order by id offset $2 limit 1",
            [resources, random(6)],
          );
          if (some) await revoke(who, some.id);
        } else {
          const principalId = pick([...people.map(({ userId }) => userId), ...outsiders]);
          await grant(who, {
            principalId,
            resourceId: pick(resources),
            level: pick(["VIEW", "EDIT", "MANAGE"]),
            expiresAt: pick([...ends, inDays(3)]),
          });
        }
      }
      const after = await reach();
      for (const [index, end] of after.entries())
        expect(end, `seed ${seed}, level ${index + 1}`).toBeLessThanOrEqual(
          before[index] ?? Number.NEGATIVE_INFINITY,
        );
    }
  });
});

describe("access to the whole firm", () => {
  const FIRM_GRANT = /* GraphQL */ `
    mutation ($input: GrantFirmAccessInput!) {
      grantFirmAccess(input: $input) { id resourceId principalName level expiresAt }
    }
  `;
  const FIRM_GRANTS = "{ firmGrants { id principalName level } }";
  interface FirmGranted {
    grantFirmAccess: { id: string; resourceId: string; level: string };
  }
  const grantFirm = (who: Principal | null, input: Record<string, unknown>) =>
    ask<FirmGranted>(subgraph, callerOf(who), FIRM_GRANT, { input });

  it("is given, shown and withdrawn by administrators, on the record", async () => {
    const admin = await someone({ roles: ["admin"] });
    const reader = await someone({ name: "Tse" });
    const before = await permissions(reader, document);
    const { data, codes } = await grantFirm(admin, { principalId: reader.userId, level: "VIEW" });
    expect([before, codes, data.grantFirmAccess.resourceId]).toEqual([[], [], FIRM_ID]);
    const { id } = data.grantFirmAccess;
    expect(await permissions(reader, document)).toEqual(["VIEW"]);
    const shown = await ask<{ firmGrants: { id: string }[] }>(subgraph, callerOf(admin), FIRM_GRANTS);
    expect(shown.data.firmGrants).toContainEqual({ id, principalName: "Tse", level: "VIEW" });
    expect((await revoke(admin, id)).data).toEqual({ revokeAccess: true });
    expect(await permissions(reader, document)).toEqual([]);
    // By the id of the firm as well.
    const again = await grant(admin, { resourceId: FIRM_ID, principalId: reader.userId, level: "VIEW" });
    expect((await revoke(admin, again.data.grantAccess.id)).data).toEqual({ revokeAccess: true });
    const recorded = await context.db.query(
      "select action, object_kind from audit.entry where actor_id = $1 and action ~ '^access.(granted|revoked)' order by id",
      [admin.userId],
    );
    expect(recorded).toEqual(
      ["access.granted", "access.revoked", "access.granted", "access.revoked"].map((action) => ({
        action,
        object_kind: "FIRM",
      })),
    );
  });

  it("is refused to everybody else, whatever they were granted, in plain words and on the record", async () => {
    const owner = await someone();
    const granted = await given(context, FIRM_ID, owner.userId, "MANAGE");
    const guestAdmin = await someone({ kind: "GUEST", roles: ["admin"] });
    const others = [await someone({ roles: ["manager"] }), await someone({ kind: "GUEST" })];
    for (const who of [owner, ...others, guestAdmin]) {
      const answers = [
        await grantFirm(who, { principalId: who.userId, level: "VIEW" }),
        await grant(who, { resourceId: FIRM_ID, principalId: who.userId, level: "VIEW" }),
        await revoke(who, granted),
        await ask(subgraph, callerOf(who), FIRM_GRANTS),
      ];
      for (const { codes, errors } of answers) {
        expect(codes).toEqual(["FORBIDDEN"]);
        const said = JSON.stringify(errors);
        expect(said).not.toMatch(/cedar|Action::|Firm::|appliesTo|policy-error|`/i);
      }
      const denied = await context.db.query(
        "select from audit.entry where actor_id = $1 and action = 'access.denied' and object_id = $2",
        [who.userId, FIRM_ID],
      );
      expect(denied).toHaveLength(answers.length);
    }
    expect((await grantFirm(null, { principalId: analyst.userId, level: "VIEW" })).codes).toEqual([
      "UNAUTHENTICATED",
    ]);
    await context.db.query("update permissions.grant set revoked_at = now() where id = $1", [granted]);
  });
});

/** Resolves when some statement waits for a lock. */
async function waiting({ db }: AppContext): Promise<void> {
  const sql =
    "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
  while ((await db.query(sql)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("seeing access", () => {
  it("decides fifty documents and folders from one read", async () => {
    const ids = Array.from({ length: 50 }, () => newId());
    await context.db.transaction(async (tx) => {
      for (const id of ids) await placeResource(tx, { id, parentId: folder, kind: "DOCUMENT" });
    });
    const refs = [
      ...ids.map((id) => ({ __typename: "Document", id })),
      { __typename: "Folder", id: folder },
      { __typename: "Document", id: newId() },
      { __typename: "Document", id: "forged" },
    ];
    const before = context.db.statements;
    const { data } = await ask<{ _entities: { permissions: string[] }[] }>(
      subgraph,
      callerOf(manager),
      ENTITIES,
      { refs },
    );
    expect(context.db.statements - before).toBe(1);
    expect(data._entities.map((entity) => entity.permissions.length)).toEqual([...Array(51).fill(5), 0, 0]);
    const listed = context.db.statements;
    const { data: seen } = await ask<{ _entities: { grants: unknown[] }[] }>(
      subgraph,
      callerOf(manager),
      GRANTS,
      { refs: refs.slice(0, 51) },
    );
    expect(seen._entities.every(({ grants }) => grants.length === 1)).toBe(true);
    // One decision, one entry for each, one read of paths, one of grants, one of names.
    expect(context.db.statements - listed).toBe(5);
    const [read] = await context.db.query<{ n: number }>(
      "select count(*)::int as n from audit.entry where action = 'access.listed' and object_id = any ($1)",
      [ids],
    );
    expect(read?.n).toBe(50);
  });

  it("shows who reaches a document, also by the folder above, to those who may manage it", async () => {
    await grant(manager, { principalId: analyst.userId, level: "EDIT" });
    const refs = [{ __typename: "Document", id: document }];
    const { data } = await ask(subgraph, callerOf(manager), GRANTS, { refs });
    expect(data).toMatchObject({
      _entities: [
        {
          grants: [
            { resourceId: document, principalName: "Wong", level: "EDIT" },
            { resourceId: folder, principalName: "Lam", level: "MANAGE" },
          ],
        },
      ],
    });
    expect((await ask(subgraph, callerOf(analyst), GRANTS, { refs })).codes).toEqual(["FORBIDDEN"]);
    expect((await ask(subgraph, callerOf(guest), GRANTS, { refs })).codes).toEqual(["NOT_FOUND"]);
    expect((await ask(subgraph, callerOf(null), ENTITIES, { refs })).codes).toEqual(["UNAUTHENTICATED"]);
  });
});
