-- The changes that one group commit brings to one document are kept together: sealed once, in one row. Each is still a version of its own
-- with an entry of its own; the arrays have an element for each version, in order.
create table documents.batch (
  document_id uuid not null,
  first_version bigint not null,
  last_version bigint not null,
  at timestamptz(3) not null,
  entry_ids uuid[] not null,
  -- Who brought it; null: the house itself.
  carrier_ids uuid[] not null,
  -- Whether all of it is proven to be the carrier's.
  proven boolean[] not null,
  -- Sent in an answer to a sync: its deletes may be anyone's.
  relayed boolean[] not null,
  -- Of each update before sealing.
  bytes int[] not null,
  -- Of one version the update; of several, each with its length before it (lib0 varUint8Array).
  sealed bytea not null,
  primary key (document_id, last_version)
);
-- What is sealed does not get smaller.
alter table documents.batch alter column sealed set storage external;
alter table documents.batch alter column entry_ids set storage external;
-- What was carried for others is read again when its document is opened.
create index batch_unproven on documents.batch (document_id, last_version) where false = any (proven);

insert into documents.batch
select document_id, version, version, at, array[entry_id], array[carrier_id], array[author_id is not null], array[relayed], array[bytes], sealed
from documents.change;

-- The entry of the newest version. A commit names the one it builds on: a number alone could be reached by somebody else's change, while the
-- batch before this one, sent with it, was turned away.
alter table documents.head add column tip uuid;
update documents.head h set tip = c.entry_id from documents.change c where c.document_id = h.document_id and c.version = h.version;

drop table documents.change;

-- One row per version. Name a range of first_version and last_version too, or every batch of the document is opened to find one version.
create view documents.change as
select
  b.document_id, b.first_version + c.ord - 1 as version, b.at,
  case when c.proven then c.carrier_id end as author_id, c.carrier_id, c.relayed, c.entry_id, c.bytes,
  b.first_version, b.last_version
from documents.batch b
cross join lateral unnest(b.entry_ids, b.carrier_ids, b.proven, b.relayed, b.bytes) with ordinality
  c (entry_id, carrier_id, proven, relayed, bytes, ord);

-- Checkpoints have what can be told of a state beside it, so those of before are made again. A passing one stands close behind another,
-- and goes when the next is made.
delete from documents.checkpoint;
alter table documents.checkpoint add column passing boolean not null default false;
alter table documents.checkpoint alter column sealed set storage external;

create trigger batch_append_only before update or delete or truncate on documents.batch
  for each statement execute function onrecord.refuse_change();
grant select, insert on documents.batch to onrecord_app;
grant select on documents.change to onrecord_app;

-- The group commit: what the caller knows (versions, totals, where each sealed batch begins) is passed instead of computed, heads move in
-- the statement that checks them, and nothing is done that the batch does not need.
--
-- Parallel arrays, each group sharing one index: d_ documents, b_ ranges of clientIDs with the user they are proven to be of (or null),
-- k_ who made the changes, c_ changes in order (c_doc and c_who point into d_ and k_, from 1). The changes of a document stand together,
-- d_count of them from d_start on; d_sealed is all sealed batches end to end, d_offset (from 1) and d_length say where each lies.
-- p_action and p_extra (detail besides version and bytes) are those of all changes.
--
-- Answers one row per document, in their order:
--   COMMITTED  its changes are d_from + 1 … head
--   CONFLICT   the head is no longer at d_from, or is not d_tip: read the gap, recompute, try again
--   CLIENT     a clientID turned out to be another user's
--   GONE       there is no such document
--   REVISION   permissions moved on (head is the new revision): decide again; nothing of the whole batch was kept
drop function documents.commit_changes;

create function documents.commit_changes(
  p_revision bigint, p_action text, p_extra jsonb,
  d_id uuid[], d_from bigint[], d_tip uuid[], d_count int[], d_bytes bigint[], d_last uuid[], d_start int[], d_offset int[], d_length int[],
  d_sealed bytea,
  b_doc int[], b_client bigint[], b_clock bigint[], b_user uuid[],
  k_user uuid[], k_session uuid[], k_request text[], k_origin uuid[], k_commitment text[],
  c_doc int[], c_version bigint[], c_who int[], c_carrier uuid[], c_proven boolean[], c_relayed boolean[], c_entry uuid[], c_bytes int[]
) returns table (outcome text, head bigint, at timestamptz)
language plpgsql
-- Planned once: left to itself, Postgres plans anew for the arrays of each call, which takes longer than to insert them.
set plan_cache_mode = force_generic_plan
as $$
declare
  moment timestamptz(3) := clock_timestamp();
  current bigint;
  documents int := cardinality(d_id);
  outcomes text[] := array_fill('CONFLICT'::text, array[documents]);
  moved int;
  places int[];
  place int;
