-- What must not be told to those whom it is about: that somebody whose duty it is to look has looked. Whoever is warned hides what was to be
-- found. An entry is discreet where somebody with such a duty did something that nobody else sees by itself; what they change shows anyway.
-- Decided as it is written, whoever writes it: the duty may be given or taken later, and what was done under it stays what it was.
alter table audit.entry add column discreet boolean not null default false;
alter table audit.alert add column discreet boolean not null default false;

-- Whether it is somebody's duty to look. Who may read what they did is the policy `discreet-readers`; a test holds the two together.
create function audit.watches(p_user uuid) returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from identity.user_role u join identity.role r on r.id = u.role_id
    where u.user_id = p_user and r.name in ('compliance', 'admin')
  )
$$;

-- Everything but what shows by itself: an event that is new is discreet until somebody says otherwise here.
create function audit.shows_by_itself(p_action text) returns boolean language sql immutable parallel safe as $$
  select p_action in (
    'document.edited', 'document.created', 'document.imported', 'document.shredded', 'folder.created',
    'version.restored', 'version.named', 'access.granted', 'access.revoked'
  ) or starts_with(p_action, 'session.') or starts_with(p_action, 'key.')
$$;

create function audit.mark_entry() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if audit.shows_by_itself(new.action) then
    new.discreet := false;
  elsif new.action = 'sitting.ended' then
    -- As the entry with which the sitting began, whatever its person is by now.
    new.discreet := coalesce((select e.discreet from audit.entry e where e.id = (new.detail->>'entryId')::uuid), true);
  else
    -- Of a link, also whom it was made for: who follows a copy of theirs, or stumbles over it, tells of them as well.
    new.discreet := audit.watches(new.actor_id) or audit.watches((new.detail->>'issuedTo')::uuid);
  end if;
  return new;
end
$$;
-- Edits are most of the record, and are never discreet: for them nothing is called.
create trigger entry_discreet before insert on audit.entry for each row
  when (new.action <> 'document.edited' and (new.actor_id is not null or new.detail ? 'issuedTo'))
  execute function audit.mark_entry();

create function audit.mark_alert() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  new.discreet := coalesce((select e.discreet from audit.entry e where e.id = new.entry_id), true);
  return new;
end
$$;
create trigger alert_discreet before insert on audit.alert for each row execute function audit.mark_alert();

-- What was written before. No leaf changes: none knows of this column.
alter table audit.entry disable trigger entry_append_only;
update audit.entry e set discreet = true
where e.action <> 'document.edited' and not audit.shows_by_itself(e.action) and audit.watches(e.actor_id);
alter table audit.entry enable trigger entry_append_only;
update audit.alert a set discreet = true from audit.entry e where e.id = a.entry_id and e.discreet;

-- The record for everybody who may not read what is discreet: lists, counts and single entries alike.
create view audit.told_entry as select * from audit.entry where not discreet;

-- Reads that are folded. A sitting is one person's acts of one kind on one thing with gaps of at most five minutes. An entry is written when
-- it begins, before the first answer leaves, and another when it has ended, if there was more than that one act. In between it stands here.
create table audit.sitting (
  actor_id uuid not null,
  action text not null,
  object_id uuid not null,
  object_kind text not null,
  session_id uuid,
  request_id text not null,
  origin_id uuid,
  origin_commitment bytea,
  -- The entry with which it began.
  entry_id uuid not null,
  first_at timestamptz(3) not null,
  last_at timestamptz(3) not null,
  times bigint not null,
  primary key (actor_id, action, object_id)
);
create index sitting_last on audit.sitting (last_at);

-- The one place that says how long a gap may be.
create function audit.sitting_gap() returns interval language sql immutable parallel safe as $$ select interval '5 minutes' $$;

-- How acts of a kind ended: of what was withheld, in a refusal.
create function audit.sitting_outcome(p_action text) returns text language sql immutable parallel safe as $$
  select case when p_action = 'folder.withheld' then 'DENIED' else 'ALLOWED' end
$$;

-- A time-ordered id as our processes make them (UUID version 7): lists go by it.
create function audit.new_id() returns uuid language sql volatile as $$
  select overlay(
    overlay(replace(gen_random_uuid()::text, '-', '') placing '7' from 13 for 1)
    placing lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') from 1 for 12
  )::uuid
$$;

