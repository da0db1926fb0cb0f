import type { Sql } from "../database.js";
import { quoted } from "./kept-tables.js";

interface Rule {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/**
 * Lets rows come in as they were, in any order and by nobody's account: what triggers do at a change was done when it was made, and foreign
 * keys may lead in circles. Needs no superuser. Answers how to put everything back; what was brought in is then held against every foreign key.
 */
export async function setAsideRules(sql: Sql): Promise<() => Promise<void>> {
  const triggers = await sql.query<Rule>(
    `select n.nspname as schema, c.relname as table, t.tgname as name, '' as definition
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where not t.tgisinternal and t.tgparentid = 0 and t.tgenabled = 'O' and n.nspname !~ '^pg_' order by 1, 2, 3`,
  );
  const foreignKeys = await sql.query<Rule>(
    `select n.nspname as schema, c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where k.contype = 'f' and k.conparentid = 0 and n.nspname !~ '^pg_' order by 1, 2, 3`,
  );
  const alter = ({ schema, table }: Rule, what: string) =>
    sql.query(`alter table ${quoted(schema, table)} ${what}`);
  for (const rule of triggers) await alter(rule, `disable trigger ${quoted(rule.name)}`);
  for (const rule of foreignKeys) await alter(rule, `drop constraint ${quoted(rule.name)}`);
  return async () => {
    for (const rule of foreignKeys)
      await alter(rule, `add constraint ${quoted(rule.name)} ${rule.definition}`);
    for (const rule of triggers) await alter(rule, `enable trigger ${quoted(rule.name)}`);
  };
}
