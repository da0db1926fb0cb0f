-- Whose structs of a Yjs clientID are, from a clock on, until its next row: the user's who proved to write with it, or, where user_id is
-- null, nobody's who could be proven: somebody carried them for somebody else. Its first row with a user binds a clientID for good:
-- every later row with a user has the same.
alter table documents.client drop constraint client_pkey;
alter table documents.client add column clock bigint not null default 0;
alter table documents.client alter column user_id drop not null;
alter table documents.client add primary key (document_id, client_id, clock);

-- Sent in an answer to a sync: a client answers with every delete it knows of, so these cannot be proven to be the carrier's own.
alter table documents.change add column relayed boolean not null default false;

-- The group commit of migration 006, with the clock that a binding begins at (its user null: carried without proof) and whether a change
-- was relayed. Arguments and outcomes are described there. Nodes of the previous build call that one while they are replaced.
create function documents.commit_changes(
  p_revision bigint,
  d_id uuid[], d_from bigint[],
  b_doc int[], b_client bigint[], b_clock bigint[], b_user uuid[],
  k_user uuid[], k_session uuid[], k_request text[], k_origin uuid[], k_commitment text[],
  c_doc int[], c_who int[], c_entry uuid[], c_action text[], c_extra text[], c_author uuid[], c_relayed boolean[], c_bytes int[], c_length int[],
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
        -- Null is nobody's: what is carried without proof contradicts no owner.
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

  insert into documents.client (document_id, client_id, clock, user_id)
  select d_id[b.doc], b.client, b.clock, b.owner
  from unnest(b_doc, b_client, b_clock, b_user) b (doc, client, clock, owner)
  where outcomes[b.doc] = 'COMMITTED'
  on conflict do nothing;

  with c as materialized (
    select
      x.*,
      d_from[x.doc] + row_number() over (partition by x.doc order by x.ord) as version,
      1 + sum(x.length) over (order by x.ord) - x.length as start
    from unnest(c_doc, c_who, c_entry, c_action, c_extra, c_author, c_relayed, c_bytes, c_length) with ordinality
      x (doc, who, entry, action, extra, author, relayed, bytes, length, ord)
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
    insert into documents.change (document_id, version, at, author_id, carrier_id, relayed, entry_id, bytes, sealed)
    select d_id[c.doc], c.version, moment, c.author, k_user[c.who], c.relayed, c.entry, c.bytes, substring(c_sealed from c.start::int for c.length)
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

revoke all on function documents.commit_changes
  (bigint, uuid[], bigint[], int[], bigint[], bigint[], uuid[], uuid[], uuid[], text[], uuid[], text[], int[], int[], uuid[], text[], text[], uuid[], boolean[], int[], int[], bytea) from public;
grant execute on function documents.commit_changes
  (bigint, uuid[], bigint[], int[], bigint[], bigint[], uuid[], uuid[], uuid[], text[], uuid[], text[], int[], int[], uuid[], text[], text[], uuid[], boolean[], int[], int[], bytea) to onrecord_app;
