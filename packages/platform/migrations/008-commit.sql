-- The group commit again, for small batches and large ones: what the caller knows (versions, totals, where each sealed update begins) is
-- passed instead of computed, heads move in the statement that checks them, and nothing is done that the batch does not need.
--
-- Parallel arrays, each group sharing one index: d_ documents, b_ ranges of clientIDs with the user they are proven to be of (or null),
-- k_ who made the changes, c_ changes in order (c_doc and c_who point into d_ and k_, from 1). c_sealed is all sealed updates end to end;
-- c_start (from 1) and c_length say where each lies. p_action and p_extra (detail besides version and bytes) are those of all changes.
--
-- Answers one row per document:
--   COMMITTED  its changes are d_from + 1 … head
--   CONFLICT   the head is no longer at d_from, or is not d_tip: read the gap, recompute, try again
--   CLIENT     a clientID turned out to be another user's
--   GONE       there is no such document
--   REVISION   permissions moved on (head is the new revision): decide again; nothing of the whole batch was kept

-- The entry of the newest version. A commit names the one it builds on: a number alone could be reached by somebody else's change, while the
-- batch before this one, sent with it, was turned away.
alter table documents.head add column tip uuid;
update documents.head h set tip = c.entry_id from documents.change c where c.document_id = h.document_id and c.version = h.version;

drop function documents.commit_changes
  (bigint, uuid[], bigint[], int[], bigint[], bigint[], uuid[], uuid[], uuid[], text[], uuid[], text[], int[], int[], uuid[], text[], text[], uuid[], boolean[], int[], int[], bytea);

create function documents.commit_changes(
  p_revision bigint, p_action text, p_extra jsonb,
  d_id uuid[], d_from bigint[], d_tip uuid[], d_count int[], d_bytes bigint[], d_last uuid[],
  b_doc int[], b_client bigint[], b_clock bigint[], b_user uuid[],
  k_user uuid[], k_session uuid[], k_request text[], k_origin uuid[], k_commitment text[],
  c_doc int[], c_version bigint[], c_who int[], c_proven boolean[], c_relayed boolean[], c_entry uuid[], c_bytes int[], c_start int[], c_length int[],
  c_sealed bytea
) returns table (doc int, outcome text, head bigint, at timestamptz)
language plpgsql as $$
declare
  moment timestamptz(3) := clock_timestamp();
  current bigint;
  documents int := cardinality(d_id);
  outcomes text[] := array_fill('CONFLICT'::text, array[documents]);
  moved int;
  places int[];
  item record;
begin
  -- A permission change holds this lock exclusively from its bump to its commit, so what is read next cannot be outrun.
  perform pg_advisory_xact_lock_shared(permissions.lock_key());
  select revision into current from permissions.revision;
  if current is distinct from p_revision then
    return query select i, 'REVISION', current, moment::timestamptz from generate_subscripts(d_id, 1) i;
    return;
  end if;

  -- Read before the heads are locked: whoever binds a clientID meanwhile moves the head, and the document is a CONFLICT.
  if cardinality(b_doc) > 0 then
    for item in
      select distinct b.doc
      from unnest(b_doc, b_client, b_user) b (doc, client, owner)
      join documents.client k on k.document_id = d_id[b.doc] and k.client_id = b.client
      where k.user_id <> b.owner
    loop
      outcomes[item.doc] := 'CLIENT';
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
      case when p_extra is null then ('{"version":' || c.version || ',"bytes":' || c.bytes || '}')::jsonb
           else jsonb_build_object('version', c.version, 'bytes', c.bytes) || p_extra end
    from unnest(c_doc, c_version, c_who, c_entry, c_bytes) c (doc, version, who, entry, bytes)
    where moved = documents or outcomes[c.doc] = 'COMMITTED';

    insert into documents.change (document_id, version, at, author_id, carrier_id, relayed, entry_id, bytes, sealed)
    select
      d_id[c.doc], c.version, moment, case when c.proven then k_user[c.who] end, k_user[c.who], c.relayed, c.entry, c.bytes,
      substring(c_sealed from c.start for c.length)
    from unnest(c_doc, c_version, c_who, c_proven, c_relayed, c_entry, c_bytes, c_start, c_length)
      c (doc, version, who, proven, relayed, entry, bytes, start, length)
    where moved = documents or outcomes[c.doc] = 'COMMITTED';
  end if;

  if moved = documents then
    return query select i, 'COMMITTED', d_from[i] + d_count[i], moment::timestamptz from generate_subscripts(d_id, 1) i;
  else
    return query
      select i, case when outcomes[i] = 'CONFLICT' and h.document_id is null then 'GONE' else outcomes[i] end,
        coalesce(h.version, 0), moment::timestamptz
      from generate_subscripts(d_id, 1) i
      left join documents.head h on h.document_id = d_id[i];
  end if;
end
$$;

revoke all on function documents.commit_changes
  (bigint, text, jsonb, uuid[], bigint[], uuid[], int[], bigint[], uuid[], int[], bigint[], bigint[], uuid[], uuid[], uuid[], text[], uuid[], text[], int[], bigint[], int[], boolean[], boolean[], uuid[], int[], int[], int[], bytea) from public;
grant execute on function documents.commit_changes
  (bigint, text, jsonb, uuid[], bigint[], uuid[], int[], bigint[], uuid[], int[], bigint[], bigint[], uuid[], uuid[], uuid[], text[], uuid[], text[], int[], bigint[], int[], boolean[], boolean[], uuid[], int[], int[], int[], bytea) to onrecord_app;
