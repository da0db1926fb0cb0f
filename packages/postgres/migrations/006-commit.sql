-- The group commit: changes of many documents, with their audit entries, in one statement and one transaction.
--
-- Parallel arrays, each group sharing one index: d_ documents, b_ clientIDs seen for the first time, k_ who made the changes,
-- c_ changes in order (c_doc and c_who point into d_ and k_, from 1). c_sealed is all sealed updates end to end, c_length their lengths.
--
-- Answers one row per document:
--   COMMITTED  its changes are d_from + 1 … head
--   CONFLICT   the head is no longer at d_from: read the gap, recompute, try again
--   CLIENT     a clientID turned out to be another user's
--   GONE       there is no such document
--   REVISION   permissions moved on (head is the new revision): decide again; nothing of the whole batch was kept
create function documents.commit_changes(
  p_revision bigint,
  d_id uuid[], d_from bigint[],
  b_doc int[], b_client bigint[], b_user uuid[],
  k_user uuid[], k_session uuid[], k_request text[], k_origin uuid[], k_commitment text[],
  c_doc int[], c_who int[], c_entry uuid[], c_action text[], c_extra text[], c_author uuid[], c_bytes int[], c_length int[],
  c_sealed bytea
) returns table (doc int, outcome text, head bigint, at timestamptz)
language plpgsql as $$
declare
  moment timestamptz(3) := clock_timestamp();
  current bigint;
  outcomes text[];
begin
  -- A permission change holds this lock exclusively from its bump to its commit, so what is read next cannot be outrun.
  perform pg_advisory_xact_lock_shared(permissions.lock_key());
  select revision into current from permissions.revision;
  if current is distinct from p_revision then
    return query select i, 'REVISION', current, moment::timestamptz from generate_subscripts(d_id, 1) i;
    return;
  end if;

  -- Heads are locked in the order of their ids: two nodes never wait for each other in a circle.
  select array_agg(
    case
      when h.document_id is null then 'GONE'
      when h.version <> d.from_version then 'CONFLICT'
      when exists (
        select from unnest(b_doc, b_client, b_user) b (doc, client, owner)
        join documents.client k on k.document_id = d.id and k.client_id = b.client
        where b.doc = d.ord and k.user_id <> b.owner
      ) then 'CLIENT'
      else 'COMMITTED'
    end order by d.ord)
  into outcomes
  from unnest(d_id, d_from) with ordinality d (id, from_version, ord)
  left join (
    select x.document_id, x.version from documents.head x where x.document_id = any (d_id) order by x.document_id for update
  ) h on h.document_id = d.id;

  insert into documents.client (document_id, client_id, user_id)
  select d_id[b.doc], b.client, b.owner
  from unnest(b_doc, b_client, b_user) b (doc, client, owner)
  where outcomes[b.doc] = 'COMMITTED'
  on conflict do nothing;

  with c as materialized (
    select
      x.*,
      d_from[x.doc] + row_number() over (partition by x.doc order by x.ord) as version,
      1 + sum(x.length) over (order by x.ord) - x.length as start
    from unnest(c_doc, c_who, c_entry, c_action, c_extra, c_author, c_bytes, c_length) with ordinality
      x (doc, who, entry, action, extra, author, bytes, length, ord)
  ), entries as (
    insert into audit.entry (id, at, action, actor_kind, actor_id, session_id, request_id, object_kind, object_id, outcome, origin_id, origin_commitment, detail)
    select
      c.entry, moment, c.action, case when k_user[c.who] is null then 'SYSTEM' else 'USER' end, k_user[c.who], k_session[c.who], k_request[c.who],
      'DOCUMENT', d_id[c.doc], 'ALLOWED', k_origin[c.who], decode(k_commitment[c.who], 'hex'),
      case when c.extra is null then jsonb_build_object('version', c.version, 'bytes', c.bytes)
           else jsonb_build_object('version', c.version, 'bytes', c.bytes) || c.extra::jsonb end
    from c where outcomes[c.doc] = 'COMMITTED'
    order by c.ord
  ), changes as (
    insert into documents.change (document_id, version, at, author_id, carrier_id, entry_id, bytes, sealed)
    select d_id[c.doc], c.version, moment, c.author, k_user[c.who], c.entry, c.bytes, substring(c_sealed from c.start::int for c.length)
    from c where outcomes[c.doc] = 'COMMITTED'
    order by c.ord
  )
  update documents.head h
  set version = n.version, bytes = h.bytes + n.bytes
  from (select d_id[c.doc] as id, max(c.version) as version, sum(c.bytes) as bytes from c where outcomes[c.doc] = 'COMMITTED' group by c.doc) n
  where h.document_id = n.id;

  return query
    select o.ord::int, o.outcome, coalesce(h.version, 0), moment::timestamptz
    from unnest(outcomes) with ordinality o (outcome, ord)
    left join documents.head h on h.document_id = d_id[o.ord];
end
$$;

revoke all on function documents.commit_changes from public;
grant execute on function documents.commit_changes to onrecord_app;
grant execute on function permissions.bump_revision, permissions.lock_key to onrecord_app;
