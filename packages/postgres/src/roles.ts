import { type LoginName, loginNames } from "@onrecord/core/config";
import type { Sql } from "./database.js";

/** The role that a service has in the database, by migration 020. */
export function roleOf(login: LoginName): string {
  return `onrecord_${login}`;
}

/** Which of these roles the login of a connection may step down to; none where it is that role itself. */
export async function stepsDownTo(sql: Sql, roles: readonly string[]): Promise<Set<string>> {
  const rows = await sql.query<{ role: string }>(
    // Since 16 a member may be kept from it.
    `select r.rolname as role from pg_roles r
     where r.rolname = any ($1) and r.rolname <> session_user
       and pg_has_role(session_user, r.oid, case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end)`,
    [roles],
  );
  return new Set(rows.map(({ role }) => role));
}

/** What the login of a connection works as: the first of these roles that it may step down to, or itself where it is one of ours. */
export async function worksAs(
  sql: Sql,
  roles: readonly string[],
): Promise<{ readonly role: string | undefined } | { readonly login: string }> {
  const rows = await sql.query<{ login: string; ours: boolean }>(
    "select session_user::text as login, session_user::text = any ($1) as ours",
    [[...loginNames.map(roleOf), "onrecord_app"]],
  );
  const { login, ours } = rows[0]!;
  if (ours) return { role: undefined };
  const steps = await stepsDownTo(sql, roles);
  const role = roles.find((one) => steps.has(one));
  return role === undefined ? { login } : { role };
}
