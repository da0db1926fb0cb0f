import { isId } from "@onrecord/core/ids";
import type { Sql } from "@onrecord/postgres/database";

/** Something that access is given to. */
export interface Resource {
  readonly id: string;
  readonly kind: "FIRM" | "FOLDER" | "DOCUMENT";
}

/** The resource with this id. What does not exist passes for a folder: asking for it is refused, and recorded, all the same. */
export async function findResource(sql: Sql, id: string): Promise<Resource> {
  const rows = isId(id)
    ? await sql.query<Resource>("select id, kind from permissions.resource where id = $1", [id])
    : [];
  return rows[0] ?? { id, kind: "FOLDER" };
}
