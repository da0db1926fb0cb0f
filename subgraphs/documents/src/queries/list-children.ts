import { isShredded } from "@onrecord/history/store/shredded";
import { heldGrants } from "@onrecord/policy/facts";
import type { Sql } from "@onrecord/postgres/database";
import type { DocumentRow } from "../entities/document.js";
import { levelOn, type RowFacts } from "./visible.js";

/** A kind of thing that lies in folders: where it is stored, and by what it is ordered. Never anything from outside. */
export interface ChildSource {
  readonly table: "documents.folder" | "documents.document";
  readonly parent: "parent_id" | "folder_id";
  readonly order: "name" | "title";
  readonly columns: string;
  /** What else must hold of a child: a document that was destroyed lies in no folder any more. Its record stays. */
  readonly listed: string;
}

/** A child with the folder whose list it is in. */
export interface ChildRow extends RowFacts {
  readonly listId: string;
}
export interface FolderChild extends ChildRow {
  readonly name: string;
  readonly createdAt: Date;
  readonly parentId: string;
}
export interface DocumentChild extends ChildRow, DocumentRow {
  readonly id: string;
}

export const folderChildren: ChildSource = {
  table: "documents.folder",
  parent: "parent_id",
  order: "name",
  columns: `c.name, c.created_at as "createdAt", c.parent_id as "parentId"`,
  listed: "true",
};
export const documentChildren: ChildSource = {
  table: "documents.document",
  parent: "folder_id",
  order: "title",
  columns: `c.title, c.kind, c.created_at as "createdAt", c.created_by as "createdBy", c.folder_id as "folderId"`,
  listed: `not ${isShredded("c.id")}`,
};

/**
 * The children of many folders that grants let a user see: of each folder the first `limit` after `afterId`, by name. A row of
 * another list as `afterId` gives nothing, so that a forged cursor cannot sound out where unseen names lie in the order.
 */
export function listChildren<Row extends ChildRow>(
  sql: Sql,
  { table, parent, order, columns, listed }: ChildSource,
  request: { userId: string; folderIds: readonly string[]; afterId: string | null; limit: number },
): Promise<Row[]> {
  return sql.query<Row>(
    `with held as materialized (${heldGrants})
     select l.id as "listId", s.* from unnest($2::uuid[]) l (id)
     cross join lateral (
       select c.id, ${columns}, r.kind as "resourceKind", r.labels, b.level
       from ${table} c
       join permissions.resource r on r.id = c.id
       cross join lateral (select ${levelOn("c.id")} as level) b
       where c.${parent} = l.id and b.level > 0 and ${listed}
         and ($3::uuid is null or (c.${order}, c.id) > (select a.${order}, a.id from ${table} a where a.id = $3 and a.${parent} = l.id))
       order by c.${order}, c.id
       limit $4
     ) s
     order by s.${order}, s.id`,
    [request.userId, request.folderIds, request.afterId, request.limit],
  );
}

/** How many children with the same facts a folder has; policies speak of facts only, so each group is judged once. */
export interface ChildCount extends RowFacts {
  readonly listId: string;
  readonly count: number;
}

/** Counts the children of many folders that grants let a user see, grouped by what policies may ask about them. */
export function countChildren(
  sql: Sql,
  { table, parent, listed }: ChildSource,
  request: { userId: string; folderIds: readonly string[] },
): Promise<ChildCount[]> {
  return sql.query<ChildCount>(
    `with held as materialized (${heldGrants})
     select c.${parent} as "listId", c.${parent} as id, r.kind as "resourceKind", r.labels, b.level, count(*)::int as count
     from ${table} c
     join permissions.resource r on r.id = c.id
     cross join lateral (select ${levelOn("c.id")} as level) b
     where c.${parent} = any ($2::uuid[]) and b.level > 0 and ${listed}
     group by 1, r.kind, r.labels, b.level`,
    [request.userId, request.folderIds],
  );
}
