-- A change of rights costs what it touches.
--
-- What is open (an editor's socket, a subscription, a signed-in connection) rests on a right: a row of live_right. Whoever changes a right
-- makes void, in the transaction of the change and in one statement, exactly the rows that the change touches. A commit of edits locks the
-- few rows that it rests on, for share, and keeps nothing of a document whose row is void or gone. Nothing else waits for anything.
--
-- Everything here may be lost with a crash of the database: a right that is gone is void, and whoever held it asks again.
create unlogged table permissions.live_right (
  id uuid primary key,
  -- The process that holds it.
  node_id uuid not null,
  session_id uuid not null,
  user_id uuid not null,
  -- What it is a right on; null: the session itself.
  resource_id uuid,
  -- When session or grant end by themselves.
  until timestamptz not null,
  -- The permission revision that made it void. Its holder takes the row away once it has acted on that.
  void bigint
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.1);
create index live_right_session on permissions.live_right (session_id);
create index live_right_user on permissions.live_right (user_id);
create index live_right_resource on permissions.live_right (resource_id);
create index live_right_node on permissions.live_right (node_id);
create index live_right_void on permissions.live_right (void, node_id) where void is not null;
grant select, insert, update, delete on permissions.live_right to onrecord_app;

-- Whom a membership reaches, downwards.
create index department_below on identity.department (parent_id);
create index user_of_department on identity.user (department_id);
create index user_of_role on identity.user_role (role_id);

-- Everything that one user acts as: the user, every role, the department and all above it. The ids that a grant may name. It climbs from
-- one person by index. The view of the same name, the closure of everybody, stays for nodes of the build before until they are replaced.
create function identity.acts_as(p_user uuid) returns table (principal_id uuid) language sql stable rows 10 as $$
  select p_user
  union all
  select r.role_id from identity.user_role r where r.user_id = p_user
  union all
  (
    with recursive above (department_id) as (
      select u.department_id from identity.user u where u.id = p_user and u.department_id is not null
      union
      select d.parent_id from above a join identity.department d on d.id = a.department_id where d.parent_id is not null
    )
    select a.department_id from above a
  )
$$;

-- What the decision rests on: of each pair of a user and a resource, which share an index, the resource's kind and labels, and the
-- highest grant that holds now. A resource that does not exist gives no row. Many pairs are climbed together, from the people and from the
-- resources, to where grants may meet them.
create function permissions.facts_of(p_user uuid[], p_resource uuid[])
returns table (ord int, kind text, labels text[], level int, grant_id uuid, grant_ends timestamptz)
language plpgsql stable rows 10 as $$
#variable_conflict use_column
begin
  return query
    with recursive pair as materialized (
      select p.n::int as n, p.person, p.resource from unnest(p_user, p_resource) with ordinality p (person, resource, n)
    ), person as materialized (
      select distinct p.person as id from pair p
    ), above (person, department_id) as (
      select p.id, u.department_id from person p join identity.user u on u.id = p.id where u.department_id is not null
      union
      select a.person, d.parent_id
      from above a join identity.department d on d.id = a.department_id
      where d.parent_id is not null
    ), acts_as as materialized (
      select p.id as person, p.id as principal_id from person p
      union all
      select r.user_id, r.role_id from person p join identity.user_role r on r.user_id = p.id
      union all
      select a.person, a.department_id from above a
    ), best as (
      select distinct on (p.n) p.n, g.id, g.level, g.expires_at
      from pair p
      join permissions.resource_path x on x.descendant_id = p.resource
      join acts_as a on a.person = p.person
      join permissions.grant g on g.principal_id = a.principal_id and g.resource_id = x.ancestor_id
      where g.revoked_at is null and (g.expires_at is null or g.expires_at > clock_timestamp())
      order by p.n, g.level desc, g.expires_at desc nulls first
    )
    select p.n, r.kind, r.labels, coalesce(b.level, 0)::int, b.id, b.expires_at
    from pair p
    join permissions.resource r on r.id = p.resource
    left join best b on b.n = p.n;
end
$$;

-- Stores rights that sessions ask for and tells what each rests on; a session that has ended gets none, and gives no row. Facts are read
-- and rows written under the shared lock: a change of rights is either seen here, or sees these rows and makes them void.
create function permissions.stand(p_node uuid, p_id uuid[], p_session uuid[], p_resource uuid[])
returns table (
  id uuid, session_id uuid, user_id uuid, email text, name text, title text, user_kind text, roles text[], session_ends timestamptz,
  kind text, labels text[], level int, grant_id uuid, grant_ends timestamptz, revision bigint
)
language plpgsql as $$
#variable_conflict use_column
begin
  perform pg_advisory_xact_lock_shared(permissions.lock_key());
  return query
    with asked as materialized (
      select
        (row_number() over ())::int as n, a.id as right_id, a.resource,
        p.session_id, p.user_id, p.email, p.name, p.title, p.user_kind, p.roles, p.expires_at
      from unnest(p_id, p_session, p_resource) a (id, session, resource)
      join identity.session_principal p on p.session_id = a.session and p.expires_at > clock_timestamp()
    ), facts as materialized (
      select f.*
      from (select array_agg(a.user_id order by a.n) as people, array_agg(a.resource order by a.n) as resources from asked a) l
      cross join lateral permissions.facts_of(l.people, l.resources) f
    ), stored as (
      insert into permissions.live_right (id, node_id, session_id, user_id, resource_id, until)
      select a.right_id, p_node, a.session_id, a.user_id, a.resource, least(a.expires_at, f.grant_ends)
      from asked a left join facts f on f.ord = a.n
    )
    select
      a.right_id, a.session_id, a.user_id, a.email, a.name, a.title, a.user_kind, a.roles, a.expires_at,
      f.kind, f.labels, f.level, f.grant_id, f.grant_ends, v.revision
    from asked a left join facts f on f.ord = a.n cross join permissions.revision v;
end
$$;

-- What the changes of a transaction touch, until it concludes: sessions, people (in all their rights), and principals on a resource and
-- all below it (a null principal is anybody, a null resource everything). Who belongs to a principal is asked when the transaction
-- concludes, since others may join until then. A transaction sees only its own rows, since each takes its rows away before it commits.
create unlogged table permissions.touched (
  id bigint generated always as identity,
  sessions uuid[] not null default '{}',
  people uuid[] not null default '{}',
  principals uuid[] not null default '{}',
  resources uuid[] not null default '{}',
  everything boolean not null default false
);

-- Concludes the changes that this transaction made to anybody's rights: moves the revision, and makes void what they touch. Runs by itself
-- before the commit; whoever must know the revision, or decide on what comes after the change, calls it. From here to the commit nothing
-- is opened and the touched wait; all others commit. Answers the new revision; null when nothing was touched.
create function permissions.conclude() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  touched_sessions uuid[];
  touched_people uuid[];
  touched_principals uuid[];
  touched_resources uuid[];
  touched_everything boolean;
  result bigint;
begin
  with mine as (delete from permissions.touched returning *)
  select
    array_agg(distinct x.session) filter (where x.session is not null),
    array_agg(distinct x.person) filter (where x.person is not null),
    array_agg(x.principal) filter (where x.principal is not null or x.resource is not null),
    array_agg(x.resource) filter (where x.principal is not null or x.resource is not null),
    bool_or(m.everything)
  into touched_sessions, touched_people, touched_principals, touched_resources, touched_everything
  from mine m left join lateral unnest(m.sessions, m.people, m.principals, m.resources) x (session, person, principal, resource) on true;
  if touched_everything is null then
    return null;
  end if;

  -- Whoever stops here keeps others from being given rights: not for longer than the services allow themselves.
  if current_setting('idle_in_transaction_session_timeout') = '0' then
    perform set_config('idle_in_transaction_session_timeout', '30s', true);
  end if;
  -- Waits for rights that are being stored, so that what follows sees them all.
  perform pg_advisory_xact_lock(permissions.lock_key());
  update permissions.revision set revision = revision + 1 returning revision into result;

  -- Waits for commits that rest on them. Locked in the order of their ids: two changes never wait for each other in a circle.
  with recursive given as (
    select distinct principal, resource from unnest(touched_principals, touched_resources) g (principal, resource)
  ), below (principal, department_id) as (
    select g.principal, d.id from given g join identity.department d on d.id = g.principal
    union
    select b.principal, d.id from below b join identity.department d on d.parent_id = b.department_id
  ), reached as (
    select l.id from permissions.live_right l where l.session_id = any (touched_sessions)
    union
    select l.id from permissions.live_right l where l.user_id = any (touched_people)
    union
    select l.id from permissions.live_right l where touched_everything
    union
    select l.id
    from given g
    join identity.user_role r on r.role_id = g.principal
    join permissions.live_right l on l.user_id = r.user_id
    where g.resource is null
    union
    select l.id
    from given g
    join below b on b.principal = g.principal
    join identity.user u on u.department_id = b.department_id
    join permissions.live_right l on l.user_id = u.id
    where g.resource is null
    union
    select l.id
    from given g
    join lateral (
      select x.descendant_id from permissions.resource_path x where x.ancestor_id = g.resource
      union select g.resource
    ) x on true
    join permissions.live_right l on l.resource_id = x.descendant_id
    where g.principal is null or g.principal = l.user_id
      or exists (select from identity.user_role r where r.user_id = l.user_id and r.role_id = g.principal)
      or exists (
        select from identity.user u join below b on b.department_id = u.department_id
        where u.id = l.user_id and b.principal = g.principal
      )
  ), locked as materialized (
    select l.id from permissions.live_right l
    where l.id in (select r.id from reached r) and l.void is null
    order by l.id for update
  )
  update permissions.live_right l set void = result from locked where l.id = locked.id;
  return result;
end
$$;

create function permissions.conclude_touched() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform permissions.conclude();
  return null;
end
$$;
create constraint trigger conclude after insert on permissions.touched
  deferrable initially deferred for each row execute function permissions.conclude_touched();

create function permissions.touch(p_sessions uuid[], p_people uuid[], p_principals uuid[], p_resources uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if coalesce(cardinality(p_sessions), cardinality(p_people), cardinality(p_principals), cardinality(p_resources), 0) = 0 then
    return;
  end if;
  -- With a snapshot of before, the rights that were given since could not be seen.
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception 'rights are changed in a READ COMMITTED transaction, and this one is %', upper(current_setting('transaction_isolation'))
      using errcode = 'feature_not_supported', hint = 'Begin the transaction with ISOLATION LEVEL READ COMMITTED.';
  end if;
  insert into permissions.touched (sessions, people, principals, resources)
  values (coalesce(p_sessions, '{}'), coalesce(p_people, '{}'), coalesce(p_principals, '{}'), coalesce(p_resources, '{}'));
end
$$;

-- A table that rights rest on was emptied: what it took along cannot be asked any more.
create function permissions.touch_everything() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into permissions.touched (everything) values (true);
  return null;
end
$$;
create trigger touch_truncate after truncate on identity.session for each statement execute function permissions.touch_everything();
create trigger touch_truncate after truncate on identity.user for each statement execute function permissions.touch_everything();
create trigger touch_truncate after truncate on identity.user_role for each statement execute function permissions.touch_everything();
create trigger touch_truncate after truncate on identity.role for each statement execute function permissions.touch_everything();
create trigger touch_truncate after truncate on identity.department for each statement execute function permissions.touch_everything();
create trigger touch_truncate after truncate on permissions.grant for each statement execute function permissions.touch_everything();
create trigger touch_truncate after truncate on permissions.resource for each statement execute function permissions.touch_everything();
create trigger touch_truncate after truncate on permissions.resource_path for each statement execute function permissions.touch_everything();

-- Everybody who changes these tables touches, whoever it is and by whatever way.
create function identity.session_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    perform permissions.touch((
      select array_agg(n.id) from after n join before o on o.id = n.id
      where (o.ended_at, o.expires_at, o.user_id) is distinct from (n.ended_at, n.expires_at, n.user_id)
    ), null, null, null);
  else
    perform permissions.touch((select array_agg(o.id) from before o), null, null, null);
  end if;
  return null;
end
$$;
create trigger touch_update after update on identity.session
  referencing old table as before new table as after for each statement execute function identity.session_changed();
create trigger touch_delete after delete on identity.session
  referencing old table as before for each statement execute function identity.session_changed();

create function identity.user_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    perform permissions.touch(null, (
      select array_agg(o.id) from before o left join after n on o.id = n.id
      where (o.active, o.expires_at, o.kind, o.department_id) is distinct from (n.active, n.expires_at, n.kind, n.department_id)
    ), null, null);
  else
    perform permissions.touch(null, (select array_agg(o.id) from before o), null, null);
  end if;
  return null;
end
$$;
create trigger touch_update after update on identity.user
  referencing old table as before new table as after for each statement execute function identity.user_changed();
create trigger touch_delete after delete on identity.user
  referencing old table as before for each statement execute function identity.user_changed();

create function identity.user_role_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    perform permissions.touch(null, (select array_agg(distinct n.user_id) from after n), null, null);
  elsif tg_op = 'DELETE' then
    perform permissions.touch(null, (select array_agg(distinct o.user_id) from before o), null, null);
  else
    perform permissions.touch(null, (
      select array_agg(x.user_id) from (select o.user_id from before o union select n.user_id from after n) x
    ), null, null);
  end if;
  return null;
end
$$;
create trigger touch_insert after insert on identity.user_role
  referencing new table as after for each statement execute function identity.user_role_changed();
create trigger touch_update after update on identity.user_role
  referencing old table as before new table as after for each statement execute function identity.user_role_changed();
create trigger touch_delete after delete on identity.user_role
  referencing old table as before for each statement execute function identity.user_role_changed();

-- Policies speak of roles by name.
create function identity.role_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform permissions.touch(null, null, (
    select array_agg(n.id) from after n join before o on o.id = n.id where o.name is distinct from n.name
  ), null);
  return null;
end
$$;
create trigger touch_update after update on identity.role
  referencing old table as before new table as after for each statement execute function identity.role_changed();

-- A department that moves takes everybody in it and below it along.
create function identity.department_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform permissions.touch(null, null, (
    select array_agg(n.id) from after n join before o on o.id = n.id where o.parent_id is distinct from n.parent_id
  ), null);
  return null;
end
$$;
create trigger touch_update after update on identity.department
  referencing old table as before new table as after for each statement execute function identity.department_changed();

create function permissions.grant_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  principals uuid[];
  resources uuid[];
begin
  if tg_op = 'INSERT' then
    select array_agg(n.principal_id), array_agg(n.resource_id) into principals, resources from after n;
  elsif tg_op = 'DELETE' then
    select array_agg(o.principal_id), array_agg(o.resource_id) into principals, resources from before o;
  else
    select array_agg(x.principal_id), array_agg(x.resource_id) into principals, resources
    from (
      select o.principal_id, o.resource_id, o.level, o.expires_at, o.revoked_at is null, o.id from before o
      except select n.principal_id, n.resource_id, n.level, n.expires_at, n.revoked_at is null, n.id from after n
      union (
        select n.principal_id, n.resource_id, n.level, n.expires_at, n.revoked_at is null, n.id from after n
        except select o.principal_id, o.resource_id, o.level, o.expires_at, o.revoked_at is null, o.id from before o
      )
    ) x;
  end if;
  perform permissions.touch(null, null, principals, resources);
  return null;
end
$$;
create trigger touch_insert after insert on permissions.grant
  referencing new table as after for each statement execute function permissions.grant_changed();
create trigger touch_update after update on permissions.grant
  referencing old table as before new table as after for each statement execute function permissions.grant_changed();
create trigger touch_delete after delete on permissions.grant
  referencing old table as before for each statement execute function permissions.grant_changed();

-- Labels decide, and what moves inherits from elsewhere: for everybody, on it and on all below it.
create function permissions.resource_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  resources uuid[];
begin
  select array_agg(n.id) into resources
  from after n join before o on o.id = n.id
  where (o.labels, o.parent_id) is distinct from (n.labels, n.parent_id);
  if resources is not null then
    perform permissions.touch(null, null, array_fill(null::uuid, array[cardinality(resources)]), resources);
  end if;
  return null;
end
$$;
create trigger touch_update after update on permissions.resource
  referencing old table as before new table as after for each statement execute function permissions.resource_changed();

-- The way from a resource up to the firm. A new resource has nobody yet.
create function permissions.path_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  resources uuid[];
begin
  if tg_op = 'INSERT' then
    select array_agg(distinct n.descendant_id) into resources
    from after n where exists (select from permissions.live_right l where l.resource_id = n.descendant_id);
  else
    select array_agg(distinct o.descendant_id) into resources from before o;
  end if;
  if resources is not null then
    perform permissions.touch(null, null, array_fill(null::uuid, array[cardinality(resources)]), resources);
  end if;
  return null;
end
$$;
create trigger touch_insert after insert on permissions.resource_path
  referencing new table as after for each statement execute function permissions.path_changed();
create trigger touch_update after update on permissions.resource_path
  referencing old table as before for each statement execute function permissions.path_changed();
create trigger touch_delete after delete on permissions.resource_path
  referencing old table as before for each statement execute function permissions.path_changed();

-- The name that changes of rights called before. It concludes, and moves the revision in any case; there is nothing left that could be forgotten.
drop function permissions.bump_revision;
create function permissions.bump_revision() returns bigint language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  result bigint := permissions.conclude();
begin
  if result is null then
    perform pg_advisory_xact_lock(permissions.lock_key());
    update permissions.revision set revision = revision + 1 returning revision into result;
  end if;
  return result;
end
$$;

revoke all on function
  permissions.touch, permissions.conclude_touched, identity.session_changed, identity.user_changed, identity.user_role_changed,
  identity.role_changed, identity.department_changed, permissions.grant_changed, permissions.resource_changed, permissions.path_changed,
  permissions.touch_everything
  from public;
revoke all on function
  identity.acts_as, permissions.facts_of, permissions.stand, permissions.conclude, permissions.bump_revision from public;
grant execute on function
  identity.acts_as, permissions.facts_of, permissions.stand, permissions.conclude, permissions.bump_revision to onrecord_app;

-- The group commit: what the caller knows (versions, totals, where each sealed batch begins) is passed instead of computed, heads move in
-- the statement that checks them, and nothing is done that the batch does not need.
--
-- Parallel arrays, each group sharing one index: d_ documents, b_ ranges of clientIDs with the user they are proven to be of (or null),
-- k_ who made the changes and on which right, c_ changes in order (c_doc and c_who point into d_ and k_, from 1). The changes of a document stand together,
-- d_count of them from d_start on; d_sealed is all sealed batches end to end, d_offset (from 1) and d_length say where each lies.
-- p_rights says how many different rights there are in k_right. p_action and p_extra (detail besides version and bytes) are those of all changes.
--
-- Answers one row per document, in their order:
--   COMMITTED  its changes are d_from + 1 … head
--   CONFLICT   the head is no longer at d_from, or is not d_tip: read the gap, recompute, try again
--   CLIENT     a clientID turned out to be another user's
--   GONE       there is no such document
--   VOID       a right that one of its changes rests on stands no longer, or is just being changed: decide again
--
-- A right is null where the decision was made in this transaction, under the lock of permissions.lock_key(). The others are locked for share
-- until the commit, so that whoever makes one void waits for it; one that is locked by such a change already is not waited for.
-- The function of migration 008, which compares the revision, stays for nodes of the build before until they are replaced.
create function documents.commit_changes(
  p_rights int, p_action text, p_extra jsonb,
  d_id uuid[], d_from bigint[], d_tip uuid[], d_count int[], d_bytes bigint[], d_last uuid[], d_start int[], d_offset int[], d_length int[],
  d_sealed bytea,
  b_doc int[], b_client bigint[], b_clock bigint[], b_user uuid[],
  k_right uuid[], k_user uuid[], k_session uuid[], k_request text[], k_origin uuid[], k_commitment text[],
  c_doc int[], c_version bigint[], c_who int[], c_carrier uuid[], c_proven boolean[], c_relayed boolean[], c_entry uuid[], c_bytes int[]
) returns table (outcome text, head bigint, at timestamptz)
language plpgsql
-- Planned once: left to itself, Postgres plans anew for the arrays of each call, which takes longer than to insert them.
set plan_cache_mode = force_generic_plan
as $$
declare
  moment timestamptz(3) := clock_timestamp();
  standing uuid[];
  documents int := cardinality(d_id);
  outcomes text[] := array_fill('CONFLICT'::text, array[documents]);
  moved int;
  places int[];
  place int;
begin
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

revoke all on all functions in schema documents from public;
grant execute on all functions in schema documents to onrecord_app;
