import { randomUUID } from "node:crypto";
import { createLogger } from "@onrecord/core/log";
import { Random, seeds } from "@onrecord/core/testing/random";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareAppliedMigrations } from "./applied-migrations.js";
import { Database, type Sql } from "./database.js";
import { listMigrations, migrate, runMigration } from "./migrate.js";
import { type Firm, FirmModel } from "./testing/firm-model.js";
import { freshDatabase, runAsOwner } from "./testing/fresh-database.js";

const log = createLogger("silent");
const resources = new AsyncDisposableStack();
let adminUrl: string;
let owner: Database;
let reader: Database;
beforeAll(async () => {
  ({ adminUrl } = resources.use(await freshDatabase()));
  owner = resources.use(new Database(adminUrl, { log, max: 6 }));
  reader = resources.use(new Database(adminUrl, { log, max: 2, role: "onrecord_permissions" }));
});
afterAll(() => resources.disposeAsync());

const clock = async (sql: Sql) =>
  (await sql.query<{ now: string }>("select clock_timestamp()::text as now"))[0]!.now;

/** What the functions say of a time, in the form of the model. */
async function firmAt(sql: Sql, { users, resources }: Firm, at: string): Promise<Firm> {
  const members = await sql.query<{ id: string; member: Firm["users"][string] | null }>(
    `select u.id, (
       select jsonb_build_object(
         'active', m.active,
         'roles', (select coalesce(jsonb_agg(r.name order by r.name), '[]') from identity.roles_at(u.id, $2) r),
         'departments', (select coalesce(jsonb_agg(d.name order by d.depth), '[]') from identity.departments_at(u.id, $2) d)
       ) from identity.member_at(u.id, $2) m
     ) as member from unnest($1::uuid[]) u (id)`,
    [Object.keys(users), at],
  );
  const places = await sql.query<{ id: string; place: Firm["resources"][string] }>(
    `select r.id, (
       select coalesce(jsonb_agg(jsonb_build_object('id', p.resource_id, 'labels', p.labels) order by p.depth), '[]') from permissions.places_at(r.id, $2) p
     ) as place from unnest($1::uuid[]) r (id)`,
    [Object.keys(resources), at],
  );
  return {
    users: Object.fromEntries(members.map(({ id, member }) => [id, member])),
    resources: Object.fromEntries(places.map(({ id, place }) => [id, place])),
  };
}

