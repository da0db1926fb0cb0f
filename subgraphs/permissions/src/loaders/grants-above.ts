import { grouped, perRequest } from "@onrecord/subgraph/loader";
import type { PermissionsContext } from "../context.js";
import { GrantEntity, type GrantRow, holding } from "../entities/grant.js";

/** The grants that reach a resource, its own first, then those given above it. Whether the caller may see them is decided before. */
export const grantsAbove = perRequest<string, GrantRow[], PermissionsContext>(async (ids, { db, em }) => {
  const steps = await db.query<{ below: string; above: string }>(
    `select descendant_id as below, ancestor_id as above from permissions.resource_path
     where descendant_id = any ($1::uuid[]) order by depth`,
    [ids],
  );
  const grants = await em.find(
    GrantEntity,
    { resourceId: { $in: [...new Set(steps.map(({ above }) => above))] }, ...holding() },
    { orderBy: { grantedAt: "asc", id: "asc" } },
  );
  const given = Map.groupBy(grants, ({ resourceId }) => resourceId);
  const paths = grouped(ids, steps, ({ below }) => below);
  return paths.map((path) => path.flatMap(({ above }) => given.get(above) ?? []));
});
