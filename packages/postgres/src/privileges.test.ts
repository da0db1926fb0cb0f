import { createLogger } from "@onrecord/core/log";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Database } from "./database.js";
import { freshDatabase } from "./testing/fresh-database.js";

/**
 * What every role may do with every table, column, sequence and function, beside what its members inherit, as a list that is committed:
 * `privileges.txt`. What is new and is not in the list fails here. Read what has changed before you let `vitest -u` write it.
 */
const resources = new AsyncDisposableStack();
let db: Database;
beforeAll(async () => {
  const { adminUrl } = resources.use(await freshDatabase());
  db = resources.use(new Database(adminUrl, { log: createLogger("silent"), max: 1 }));
});
afterAll(() => resources.disposeAsync());

/** One row for each privilege that was given: on a whole relation, on some of its columns, or to call a function. */
const GIVEN = `
  with schemas as (
    select oid, nspname from pg_namespace where nspname in ('onrecord', 'identity', 'permissions', 'documents', 'audit')
  ), relations as (
    select c.oid, format('%s.%s', s.nspname, c.relname) as name, c.relkind, c.relacl, c.relowner
    from pg_class c join schemas s on s.oid = c.relnamespace where c.relkind in ('r', 'v', 'm', 'f', 'p', 'S')
  ), given as (
    select r.name as object, a.grantee, lower(a.privilege_type) as privilege
    from relations r cross join lateral aclexplode(r.relacl) a where a.grantee <> r.relowner
    union all
    select r.name, a.grantee, lower(a.privilege_type) || '(' || string_agg(t.attname, ', ' order by t.attname) || ')'
    from relations r join pg_attribute t on t.attrelid = r.oid and t.attnum > 0 and not t.attisdropped
    cross join lateral aclexplode(t.attacl) a group by r.name, a.grantee, a.privilege_type
    union all
    select s.nspname || '.' || p.proname || '()' || case when p.prosecdef then ' as its owner' else '' end, a.grantee, 'execute'
    from pg_proc p join schemas s on s.oid = p.pronamespace
    cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee <> p.proowner
    union all
    select 'schema ' || s.nspname, a.grantee, lower(a.privilege_type)
    from schemas s join pg_namespace n on n.oid = s.oid cross join lateral aclexplode(n.nspacl) a where a.grantee <> n.nspowner
  )
  select object, case when grantee = 0 then 'everybody' else grantee::regrole::text end as role,
    string_agg(privilege, ', ' order by privilege) as privileges
  from given group by 1, 2 order by 1, 2`;

const EVERYTHING = `
  select format('%s.%s', n.nspname, c.relname) as object
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('onrecord', 'identity', 'permissions', 'documents', 'audit') and c.relkind in ('r', 'v', 'm', 'f', 'p', 'S')
  union
  select n.nspname || '.' || p.proname || '()' || case when p.prosecdef then ' as its owner' else '' end
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('onrecord', 'identity', 'permissions', 'documents', 'audit')
  order by 1`;

const ROLES = `
  select r.rolname as role, r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls as power,
    (select coalesce(string_agg(g.rolname, ', ' order by g.rolname), '') from pg_auth_members m join pg_roles g on g.oid = m.roleid where m.member = r.oid) as member,
    (select count(*) from pg_class c where c.relowner = r.oid) + (select count(*) from pg_proc p where p.proowner = r.oid) as owns
  from pg_roles r where r.rolname ~ '^onrecord_' and r.rolname <> current_user order by 1`;

it("gives every role what the list says, and nothing that it does not say", async () => {
  const given = await db.query<{ object: string; role: string; privileges: string }>(GIVEN);
  const everything = await db.query<{ object: string }>(EVERYTHING);
  const roles = await db.query<{ role: string; power: boolean; member: string; owns: number }>(ROLES);
  expect(roles.filter(({ power, owns }) => power || owns > 0)).toEqual([]);
  const objects = new Set([...everything, ...given].map(({ object }) => object));
  const lines = [...objects].sort().flatMap((object) => {
    const to = given.filter((row) => row.object === object);
    return [
      object,
      ...(to.length > 0 ? to.map(({ role, privileges }) => `  ${role}: ${privileges}`) : ["  nobody"]),
    ];
  });
  const members = roles.map(({ role, member }) => `${role}: ${member || "no other role"}`);
  const text = `${[...members, "", ...lines].join("\n")}\n`;
  await expect(text).toMatchFileSnapshot("privileges.txt");
});

it("leaves the clock and the order of the record to the database, for every role", async () => {
  const rows = await db.query<{ role: string; columns: string[] }>(
    `select r.rolname as role, array_agg(format('%s.%s', c.oid::regclass, t.attname)) as columns
     from pg_roles r cross join pg_class c join pg_attribute t on t.attrelid = c.oid and t.attnum > 0
     where r.rolname ~ '^onrecord_' and not r.rolsuper
       and (c.oid, t.attname) in (values ('audit.entry'::regclass, 'at'::name), ('audit.entry'::regclass, 'txid'::name))
       and (has_column_privilege(r.oid, c.oid, t.attnum, 'insert') or has_column_privilege(r.oid, c.oid, t.attnum, 'update'))
     group by 1`,
  );
  expect(rows).toEqual([]);
});
