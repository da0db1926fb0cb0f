import { isId } from "@onrecord/core/ids";
import { FIRM_ID } from "@onrecord/policy/levels";
import { byCaller } from "@onrecord/policy/principal";
import type { Sql } from "@onrecord/postgres/database";
import type { IdentityContext } from "../context.js";
import type { RoleType } from "../types/role-type.js";

/** The columns of a role, of `identity.role r`. */
export const roleColumns = `r.id, r.name, r.closed_at as "closedAt", r.name = any (identity.built_in_roles()) as "builtIn"`;

/** The roles of the firm by name: those that are open, or those that are closed. */
export async function listRoles(context: IdentityContext, closed: boolean): Promise<RoleType[]> {
  await lookAtPeople(context);
  return context.db.query<RoleType>(
    `select ${roleColumns} from identity.role r where (r.closed_at is not null) = $1 order by r.name, r.id`,
    [closed],
  );
}

/** The role with an id. */
export async function readRole(sql: Sql, id: string): Promise<RoleType | undefined> {
  if (!isId(id)) return undefined;
  const [row] = await sql.query<RoleType>(`select ${roleColumns} from identity.role r where r.id = $1`, [id]);
  return row;
}

/** Lets those through who manage accounts, and puts on the record that they look at them. */
export async function lookAtPeople({ caller, guard, ledger }: IdentityContext): Promise<void> {
  await guard.authorizeFirm(caller, "managePeople");
  await ledger.sittings.record("people.listed", byCaller(caller), [{ kind: "FIRM", id: FIRM_ID }]);
}
