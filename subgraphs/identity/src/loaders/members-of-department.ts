import { isId } from "@onrecord/core/ids";
import { managesPeople } from "@onrecord/policy/discreet";
import { perRequest } from "@onrecord/subgraph/loader";
import type { IdentityContext } from "../context.js";

/** How many people are in departments, in one statement per execution step; null for everybody but administrators. */
export const membersOfDepartment = perRequest<string, number | null, IdentityContext>(
  async (ids, { db, caller, decisions }) => {
    if (caller.principal === null || !managesPeople(decisions, caller.principal)) return ids.map(() => null);
    const rows = await db.query<{ id: string; count: number }>(
      "select department_id as id, count(*) as count from identity.user where department_id = any ($1::uuid[]) group by 1",
      [ids.filter(isId)],
    );
    const counts = new Map(rows.map(({ id, count }) => [id, count]));
    return ids.map((id) => counts.get(id) ?? 0);
  },
);
