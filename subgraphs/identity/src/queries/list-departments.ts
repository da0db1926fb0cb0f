import { defineCursor } from "@onrecord/subgraph/cursor";
import { type PageArgs, pageRequest, toConnection } from "@onrecord/subgraph/page";
import type { Connection } from "@onrecord/subgraph/relay";
import type { IdentityContext } from "../context.js";
import type { DepartmentType } from "../types/department-type.js";
import { lookAtPeople } from "./list-roles.js";

const cursor = defineCursor("departments", "id");

/** The departments of the firm by name: those that are open, or those that are closed. */
export async function listDepartments(
  context: IdentityContext,
  closed: boolean,
  args: PageArgs,
): Promise<Connection<DepartmentType>> {
  await lookAtPeople(context);
  const request = pageRequest(args, cursor);
  const backward = request.direction === "backward";
  const rows = await context.db.query<DepartmentType>(
    `select d.id, d.name, d.parent_id as "parentId", d.closed_at as "closedAt" from identity.department d
     where (d.closed_at is not null) = $1
       and ($2::uuid is null or (d.name, d.id) ${backward ? "<" : ">"} (select a.name, a.id from identity.department a where a.id = $2))
     order by d.name ${backward ? "desc" : ""}, d.id ${backward ? "desc" : ""} limit $3`,
    [closed, request.from?.[0] ?? null, request.size + 1],
  );
  return toConnection(request, rows, {
    node: (row) => row,
    position: ({ id }) => [id] as const,
    cursor,
    count: async () => {
      const [row] = await context.db.query<{ count: number }>(
        "select count(*) as count from identity.department where (closed_at is not null) = $1",
        [closed],
      );
      return row?.count ?? 0;
    },
  });
}
