import { heldGrants } from "@onrecord/policy/facts";
import type { Sql } from "@onrecord/postgres/database";
import { levelOn, type RowFacts } from "./visible.js";

/** A folder that may stand at the top of what a user sees, with what decides whether its parent is seen too. */
export interface TopFolderRow extends RowFacts {
  readonly name: string;
  readonly createdAt: Date;
  readonly parentId: string | null;
  readonly parentLabels: string[] | null;
  readonly parentLevel: number;
}

/**
 * The folders at the top of what a user sees, by name, after `afterId`: those without a parent, those granted below a parent
 * that no grant shows, and, for the policies to judge, those below a labelled parent. All others have a parent that is seen.
 */
const candidates = (more: string) => `
  with held as materialized (${heldGrants}), candidate as (
    select id from documents.folder where parent_id is null
    union select resource_id from held
    union select f.id from documents.folder f join permissions.resource p on p.id = f.parent_id where p.labels <> '{}'
  )
  select f.id, f.name, f.created_at as "createdAt", f.parent_id as "parentId",
    r.kind as "resourceKind", r.labels, b.level, p.labels as "parentLabels", b.parent_level as "parentLevel"
  from candidate c
  join documents.folder f on f.id = c.id
  join permissions.resource r on r.id = f.id
  left join permissions.resource p on p.id = f.parent_id
  cross join lateral (select ${levelOn("f.id")} as level, ${levelOn("f.parent_id")} as parent_level) b
  where b.level > 0 and (f.parent_id is null or b.parent_level = 0 or p.labels <> '{}') ${more}`;

/** One stretch of the list; an `afterId` that the user may not see gives nothing. */
export function listTopFolders(
  sql: Sql,
  request: { userId: string; afterId: string | null; limit: number },
): Promise<TopFolderRow[]> {
  return sql.query<TopFolderRow>(
    `${candidates(`and ($2::uuid is null or (f.name, f.id) > (
       select a.name, a.id from documents.folder a where a.id = $2 and ${levelOn("a.id")} > 0))`)}
     order by f.name, f.id
     limit $3`,
    [request.userId, request.afterId, request.limit],
  );
}

/** The whole list, for counting: it is as long as the grants that one user holds directly. */
export function allTopFolders(sql: Sql, userId: string): Promise<TopFolderRow[]> {
  return sql.query<TopFolderRow>(candidates(""), [userId]);
}
