-- What a service's login says is held against what it brings.
--
-- The group commit believed its caller: with counts below one a head went back, with no changes versions appeared that nobody had made, and a
-- document was as large as was said. The parameters, answers and locks are those of migration 010; a node that says what is so notices nothing.
create or replace function documents.commit_changes(
  p_rights int, p_action text, p_extra jsonb,
  d_id uuid[], d_from bigint[], d_tip uuid[], d_count int[], d_bytes bigint[], d_last uuid[], d_start int[], d_offset int[], d_length int[],
  d_sealed bytea,
  b_doc int[], b_client bigint[], b_clock bigint[], b_user uuid[],
  k_right uuid[], k_user uuid[], k_session uuid[], k_request text[], k_origin uuid[], k_commitment text[],
  c_doc int[], c_version bigint[], c_who int[], c_carrier uuid[], c_proven boolean[], c_relayed boolean[], c_entry uuid[], c_bytes int[]
) returns table (outcome text, head bigint, at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
-- Planned once: left to itself, Postgres plans anew for the arrays of each call, which takes longer than to insert them.
set plan_cache_mode = force_generic_plan
as $$
declare
  moment timestamptz(3) := clock_timestamp();
  standing uuid[];
  documents int := coalesce(cardinality(d_id), 0);
  outcomes text[] := array_fill('CONFLICT'::text, array[documents]);
  moved int;
  places int[];
  place int;
  ds text := array_dims(d_id);
  ks text := array_dims(k_right);
  cs text := array_dims(c_entry);
  -- Who calls, though this runs as its owner.
  caller text := coalesce(nullif(current_setting('role'), 'none'), session_user);
begin
  -- The one answer to what is not one: nothing of it is kept.
  if (
    -- One length for each group, counted from 1: `array_dims` is '[1:n]', or null of none.
    (array_dims(d_from), array_dims(d_count), array_dims(d_bytes), array_dims(d_last), array_dims(d_start), array_dims(d_offset), array_dims(d_length), array_dims(d_tip))
      is distinct from (ds, ds, ds, ds, ds, ds, ds, ds)
    or (array_dims(k_user), array_dims(k_session), array_dims(k_request), array_dims(k_origin), array_dims(k_commitment)) is distinct from (ks, ks, ks, ks, ks)
    or (array_dims(c_doc), array_dims(c_version), array_dims(c_who), array_dims(c_carrier), array_dims(c_proven), array_dims(c_relayed), array_dims(c_bytes))
      is distinct from (cs, cs, cs, cs, cs, cs, cs)
    or (array_dims(b_doc), array_dims(b_client), array_dims(b_clock)) is distinct from (array_dims(b_user), array_dims(b_user), array_dims(b_user))
    or (ds, ks, cs, array_dims(b_user)) is distinct from (
      '[1:' || nullif(documents, 0) || ']', '[1:' || nullif(cardinality(k_right), 0) || ']', '[1:' || nullif(cardinality(c_entry), 0) || ']',
      '[1:' || nullif(cardinality(b_user), 0) || ']'
    )
    or p_action is null or p_action not in ('document.edited', 'document.imported', 'version.restored') or jsonb_typeof(p_extra) <> 'object'
    -- Who says that there are fewer rights would have some not looked at.
    or p_rights is distinct from (select count(distinct k.r) from unnest(k_right) k (r))
    or not (select coalesce(bool_and(b.doc between 1 and documents), true) from unnest(b_doc) b (doc))
  ) then
    raise exception 'a commit is told in arrays of one length, and says what it is' using errcode = 'insufficient_privilege';
  end if;

  -- Each version is one change, with an entry of its own, of somebody who is named; and what is stored is no longer or shorter than they
  -- say: sealed are 28 bytes more than the update, and where there are several, the length of each stands before it.
  if (
    select (coalesce(sum(d.n), 0), coalesce(sum(d.length), 0)) is distinct from (coalesce(cardinality(c_entry), 0)::bigint, coalesce(octet_length(d_sealed), 0)::bigint)
      or bool_or((
        d.from_version >= 0 and d.n >= 1 and d.length >= 28 and d.start = d.starts and d.at = d.begins
        and d.n = c.n and d.bytes = c.bytes and d.last = c_entry[d.start + d.n - 1] and c.told
        and d.length - 28 - d.bytes between case when d.n = 1 then 0 else d.n end and case when d.n = 1 then 0 else 5 * d.n::bigint end
      ) is not true)
    from (
      select x.*, 1 + sum(x.n) over w - x.n as starts, 1 + sum(x.length) over w - x.length as begins
      from unnest(d_from, d_count, d_bytes, d_last, d_start, d_offset, d_length) with ordinality x (from_version, n, bytes, last, start, at, length, ord)
      window w as (order by x.ord)
    ) d
    left join (
      select x.doc, count(*) as n, sum(x.bytes) as bytes, bool_and((
        x.bytes >= 1 and x.entry is not null and x.proven is not null and x.relayed is not null and x.who between 1 and cardinality(k_right)
        and x.carrier is not distinct from k_user[x.who]
        and x.ord between d_start[x.doc] and d_start[x.doc] + d_count[x.doc] - 1 and x.version = d_from[x.doc] + 1 + x.ord - d_start[x.doc]
      ) is true) as told
      from unnest(c_doc, c_version, c_who, c_carrier, c_proven, c_relayed, c_entry, c_bytes) with ordinality
        x (doc, version, who, carrier, proven, relayed, entry, bytes, ord)
      group by x.doc
    ) c on c.doc = d.ord
  ) then
    raise exception 'each version has its change and its entry, and is as long as it says' using errcode = 'insufficient_privilege';
  end if;

  -- What the service of documents commits by itself rests on no right that is open: on somebody who is signed in and may edit.
  if caller = 'onrecord_documents' and exists (
    select from unnest(c_doc, c_who) c (doc, who)
    where not exists (
      select from identity.session_principal p cross join lateral permissions.facts_of(array[p.user_id], array[d_id[c.doc]]) f
      where p.session_id = k_session[c.who] and p.user_id = k_user[c.who] and p.expires_at > moment and f.level >= 4
    )
  ) then
    raise exception 'a version is made by somebody who may, in a session that lives' using errcode = 'insufficient_privilege';
  end if;

  if p_rights > 0 then
    select array_agg(s.id) into standing
    from (
      select r.id from permissions.live_right r
      where r.id = any (k_right) and r.void is null and r.until > moment
      for share skip locked
    ) s;
    if p_rights > coalesce(cardinality(standing), 0) then
      for place in
        select distinct c.doc from unnest(c_doc, c_who) c (doc, who)
        where k_right[c.who] <> all (coalesce(standing, '{}'))
      loop
        outcomes[place] := 'VOID';
      end loop;
    end if;
  end if;

  -- Read before the heads are locked: whoever binds a clientID meanwhile moves the head, and the document is a CONFLICT.
  if cardinality(b_doc) > 0 then
    for place in
      select distinct b.doc
      from unnest(b_doc, b_client, b_user) b (doc, client, owner)
      join documents.client k on k.document_id = d_id[b.doc] and k.client_id = b.client
      where k.user_id <> b.owner
    loop
      if outcomes[place] <> 'VOID' then
        outcomes[place] := 'CLIENT';
      end if;
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
    where h.document_id = d.id and h.version = d.from_version and h.tip is not distinct from d.tip and outcomes[d.ord] = 'CONFLICT'
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
           else p_extra || jsonb_build_object('version', c.version, 'bytes', c.bytes) end
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

-- A head only grows, whoever moves it; what rewraps its key moves nothing.
create function documents.head_grows() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'the head of document % only grows', old.document_id using errcode = 'insufficient_privilege';
end
$$;
create trigger head_grows before update on documents.head for each row
  when (
    new.document_id <> old.document_id or new.version < old.version or new.bytes < old.bytes
    or (new.version = old.version and (new.bytes, new.tip) is distinct from (old.bytes, old.tip))
  )
  execute function documents.head_grows();
revoke all on function documents.head_grows from public;

-- What is told in an entry is an object, and where it stands for several, says for how many. Readers trust neither, since the record may hold
-- others from before.
create function audit.detail_formed() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'the detail of an entry is an object, and its count a number of at least one' using errcode = 'insufficient_privilege';
end
$$;
create trigger entry_formed before insert on audit.entry for each row
  when (
    jsonb_typeof(new.detail) <> 'object'
    or (new.detail ? 'count' and not (jsonb_typeof(new.detail->'count') = 'number' and new.detail->>'count' ~ '^[1-9][0-9]{0,8}$'))
  )
  execute function audit.detail_formed();
revoke all on function audit.detail_formed from public;

-- The longest that a session lasts, or may lie unused, whoever starts it: the most that the settings may say.
create function identity.longest_session() returns interval language sql immutable parallel safe return interval '366 days';

-- As in migration 020, and nothing lasts for ever.
create or replace function identity.session_timed() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if not (isfinite(new.expires_at) and isfinite(new.created_at) and coalesce(isfinite(new.idle_for), true)) then
      raise exception 'a session ends' using errcode = 'insufficient_privilege';
    end if;
    -- It lasts as long as was asked for, from now on.
    new.expires_at := clock_timestamp() + least(new.expires_at - new.created_at, identity.longest_session());
    new.created_at := clock_timestamp();
    new.used_at := new.created_at;
    new.idle_for := least(new.idle_for, identity.longest_session());
    new.idle_at := new.created_at + new.idle_for;
  elsif old.ended_at is not null or new.ended_at is null then
    raise exception 'a session that has ended stays ended' using errcode = 'insufficient_privilege';
  else
    new.ended_at := clock_timestamp();
  end if;
  return new;
end
$$;
revoke all on function identity.longest_session from public;
grant execute on function identity.longest_session to onrecord_service;
