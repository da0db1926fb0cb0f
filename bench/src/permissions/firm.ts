import { createHash } from "node:crypto";
import { FIRM_ID, levelNumber } from "@onrecord/policy/levels";
import type pg from "pg";
import type { Size } from "./size.js";

/** An id that this benchmark always gives to the same thing. */
export function idOf(kind: string, number: number): string {
  const hex = createHash("md5").update(`${kind} ${number}`).digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The session token of a person who has one. */
export function tokenOf(person: number): string {
  return `permissions-bench-session-${person}`;
}

/** The person who may manage the whole firm, and open folders at the top. */
export const MANAGER = 0;
/** The people who type, and those who have an editor open, by number. Three of four editors are in the team, one has the role. */
export const writersOf = ({ writers }: Size) => range(1, writers);
export const editorsOf = ({ writers, editors }: Size) => range(1 + writers, editors);
export const isInTeam = (editor: number) => editor % 4 !== 0;

/** The department at the top whose people, down to the fifth level, are the team. */
export const TEAM = idOf("department 0", 0);
/** The role by which the other editors may edit. */
export const ROLE = idOf("role", 0);
/** The role that is given to a person or to thousands in a round. */
export const importRole = (round: number) => idOf("import role", round);

/** One department with its place. */
interface Department {
  readonly id: string;
  readonly parentId: string | null;
  readonly level: number;
  readonly inTeam: boolean;
}

/** Departments of five levels; those of each level are spread evenly over the level above. */
export function departmentsOf({ departments: counts }: Size): Department[] {
  const all: Department[][] = [];
  for (const [level, count] of counts.entries()) {
    const above = all[level - 1];
    all.push(
      range(0, count).map((index) => {
        const parent = above?.[index % above.length];
        const id = idOf(`department ${level}`, index);
        return { id, parentId: parent?.id ?? null, level, inTeam: parent?.inTeam ?? index === 0 };
      }),
    );
  }
  return all.flat();
}

/** Fills the database with people, departments, roles and sessions, a statement for each kind. */
export async function addPeople(sql: pg.Client, size: Size, rounds: number): Promise<void> {
  const departments = departmentsOf(size);
  await sql.query(
    `insert into identity.department (id, name, parent_id)
     select id, 'Department ' || id, parent from unnest($1::uuid[], $2::uuid[]) as d (id, parent)`,
    [departments.map(({ id }) => id), departments.map(({ parentId }) => parentId)],
  );
  const team = departments.filter(({ inTeam, level }) => inTeam && level === size.departments.length - 1);
  const others = departments.filter(({ inTeam }) => !inTeam);
  const editors = new Set(editorsOf(size));
  const people = range(0, size.people).map((number) => {
    const from = editors.has(number) && isInTeam(number) ? team : others;
    return { id: idOf("person", number), departmentId: from[number % from.length]!.id };
  });
  await sql.query(
    `insert into identity.user (id, email, name, kind, department_id, created_at)
     select id, id || '@bench.onrecord.test', 'Person ' || id, 'EMPLOYEE', department, now()
     from unnest($1::uuid[], $2::uuid[]) as p (id, department)`,
    [people.map(({ id }) => id), people.map(({ departmentId }) => departmentId)],
  );
  const roles = [
    ...range(0, size.roles).map((number) => idOf("role", number)),
    ...range(1, 2 * rounds).map(importRole),
  ];
  await sql.query(
    "insert into identity.role (id, name) select id, 'Role ' || id from unnest($1::uuid[]) as r (id)",
    [roles],
  );
  const held = people.flatMap(({ id }, number) => {
    // Editors have nothing besides what is revoked: they would go on as readers.
    if (editors.has(number)) return isInTeam(number) ? [] : [{ id, role: ROLE }];
    const two = [1 + (number % (size.roles - 1)), 1 + ((number + 7) % (size.roles - 1))];
    return two.map((role) => ({ id, role: idOf("role", role) }));
  });
  await sql.query(
    "insert into identity.user_role (user_id, role_id) select * from unnest($1::uuid[], $2::uuid[])",
    [held.map(({ id }) => id), held.map(({ role }) => role)],
  );
  await sql.query(
    `with opener as (insert into identity.role (id, name) values ($1, 'manager') returning id)
     insert into identity.user_role (user_id, role_id) select $2, id from opener`,
    [idOf("opener", 0), idOf("person", MANAGER)],
  );
  const signedIn = [MANAGER, ...writersOf(size), ...editors];
  await sql.query(
    `insert into identity.session (id, token_hash, user_id, kind, created_at, expires_at)
     select gen_random_uuid(), sha256(convert_to(token, 'UTF8')), person, 'BROWSER', now(), now() + interval '12 hours'
     from unnest($1::uuid[], $2::text[]) as s (person, token)`,
    [signedIn.map((number) => idOf("person", number)), signedIn.map(tokenOf)],
  );
  await addGrants(sql, [{ resource: FIRM_ID, principal: idOf("person", MANAGER), level: "MANAGE" }]);
}

/** A grant to be. */
interface NewGrant {
  readonly resource: string;
  readonly principal: string;
  readonly level: "VIEW" | "COMMENT" | "EDIT" | "MANAGE";
}

/** Gives what a firm's people have: departments and roles see folders, some people comment on documents, the writers edit. */
export async function addUsualGrants(
  sql: pg.Client,
  size: Size,
  top: string,
  folders: readonly string[],
  documents: readonly string[],
): Promise<void> {
  const others = departmentsOf(size).filter(({ inTeam }) => !inTeam);
  const editors = new Set(editorsOf(size));
  const folder = (index: number) => folders[index % folders.length]!;
  const grants: NewGrant[] = [
    ...others.map(({ id }, index) => ({ resource: folder(index), principal: id, level: "VIEW" as const })),
    ...range(1, size.roles - 1).map((role) => ({
      resource: folder(role),
      principal: idOf("role", role),
      level: "VIEW" as const,
    })),
    ...range(0, size.people)
      .filter((person) => person % 10 === 0 && !editors.has(person))
      .map((person) => ({
        resource: documents[(person / 10) % documents.length]!,
        principal: idOf("person", person),
        level: "COMMENT" as const,
      })),
    ...writersOf(size).map((writer) => ({
      resource: top,
      principal: idOf("person", writer),
      level: "EDIT" as const,
    })),
    { resource: top, principal: ROLE, level: "EDIT" },
  ];
  await addGrants(sql, grants);
  await sql.query("analyze");
}

async function addGrants(sql: pg.Client, grants: readonly NewGrant[]): Promise<void> {
  await sql.query(
    `insert into permissions.grant (id, resource_id, principal_id, level, granted_at)
     select gen_random_uuid(), resource, principal, level, now()
     from unnest($1::uuid[], $2::uuid[], $3::int[]) as g (resource, principal, level)`,
    [
      grants.map(({ resource }) => resource),
      grants.map(({ principal }) => principal),
      grants.map(({ level }) => levelNumber(level)),
    ],
  );
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
