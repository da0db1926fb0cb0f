import type { Question } from "./fault.js";

/** The record as a whole, the rights, and the rules that hold both: what a restore, or somebody's hand, may have left out. */
export const recordQuestions: readonly Question[] = [
  {
    subject: "record",
    sql: `select null::uuid as id, format(
        '%s entries stand where nobody has written yet: this database was brought here by other means than \`onrecord restore\`, and nobody would be told of what comes.',
        count(*)) as text
      from audit.entry e where e.txid >= audit.frontier() having count(*) > 0`,
  },
  {
    subject: "record",
    sql: `select null::uuid as id, format('The reader "%s" is ahead of the record.', r.name) as text
      from audit.reader r where r.txid >= audit.frontier()`,
  },
  {
    subject: "entry",
    sql: `select e.id, 'Where it says that it came from, and what is kept of that, are not the same.' as text
      from audit.entry e join audit.origin o on o.id = e.origin_id where e.origin_commitment is distinct from o.commitment`,
  },
  {
    subject: "entry",
    sql: `select a.entry_id as id, format('The alert %s was raised by it, and it is not there.', a.id) as text
      from audit.alert a where not exists (select from audit.entry e where e.id = a.entry_id)`,
  },
  {
    subject: "rights",
    sql: `select null::uuid as id, 'The number that tells changes of rights apart is gone, or is there twice.' as text
      from permissions.revision having count(*) <> 1 or min(revision) < 1`,
  },
  {
    subject: "rights",
    sql: `select null::uuid as id, format('%s rights were ended by a change that is yet to come.', count(*)) as text
      from permissions.live_right r where r.void > (select max(revision) + 1 from permissions.revision) having count(*) > 0`,
  },
  {
    subject: "rights",
    sql: `with recursive climb (id, ancestor, depth) as (
        select id, id, 0 from permissions.resource
        union all
        select c.id, r.parent_id, c.depth + 1 from climb c join permissions.resource r on r.id = c.ancestor
        where r.parent_id is not null and c.depth < 1000
      )
      select coalesce(c.id, x.descendant_id) as id, 'What lies above it, and the ways by which rights come down to it, are not the same.' as text
      from climb c full join permissions.resource_path x on x.descendant_id = c.id and x.ancestor_id = c.ancestor and x.depth = c.depth
      where c.id is null or x.descendant_id is null group by 1`,
  },
  {
    subject: "rights",
    sql: `select p.id, 'It lies in one place for its readers, and in another for its rights.' as text
      from (
        select id, parent_id, 'FOLDER' as kind from documents.folder union all select id, folder_id, 'DOCUMENT' from documents.document
      ) p left join permissions.resource r on r.id = p.id
      where r.id is null or r.kind <> p.kind
        or r.parent_id is distinct from coalesce(p.parent_id, (select f.id from permissions.resource f where f.kind = 'FIRM'))`,
  },
  {
    subject: "rules",
    sql: `select null::uuid as id, format('The rule %s on %s is switched off.', t.tgname, t.tgrelid::regclass) as text
      from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
      where t.tgenabled <> 'O' and n.nspname in ('onrecord', 'identity', 'permissions', 'documents', 'audit')`,
  },
];
