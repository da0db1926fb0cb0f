import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import type { IdentityContext } from "../context.js";
import type { MembershipType } from "../types/membership-type.js";
import { lookAtPeople } from "./list-roles.js";

/** What somebody was in the firm at a time that has passed; null: there was no account. For administrators. */
export async function membershipAt(
  context: IdentityContext,
  userId: string,
  at: Date,
): Promise<MembershipType | null> {
  await lookAtPeople(context);
  if (!isId(userId)) return null;
  const [row] = await context.db.query<{ past: boolean; member: Omit<MembershipType, "at"> | null }>(
    // What is being committed is of a moment ago.
    `select $2::timestamptz <= clock_timestamp() - interval '1 second' as past, (
       select jsonb_build_object(
         'kind', m.kind, 'active', m.active,
         'departments', (select coalesce(jsonb_agg(jsonb_build_object('id', d.department_id, 'name', d.name) order by d.depth), '[]') from identity.departments_at($1, $2) d),
         'roles', (select coalesce(jsonb_agg(jsonb_build_object('id', r.role_id, 'name', r.name) order by r.name), '[]') from identity.roles_at($1, $2) r)
       ) from identity.member_at($1, $2) m
     ) as member`,
    [userId, at],
  );
  if (!row?.past) throw new AppError("BAD_USER_INPUT", "`asOf` must lie a second or more in the past.");
  return row.member && { ...row.member, at };
}
