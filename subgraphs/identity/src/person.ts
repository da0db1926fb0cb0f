import { AppError, type Reason } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import { levelNumber } from "@onrecord/policy/levels";
import type { OwnRight } from "@onrecord/policy/own-right";
import type { Sql } from "@onrecord/postgres/database";
import type { UserType } from "./types/user-type.js";

/** An account as administrators see it. */
export interface Person extends UserType {
  readonly email: string;
  readonly active: boolean;
  readonly createdAt: Date;
  readonly revision: number;
  readonly roleIds: readonly string[];
  /** Whether it has the role of administrators. */
  readonly administers: boolean;
}

/** The columns of an account, of `identity.user u`. */
export const personColumns = `u.id, u.name, u.email, u.title, u.kind, u.active, u.expires_at as "expiresAt",
  u.created_at as "createdAt", u.revision, u.department_id as "departmentId"`;

/** The account with an id; null: there is none. */
export async function readPerson(sql: Sql, id: string): Promise<Person | null> {
  if (!isId(id)) return null;
  const [row] = await sql.query<Person>(
    `select ${personColumns}, r.ids as "roleIds", r.administers
     from identity.user u
     cross join lateral (
       select coalesce(array_agg(ur.role_id), '{}') as ids, coalesce(bool_or(r.name = 'admin'), false) as administers
       from identity.user_role ur join identity.role r on r.id = ur.role_id where ur.user_id = u.id
     ) r
     where u.id = $1`,
    [id],
  );
  return row ?? null;
}

/** What administrators hold, and what belonging to the firm is measured by. */
const WHOLE = levelNumber("MANAGE");

/** Why an administrator may not give somebody until then what the firm's people have; null: they may. */
export function refuseGiving(own: OwnRight, until: Date | null): Reason | null {
  return own.refuseLevel(WHOLE) ?? own.refuseEnd(WHOLE, until);
}

/**
 * Why an administrator may not change an account, its roles or its password; null: they may. Whoever administers for a time neither takes over
 * nor puts out those who stay longer.
 */
export function refuseLonger(own: OwnRight, { expiresAt }: Pick<Person, "expiresAt">): Reason | null {
  return (
    own.refuseWithdrawal({ level: WHOLE, expiresAt }) && {
      id: "own-weaker",
      text: "This account lasts longer than your own right to manage people: you may not change it.",
    }
  );
}

/** Holds that a department is there and open; null is none. */
export async function requireDepartment(tx: Sql, id: string | null): Promise<void> {
  if (id === null) return;
  const [row] = isId(id)
    ? await tx.query<{ closed: boolean }>(
        "select closed_at is not null as closed from identity.department where id = $1",
        [id],
      )
    : [];
  if (!row) throw new AppError("BAD_USER_INPUT", "There is no such department.");
  if (row.closed) throw new AppError("BAD_USER_INPUT", "This department is closed; choose another.");
}

/** Holds that all these roles are there; and that they are open, unless `closedToo`. */
export async function requireRoles(tx: Sql, ids: readonly string[], closedToo = false): Promise<void> {
  const rows = ids.every(isId)
    ? await tx.query<{ closed: boolean }>(
        "select closed_at is not null as closed from identity.role where id = any ($1::uuid[])",
        [ids],
      )
    : [];
  if (rows.length < ids.length) throw new AppError("BAD_USER_INPUT", "There is no such role.");
  if (!closedToo && rows.some(({ closed }) => closed))
    throw new AppError("BAD_USER_INPUT", "A role among these is closed; choose another.");
}
