import type { Sql } from "./database.js";

/** Why nothing can be made of what a database holds before its first migration, and what to do; undefined where it can. */
export async function faultOfEmpty(sql: Sql): Promise<string | undefined> {
  const [facts] = await sql.query<{ language: boolean; schemas: string[]; migrated: boolean }>(
    `select exists (select from pg_language where lanname = 'plpgsql') as language,
       array(select nspname::text from pg_namespace where nspname in ('identity', 'permissions', 'documents', 'audit') order by 1) as schemas,
       exists (
         select from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'onrecord' and c.relname in ('migration', 'applied_migration')
       ) as migrated`,
  );
  const { language, schemas, migrated } = facts!;
  if (!language)
    return "The database lacks the extension plpgsql, in which Onrecord's functions are written: as a superuser, `create extension plpgsql` there.";
  if (schemas.length === 0 || migrated) return undefined;
  return `The database has the ${schemas.length === 1 ? "schema" : "schemas"} ${schemas.join(", ")} but no table of migrations: it is another program's, or half of a copy. Give Onrecord an empty database, or the whole copy.`;
}