begin
  -- A permission change holds this lock exclusively from its bump to its commit, so what is read next cannot be outrun.
  perform pg_advisory_xact_lock_shared(permissions.lock_key());
  select revision into current from permissions.revision;
  if current is distinct from p_revision then
    return query select 'REVISION', current, moment::timestamptz from generate_subscripts(d_id, 1) i;
    return;
  end if;

  -- Read before the heads are locked: whoever binds a clientID meanwhile moves the head, and the document is a CONFLICT.
  if cardinality(b_doc) > 0 then
    for place in
      select distinct b.doc
      from unnest(b_doc, b_client, b_user) b (doc, client, owner)
      join documents.client k on k.document_id = d_id[b.doc] and k.client_id = b.client
      where k.user_id <> b.owner
    loop
      outcomes[place] := 'CLIENT';
    end loop;
  end if;

  -- Heads are locked in the order of their ids: two nodes never wait for each other in a circle.
  if documents > 1 then
    perform from documents.head x where x.document_id = any (d_id) order by x.document_id for update;
  end if;
  with moving as (
    update documents.head h
    set version = h.version + d.n, bytes = h.bytes + d.bytes, tip = d.last
    from unnest(d_id, d_from, d_tip, d_count, d_bytes, d_last) with ordinality d (id, from_version, tip, n, bytes, last, ord)
    where h.document_id = d.id and h.version = d.from_version and h.tip is not distinct from d.tip and outcomes[d.ord] <> 'CLIENT'
    returning d.ord
  )
  select count(*), array_agg(m.ord) into moved, places from moving m;
  for i in 1 .. moved loop
    outcomes[places[i]] := 'COMMITTED';
  end loop;

  if moved > 0 then
    if cardinality(b_doc) > 0 then
      insert into documents.client (document_id, client_id, clock, user_id)
      select d_id[b.doc], b.client, b.clock, b.owner
      from unnest(b_doc, b_client, b_clock, b_user) b (doc, client, clock, owner)
      where outcomes[b.doc] = 'COMMITTED'
      on conflict do nothing;
    end if;

    insert into audit.entry (id, at, action, actor_kind, actor_id, session_id, request_id, object_kind, object_id, outcome, origin_id, origin_commitment, detail)
    select
      c.entry, moment, p_action, case when k_user[c.who] is null then 'SYSTEM' else 'USER' end, k_user[c.who], k_session[c.who], k_request[c.who],
      'DOCUMENT', d_id[c.doc], 'ALLOWED', k_origin[c.who], decode(k_commitment[c.who], 'hex'),
      case when p_extra is null then jsonb_build_object('version', c.version, 'bytes', c.bytes)
           else jsonb_build_object('version', c.version, 'bytes', c.bytes) || p_extra end
    from unnest(c_doc, c_version, c_who, c_entry, c_bytes) c (doc, version, who, entry, bytes)
    where moved = documents or outcomes[c.doc] = 'COMMITTED';

    insert into documents.batch (document_id, first_version, last_version, at, entry_ids, carrier_ids, proven, relayed, bytes, sealed)
    select
      d_id[i], d_from[i] + 1, d_from[i] + d_count[i], moment,
      c_entry[d_start[i] : d_start[i] + d_count[i] - 1], c_carrier[d_start[i] : d_start[i] + d_count[i] - 1],
      c_proven[d_start[i] : d_start[i] + d_count[i] - 1], c_relayed[d_start[i] : d_start[i] + d_count[i] - 1],
      c_bytes[d_start[i] : d_start[i] + d_count[i] - 1], substring(d_sealed from d_offset[i] for d_length[i])
    from generate_subscripts(d_id, 1) i
    where moved = documents or outcomes[i] = 'COMMITTED';
  end if;

  if moved = documents then
    return query select 'COMMITTED', d_from[i] + d_count[i], moment::timestamptz from generate_subscripts(d_id, 1) i;
  else
    return query
      select case when outcomes[i] = 'CONFLICT' and h.document_id is null then 'GONE' else outcomes[i] end,
        coalesce(h.version, 0), moment::timestamptz
      from generate_subscripts(d_id, 1) i
      left join documents.head h on h.document_id = d_id[i]
      order by i;
  end if;
end
$$;

revoke all on function documents.commit_changes from public;
grant execute on function documents.commit_changes to onrecord_app;
