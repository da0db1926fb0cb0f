import { AppError } from "@onrecord/core/errors";
import { isId } from "@onrecord/core/ids";
import { checkText } from "@onrecord/core/text";
import { defineCursor } from "@onrecord/subgraph/cursor";
import { type PageArgs, pageRequest, toConnection } from "@onrecord/subgraph/page";
import type { Connection } from "@onrecord/subgraph/relay";
import type { IdentityContext } from "../context.js";
import { personColumns, readPerson } from "../person.js";
import type { UserFilter } from "../types/people-inputs.js";
import type { UserType } from "../types/user-type.js";
import { lookAtPeople } from "./list-roles.js";

const cursor = defineCursor("users", "id");
/** Longest text that is looked for, in characters. */
const LONGEST = 200;

/** Of `identity.user u`: text, department, role, kinds, statuses, each null for any. */
const matches = `
  ($1::text is null or position(lower($1) in lower(u.name)) > 0 or position(lower($1) in u.email) > 0)
  and ($2::uuid is null or u.department_id = $2)
  and ($3::uuid is null or exists (select from identity.user_role ur where ur.user_id = u.id and ur.role_id = $3))
  and ($4::text[] is null or u.kind = any ($4))
  and ($5::text[] is null or case when not u.active then 'SUSPENDED' when u.expires_at <= clock_timestamp() then 'ENDED' else 'ACTIVE' end = any ($5))`;

/** The people of the firm by name, for administrators. */
export async function listUsers(
  context: IdentityContext,
  filter: UserFilter,
  args: PageArgs,
): Promise<Connection<UserType>> {
  await lookAtPeople(context);
  const request = pageRequest(args, cursor);
  const backward = request.direction === "backward";
  const values = valuesOf(filter);
  const rows = await context.db.query<UserType>(
    `select ${personColumns} from identity.user u
     where ${matches}
       and ($6::uuid is null or (u.name, u.id) ${backward ? "<" : ">"} (select a.name, a.id from identity.user a where a.id = $6))
     order by u.name ${backward ? "desc" : ""}, u.id ${backward ? "desc" : ""} limit $7`,
    [...values, request.from?.[0] ?? null, request.size + 1],
  );
  return toConnection(request, rows, {
    node: (row) => row,
    position: ({ id }) => [id] as const,
    cursor,
    count: async () => {
      const [row] = await context.db.query<{ count: number }>(
        `select count(*) as count from identity.user u where ${matches}`,
        values,
      );
      return row?.count ?? 0;
    },
  });
}

/** Somebody of the firm, for administrators; NOT_FOUND on the record for an id of nobody. */
export async function findPerson(context: IdentityContext, id: string): Promise<UserType> {
  await lookAtPeople(context);
  const person = await readPerson(context.db, id);
  if (person === null)
    throw await context.guard.denyUnknown(context.caller, "managePeople", { kind: "USER", id });
  return person;
}

function valuesOf({ text, departmentId, roleId, kinds, statuses }: UserFilter): unknown[] {
  const looked = text?.trim() || null;
  if (looked !== null && looked.length > LONGEST)
    throw new AppError("BAD_USER_INPUT", `A text to look for has at most ${LONGEST} characters.`);
  if (looked !== null) checkText(looked, "The text to look for");
  for (const id of [departmentId, roleId])
    if (typeof id === "string" && !isId(id))
      throw new AppError("BAD_USER_INPUT", "A department or role is looked for by its id.");
  return [looked, departmentId ?? null, roleId ?? null, kinds ?? null, statuses ?? null];
}
