import type { Question } from "./fault.js";

/** Where each document stands, by the only rows that may say so. */
const stand = `select document_id, version, bytes, tip, false as destroyed from documents.head
  union all select document_id, version, bytes, null, true from documents.shredded`;
/** Every version as its batch has it. */
const versions = `select b.document_id, b.first_version + c.ord - 1 as version, b.at, c.*
  from documents.batch b
  cross join lateral unnest(b.entry_ids, b.carrier_ids, b.bytes) with ordinality c (entry_id, carrier_id, bytes, ord)`;
/** The entries that say that a version was made. */
const made = `e.action in ('document.edited', 'document.imported', 'version.restored')`;

/** Heads, versions, checkpoints and entries, held against each other. Nothing is opened. */
export const versionQuestions: readonly Question[] = [
  {
    subject: "document",
    sql: `select d.id, case when count(s.document_id) = 0 then 'It has neither a head nor a mark that it was destroyed.'
        else 'It has a head, and was destroyed: its text could still be read.' end as text
      from documents.document d left join (${stand}) s on s.document_id = d.id
      group by d.id having count(s.document_id) <> 1`,
  },
  {
    subject: "document",
    sql: `select x.document_id as id, format('There are %s of it, and no such document.', x.what) as text
      from (
        select document_id, 'a head' as what from documents.head union select document_id, 'versions' from documents.batch
        union select document_id, 'checkpoints' from documents.checkpoint union select document_id, 'clients' from documents.client
        union select document_id, 'version names' from documents.version_name
      ) x where not exists (select from documents.document d where d.id = x.document_id)`,
  },
  {
    subject: "document",
    sql: `select b.document_id as id, case
        when b.first_version = b.before + 1 then format('The versions up to %s are not told one by one.', b.last_version)
        when b.first_version > b.before + 1 then format('Versions %s to %s are missing.', b.before + 1, b.first_version - 1)
        else format('Version %s is there twice.', b.first_version) end as text
      from (
        select document_id, first_version, last_version, entry_ids, carrier_ids, proven, relayed, bytes,
          coalesce(lag(last_version) over (partition by document_id order by last_version), 0) as before
        from documents.batch
      ) b
      where b.first_version <> b.before + 1 or b.last_version < b.first_version
        or (cardinality(b.entry_ids), cardinality(b.carrier_ids), cardinality(b.proven), cardinality(b.relayed), cardinality(b.bytes))
          is distinct from (n(b), n(b), n(b), n(b), n(b))`.replaceAll(
      "n(b)",
      "(b.last_version - b.first_version + 1)::int",
    ),
  },
  {
    subject: "document",
    sql: `select s.document_id as id, case
        when s.version <> coalesce(t.version, 0) then format('It stands at version %s, and its newest version is %s.', s.version, coalesce(t.version, 0))
        when s.bytes <> coalesce(t.bytes, 0) then format('Its head counts %s bytes of changes, and there are %s.', s.bytes, coalesce(t.bytes, 0))
        else 'Its head names another entry than its newest version.' end as text
      from (${stand}) s
      left join (
        select document_id, max(last_version) as version, sum((select sum(x) from unnest(bytes) x)) as bytes
        from documents.batch group by 1
      ) t on t.document_id = s.document_id
      left join documents.batch n on n.document_id = s.document_id and n.last_version = s.version
      where s.version <> coalesce(t.version, 0) or s.bytes <> coalesce(t.bytes, 0)
        or not s.destroyed and s.tip is distinct from n.entry_ids[cardinality(n.entry_ids)]`,
  },
  {
    subject: "document",
    sql: `select c.document_id as id, case
        when s.destroyed then format('It was destroyed, and its state at version %s is still there.', c.version)
        else format('There is a state of version %s, which it has not.', c.version) end as text
      from documents.checkpoint c join (${stand}) s on s.document_id = c.document_id
      where s.destroyed or c.version > s.version`,
  },
  {
    subject: "document",
    sql: `select n.document_id as id, format('Version %s has a name, and is not there.', n.version) as text
      from documents.version_name n join (${stand}) s on s.document_id = n.document_id where n.version > s.version or n.version < 1`,
  },
  {
    subject: "document",
    sql: `select v.document_id as id, case
        when e.id is null then format('Version %s has no entry on the record.', v.version)
        else format('Version %s and its entry %s do not say the same.', v.version, e.id) end as text
      from (${versions}) v left join audit.entry e on e.id = v.entry_id
      where e.id is null or not (${made}) or e.outcome <> 'ALLOWED' or e.object_id is distinct from v.document_id
        or e.detail->>'version' is distinct from v.version::text or e.detail->>'bytes' is distinct from v.bytes::text
        or e.actor_id is distinct from v.carrier_id or e.at <> v.at`,
  },
  {
    subject: "entry",
    sql: `select e.id, format('It says that version %s of %s was made, and there is no such version.', e.detail->>'version', e.object_id) as text
      from audit.entry e left join (${versions}) v on v.entry_id = e.id where ${made} and v.entry_id is null`,
  },
  {
    subject: "document",
    sql: `select v.document_id as id, format('Version %s stands on the record before the version before it.', v.version) as text
      from (
        select v.document_id, v.version, e.txid, lag(e.txid) over (partition by v.document_id order by v.version) as before
        from (${versions}) v join audit.entry e on e.id = v.entry_id
      ) v where v.txid < v.before`,
  },
  {
    subject: "document",
    sql: `select s.document_id as id, 'It was destroyed, and that is not on the record.' as text
      from documents.shredded s
      where not exists (select from audit.entry e where e.action = 'document.shredded' and e.object_id = s.document_id)`,
  },
  {
    subject: "document",
    sql: `select e.object_id as id, 'The record says that it was destroyed, and it was not.' as text
      from audit.entry e where e.action = 'document.shredded'
        and not exists (select from documents.shredded s where s.document_id = e.object_id)`,
  },
  {
    subject: "document",
    sql: `select c.document_id as id, format('The editor %s is said to be of %s people.', c.client_id, count(distinct c.user_id)) as text
      from documents.client c where c.user_id is not null group by c.document_id, c.client_id having count(distinct c.user_id) > 1`,
  },
  {
    subject: "document",
    sql: `select distinct c.document_id as id, format('The editor %s is said to be of somebody who is not there.', c.client_id) as text
      from documents.client c where c.user_id is not null and not exists (select from identity.user u where u.id = c.user_id)`,
  },
];