-- Takes a sitting that is over away, and puts on the record how long it was, where that is more than its beginning says.
create function audit.end_sitting(s audit.sitting) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from audit.sitting x where (x.actor_id, x.action, x.object_id) = (s.actor_id, s.action, s.object_id);
  if s.times > 1 then
    insert into audit.entry (id, action, actor_kind, actor_id, session_id, request_id, object_kind, object_id, outcome, origin_id, origin_commitment, detail)
    values (
      audit.new_id(), 'sitting.ended', 'USER', s.actor_id, s.session_id, s.request_id, s.object_kind, s.object_id, audit.sitting_outcome(s.action), s.origin_id, s.origin_commitment,
      jsonb_build_object(
        'action', s.action, 'entryId', s.entry_id, 'times', s.times,
        'first', to_char(s.first_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'last', to_char(s.last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
      )
    );
  end if;
end
$$;

-- Ends sittings that are over, 500 at most, and answers how many it found. Two nodes never wait for each other over them.
create function audit.end_sittings() returns int language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  ended int := 0;
  s audit.sitting;
begin
  for s in
    select x.* from audit.sitting x where x.last_at < clock_timestamp() - audit.sitting_gap()
    order by x.last_at limit 500 for update skip locked
  loop
    perform audit.end_sitting(s);
    ended := ended + 1;
  end loop;
  return ended;
end
$$;

-- Records reads: parallel arrays, one index for each person, kind and thing, each of these at most once. p_times says how many acts, p_ago how
-- many milliseconds ago the last of them was, p_entry the id of the entry if a sitting begins with them. Answers the kinds of those that began.
create function audit.sit(
  p_entry uuid[], p_action text[], p_actor uuid[], p_session uuid[], p_request text[], p_kind text[], p_object uuid[],
  p_origin uuid[], p_commitment text[], p_times bigint[], p_ago double precision[]
) returns setof text language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moment timestamptz(3) := clock_timestamp();
  s audit.sitting;
begin
  -- One call at a time writes of a person, and people are taken in one order: calls never wait for each other in a circle.
  perform pg_advisory_xact_lock(15, h.person)
  from (select distinct hashtext(a.actor::text) as person from unnest(p_actor) a (actor) order by 1) h;

  for s in
    select x.* from audit.sitting x
    join unnest(p_actor, p_action, p_object) g (actor, action, object) on (x.actor_id, x.action, x.object_id) = (g.actor, g.action, g.object)
    for update of x
  loop
    if s.last_at < moment - audit.sitting_gap() then
      perform audit.end_sitting(s);
    end if;
  end loop;

  return query
  with given as materialized (
    select * from unnest(p_entry, p_action, p_actor, p_session, p_request, p_kind, p_object, p_origin, p_commitment, p_times, p_ago) with ordinality
      g (entry, action, actor, session, request, kind, object, origin, commitment, times, ago, ord)
  ), put as (
    insert into audit.sitting as x (actor_id, action, object_id, object_kind, session_id, request_id, origin_id, origin_commitment, entry_id, first_at, last_at, times)
    select g.actor, g.action, g.object, g.kind, g.session, g.request, g.origin, decode(g.commitment, 'hex'), g.entry,
      moment - g.ago * interval '1 millisecond', moment - g.ago * interval '1 millisecond', g.times
    from given g
    on conflict (actor_id, action, object_id) do update
      set last_at = greatest(x.last_at, excluded.last_at), times = x.times + excluded.times
    returning x.entry_id
  ), begun as (
    insert into audit.entry (id, action, actor_kind, actor_id, session_id, request_id, object_kind, object_id, outcome, origin_id, origin_commitment, detail)
    select g.entry, g.action, 'USER', g.actor, g.session, g.request, g.kind, g.object, audit.sitting_outcome(g.action), g.origin, decode(g.commitment, 'hex'), '{}'
    from given g join put on put.entry_id = g.entry
    order by g.ord
    returning action
  )
  select distinct b.action from begun b;
end
$$;

grant select on audit.told_entry, audit.sitting to onrecord_app;
revoke all on function
  audit.watches, audit.shows_by_itself, audit.mark_entry, audit.mark_alert, audit.sitting_gap, audit.sitting_outcome, audit.new_id, audit.end_sitting,
  audit.end_sittings, audit.sit
  from public;
-- Triggers run as their owner; of the others a service calls these.
grant execute on function audit.watches, audit.end_sittings, audit.sit to onrecord_app;