describe("what was true at a past second", () => {
  it.each(seeds(3))("is what a model of random changes remembers (seed %i)", async (seed) => {
    const random = new Random(seed);
    const model = new FirmModel(random);
    const moments: { at: string; firm: Firm }[] = [{ at: await clock(owner), firm: model.told() }];
    for (let step = 0; step < 60; step++) {
      const before = model.copy();
      const kept = random.chance(0.85);
      const work = owner.transaction(async (tx) => {
        for (let change = random.int(1, 5); change > 0; change--) await model.change(tx);
        if (!kept) throw new RangeError("taken back");
      });
      if (kept) await work;
      else {
        await expect(work).rejects.toThrow("taken back");
        model.become(before);
      }
      moments.push({ at: await clock(owner), firm: model.told() });
    }
    // Of those that came later, nothing was there yet.
    const all = model.told();
    for (const { at, firm } of moments) {
      const expected: Firm = {
        users: Object.fromEntries(Object.keys(all.users).map((id) => [id, firm.users[id] ?? null])),
        resources: Object.fromEntries(Object.keys(all.resources).map((id) => [id, firm.resources[id] ?? []])),
      };
      expect(await firmAt(reader, all, at)).toEqual(expected);
    }
    const acts = await reader.query<{ same: boolean }>(
      `select (select array_agg(a.principal_id order by a.principal_id) from identity.acts_as(u.id) a)
            = (select array_agg(a.principal_id order by a.principal_id) from identity.acts_as_at(u.id, clock_timestamp()) a) as same
       from identity.user u`,
    );
    expect(acts.every(({ same }) => same)).toBe(true);
  });

  it("changes in one moment with all that one transaction changes, and says what the record says of it", async () => {
    const [user, role, department, entry, other] = Array.from({ length: 5 }, () => randomUUID());
    await owner.query("insert into identity.role (id, name) values ($1::uuid, $1::uuid::text)", [role]);
    await owner.query("insert into identity.department (id, name) values ($1, 'One')", [department]);
    await owner.transaction(async (tx) => {
      await tx.query(
        "insert into identity.user (id, email, name, kind, created_at) values ($1::uuid, $1::uuid::text, 'A', 'EMPLOYEE', now())",
        [user],
      );
      await tx.query("select pg_sleep(0.01)");
      await tx.query("update identity.user set department_id = $2 where id = $1", [user, department]);
      await tx.query("insert into identity.user_role (user_id, role_id) values ($1, $2)", [user, role]);
      // About it, and behind it one about something else.
      for (const [id, object] of [
        [entry, user],
        [other, randomUUID()],
      ])
        await tx.query(
          "insert into audit.entry (id, action, actor_kind, request_id, object_kind, object_id, outcome, detail) values ($1, 'user.created', 'SYSTEM', 'r', 'USER', $2, 'ALLOWED', '{}')",
          [id, object],
        );
    });
    const rows = await owner.query<{ moments: number; periods: number; entries: string[] }>(
      `select count(distinct p.since)::int as moments, count(*)::int as periods, array_agg(distinct p.from_entry) as entries
       from (select user_id, since, from_entry from identity.user_period union all select user_id, since, from_entry from identity.user_role_period) p
       where p.user_id = $1`,
      [user],
    );
    expect(rows).toEqual([{ moments: 1, periods: 2, entries: [entry] }]);
  });

  it("has no gap and no overlap where many change the same at once", async () => {
    const user = randomUUID();
    const departments = Array.from({ length: 5 }, () => randomUUID());
    for (const id of departments)
      await owner.query("insert into identity.department (id, name) values ($1, 'D')", [id]);
    await owner.query(
      "insert into identity.user (id, email, name, kind, created_at) values ($1::uuid, $1::uuid::text, 'A', 'EMPLOYEE', now())",
      [user],
    );
    const random = new Random(seeds(1)[0]!);
    const others = Array.from({ length: 5 }, () => random.branch());
    await Promise.all(
      others.map(async (own) => {
        for (let i = 0; i < 20; i++)
          await owner
            .transaction(async (tx) => {
              if (own.chance(0.5))
                await tx.query("update identity.department set name = $1 where id = $2", [
                  own.word(),
                  departments[0],
                ]);
              await tx.query("update identity.user set department_id = $2 where id = $1", [
                user,
                own.pick(departments),
              ]);
            })
            .catch((error: { code?: string }) => expect(error.code).toBe("40P01"));
      }),
    );
    const periods = await owner.query<{ fits: boolean; open: boolean; now: boolean }>(
      `select p.since = lag(p.until, 1, p.since) over (order by p.since) as fits, p.until is null as open, u.department_id is not distinct from p.department_id as now
       from identity.user_period p join identity.user u on u.id = p.user_id where p.user_id = $1 order by p.since`,
      [user],
    );
    expect(periods.length).toBeGreaterThan(10);
    expect(periods.every(({ fits }) => fits)).toBe(true);
    expect(periods.filter(({ open }) => open)).toHaveLength(1);
    expect(periods.at(-1)).toMatchObject({ open: true, now: true });
  });

  it("is kept of what a node of the build before changes in place", async () => {
    await using before = new Database(adminUrl, { log, max: 1, role: "onrecord_app" });
    const [user, department] = [randomUUID(), randomUUID()];
    await before.query("insert into identity.department (id, name) values ($1, 'Sales')", [department]);
    await before.query(
      "insert into identity.user (id, email, name, kind, created_at) values ($1::uuid, $1::uuid::text, 'A', 'EMPLOYEE', now())",
      [user],
    );
    const at = await clock(owner);
    await before.query("update identity.user set department_id = $2 where id = $1", [user, department]);
    const firm: Firm = { users: { [user]: null }, resources: {} };
    const told = async (when: string) => (await firmAt(reader, firm, when)).users[user]?.departments;
    expect(await told(at)).toEqual([]);
    expect(await told(await clock(owner))).toEqual(["Sales"]);
  });

  it("begins with what the build before kept, as far back as is known", async () => {
    const { adminUrl: url } = resources.use(await freshDatabase({ migrated: false }));
    await using db = new Database(url, { log, max: 1 });
    await db.query("create schema onrecord");
    await prepareAppliedMigrations(db);
    for (const name of (await listMigrations()).filter((name) => name < "025"))
      await db.transaction((tx) => runMigration(tx, name));
    const [user, department, role, folder] = Array.from({ length: 4 }, () => randomUUID());
    await runAsOwner(
      url,
      `insert into identity.department (id, name) values ('${department}', 'Dealing');
       insert into identity.role (id, name) values ('${role}', 'trader');
       insert into identity.user (id, email, name, kind, department_id, created_at) values ('${user}', 'a@example.test', 'A', 'EMPLOYEE', '${department}', '2024-03-01Z');
       insert into identity.user_role values ('${user}', '${role}');
       insert into documents.folder (id, name, created_at) values ('${folder}', 'F', '2024-04-01Z');
       insert into permissions.resource (id, parent_id, kind) select '${folder}', id, 'FOLDER' from permissions.resource where kind = 'FIRM'`,
    );
    await migrate(url, log);
    const firm: Firm = { users: { [user!]: null }, resources: { [folder!]: [] } };
    expect(await firmAt(db, firm, "2024-02-28Z")).toEqual(firm);
    const after = await firmAt(db, firm, "2024-04-02Z");
    expect(after.users[user!]).toEqual({ active: true, roles: ["trader"], departments: ["Dealing"] });
    expect(after.resources[folder!]?.map(({ id }) => id)[0]).toBe(folder);
    expect(after.resources[folder!]).toHaveLength(2);
  });

  it("stays what it was, for owners too, and whoever forges the moment moves it within the transaction at most", async () => {
    for (const text of [
      "update identity.user_period set department_id = null, until = now() where until is null",
      "update identity.user_period set until = null where until is not null",
      "delete from identity.user_period",
      "truncate identity.user_role_period",
      "delete from permissions.place_period",
    ])
      await expect(runAsOwner(adminUrl, text), text).rejects.toMatchObject({ code: "42501" });
    const role = randomUUID();
    await owner.transaction(async (tx) => {
      await tx.query("select set_config('onrecord.moment', '2020-01-01 00:00:00+00', true)");
      await tx.query("insert into identity.role (id, name) values ($1::uuid, $1::uuid::text)", [role]);
    });
    const [kept] = await owner.query<{ late: boolean }>(
      "select since > now() - interval '1 minute' as late from identity.role_period where role_id = $1",
      [role],
    );
    expect(kept?.late).toBe(true);
  });
});
