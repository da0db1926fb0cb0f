import type { AppContext } from "@onrecord/context/context";
import { newId } from "@onrecord/core/ids";
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
  const someone = async (facts: Parameters<typeof addPerson>[1]) =>
    signedIn(context.db, await addPerson(context.db, facts));
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

async function given(
  { db }: AppContext,
  resourceId: string,
  principalId: string,
  level: (typeof accessLevels)[number],
): Promise<string> {
  const id = newId();
  await db.query(
    `insert into permissions.grant (id, resource_id, principal_id, level, granted_at) values ($1, $2, $3, $4, now())`,
    [id, resourceId, principalId, levelNumber(level)],
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

describe("a manager who loses the right while deciding", () => {
  it("finds out under the lock when the revocation commits between decision and write", async () => {
    const other = await signedIn(context.db, await addPerson(context.db, { name: "Yip" }));
    const othersGrant = await given(context, folder, other.userId, "MANAGE");
    const { pool } = context.db;
    const holder = await pool.connect();
    try {
      // The row that a change of access waits for after it was authorised.
      await holder.query("begin");
      await holder.query("select 1 from permissions.resource where id = $1 for update", [document]);
      const granting = grant(other, { principalId: analyst.userId, level: "EDIT" });
      await waiting(context);
      expect((await revoke(manager, othersGrant)).data).toEqual({ revokeAccess: true });
      await holder.query("commit");
      expect((await granting).codes).toEqual(["NOT_FOUND"]);
    } finally {
      holder.release();
    }
    expect(await permissions(analyst, document)).toEqual([]);
    expect((await entries()).map(({ action }) => action)).toEqual(["access.revoked", "access.denied"]);
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
