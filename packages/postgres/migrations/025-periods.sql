-- What was true at a past second. Who was what in the firm, what departments and roles were called, and where folders and documents stood
-- is kept with from and until, beside the tables that say what is so now, which decisions read as before. Triggers write it, so whoever
-- changes those tables leaves it: services, nodes of the build before, and owners by hand.
--
-- A period begins and ends at the moment of a transaction: its changes are all of one moment, read from the clock as it commits. What
-- changes twice in one transaction was, in between, seen by nobody, and is not kept. `from_entry` and `until_entry` are what the record
-- says of the change: by whom, in which session. `txid` is the transaction that began it; null: it was so when this migration came, and
-- `since` is as far back as is known ('-infinity': nothing is).
alter table identity.department add column closed_at timestamptz;
alter table identity.role add column closed_at timestamptz;

create table identity.user_period (
  user_id uuid not null,
  kind text not null,
  active boolean not null,
  expires_at timestamptz,
  department_id uuid,
  since timestamptz not null,
  until timestamptz check (until > since),
  from_entry uuid,
  until_entry uuid,
  txid xid8
);
create unique index user_period_open on identity.user_period (user_id) where until is null;
create index user_period_since on identity.user_period (user_id, since);
create index user_period_department on identity.user_period (department_id, since);

create table identity.user_role_period (
  user_id uuid not null,
  role_id uuid not null,
  since timestamptz not null,
  until timestamptz check (until > since),
  from_entry uuid,
  until_entry uuid,
  txid xid8
);
create unique index user_role_period_open on identity.user_role_period (user_id, role_id) where until is null;
create index user_role_period_since on identity.user_role_period (user_id, role_id, since);
create index user_role_period_role on identity.user_role_period (role_id, since);

create table identity.role_period (
  role_id uuid not null,
  name text not null,
  closed_at timestamptz,
  since timestamptz not null,
  until timestamptz check (until > since),
  from_entry uuid,
  until_entry uuid,
  txid xid8
);
create unique index role_period_open on identity.role_period (role_id) where until is null;
create index role_period_since on identity.role_period (role_id, since);

create table identity.department_period (
  department_id uuid not null,
  name text not null,
  parent_id uuid,
  closed_at timestamptz,
  since timestamptz not null,
  until timestamptz check (until > since),
  from_entry uuid,
  until_entry uuid,
  txid xid8
);
create unique index department_period_open on identity.department_period (department_id) where until is null;
create index department_period_since on identity.department_period (department_id, since);
create index department_period_below on identity.department_period (parent_id, since);

-- Where a folder or document stands, and its labels: what decisions of then rested on, with the grants, which say themselves from when
-- until when they hold.
create table permissions.place_period (
  resource_id uuid not null,
  parent_id uuid,
  labels text[] not null,
  since timestamptz not null,
  until timestamptz check (until > since),
  from_entry uuid,
  until_entry uuid,
  txid xid8
);
create unique index place_period_open on permissions.place_period (resource_id) where until is null;
create index place_period_since on permissions.place_period (resource_id, since);
create index place_period_below on permissions.place_period (parent_id, since);

-- The moment of this transaction: the clock's, when it was asked first. Whoever sets it by hand moves it within the transaction at most.
create function onrecord.moment() returns timestamptz language plpgsql volatile
set search_path = pg_catalog, pg_temp set datestyle = 'ISO' as $$
declare
  known timestamptz := nullif(current_setting('onrecord.moment', true), '')::timestamptz;
begin
  if known between transaction_timestamp() and clock_timestamp() then
    return known;
  end if;
  known := clock_timestamp();
  perform set_config('onrecord.moment', known::text, true);
  return known;
end
$$;

-- What this transaction has put on the record about an object, or else at all; the last of it.
create function audit.entry_about(p_object uuid) returns uuid language sql stable security definer set search_path = pg_catalog, pg_temp
  return (
    select e.id from audit.entry e where e.txid = pg_current_xact_id()
    order by (e.object_id is not distinct from p_object) desc, e.id desc limit 1
  );

-- Ends the period of what a row said, and begins that of what it says. Arguments: the table of periods, its columns that name the thing,
-- those of the row, and the facts, which both call the same.
create function onrecord.keep_period() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  moment constant timestamptz := onrecord.moment();
  periods constant text := tg_argv[0];
  keys constant text := tg_argv[1];
  given constant text := regexp_replace(tg_argv[2], '(\w+)', '($1).\1', 'g');
  facts constant text := regexp_replace(tg_argv[3], '(\w+)', '($1).\1', 'g');
  subject uuid;
begin
  if tg_op <> 'INSERT' then
    execute format('select %s', split_part(given, ',', 1)) into subject using old;
    execute format('delete from %s where until is null and txid = pg_current_xact_id() and since >= transaction_timestamp() and (%s) = (%s)', periods, keys, given) using old;
    execute format(
      'update %s set until = greatest($2, since + interval ''1 microsecond''), until_entry = $3 where until is null and (%s) = (%s)',
      periods, keys, given
    ) using old, moment, audit.entry_about(subject);
  end if;
  if tg_op <> 'DELETE' then
    execute format('select %s', split_part(given, ',', 1)) into subject using new;
    -- Where transactions crossed, the one behind begins when the other's has ended.
    execute format(
      'insert into %1$s (%2$s, since, from_entry, txid)
       select %3$s, greatest($2, (select max(until) from %1$s where (%4$s) = (%5$s))), $3, pg_current_xact_id()',
      periods, concat_ws(', ', keys, nullif(tg_argv[3], '')), concat_ws(', ', given, nullif(facts, '')), keys, given
    ) using new, moment, audit.entry_about(subject);
  end if;
  return null;
end
$$;

-- The same for a table that is emptied.
create function onrecord.end_periods() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  execute format('delete from %s where until is null and txid = pg_current_xact_id() and since >= transaction_timestamp()', tg_argv[0]);
  execute format('update %s set until = greatest($1, since + interval ''1 microsecond'') where until is null', tg_argv[0]) using onrecord.moment();
  return null;
end
$$;

-- A period that has ended stays what it was; one that goes on only ends.
create function onrecord.period_kept() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    -- A transaction of another server may have had the same id.
    if old.until is null and old.txid = pg_current_xact_id() and old.since >= transaction_timestamp() then
      return old;
    end if;
  elsif old.until is null and new.until is not null
    and to_jsonb(new) - array['until', 'until_entry'] = to_jsonb(old) - array['until', 'until_entry'] then
    return new;
  end if;
  raise exception '%.% keeps what was: % is refused', tg_table_schema, tg_table_name, tg_op using errcode = 'insufficient_privilege';
end
$$;

do $$
declare
  kept record;
begin
  for kept in
    select k.*, regexp_replace(k.told, '(\w+)', 'old.\1', 'g') as before, regexp_replace(k.told, '(\w+)', 'new.\1', 'g') as after
    from (
      select *, concat_ws(', ', given, nullif(facts, '')) as told from (values
        ('identity.user', 'identity.user_period', 'user_id', 'id', 'kind, active, expires_at, department_id'),
        ('identity.user_role', 'identity.user_role_period', 'user_id, role_id', 'user_id, role_id', ''),
        ('identity.role', 'identity.role_period', 'role_id', 'id', 'name, closed_at'),
        ('identity.department', 'identity.department_period', 'department_id', 'id', 'name, parent_id, closed_at'),
        ('permissions.resource', 'permissions.place_period', 'resource_id', 'id', 'parent_id, labels')
      ) v (source, periods, keys, given, facts)
    ) k
  loop
    execute format(
      'create constraint trigger keep_period after insert or delete on %s deferrable initially deferred
       for each row execute function onrecord.keep_period(%L, %L, %L, %L)',
      kept.source, kept.periods, kept.keys, kept.given, kept.facts
    );
    execute format(
      'create constraint trigger keep_period_update after update on %s deferrable initially deferred
       for each row when ((%s) is distinct from (%s)) execute function onrecord.keep_period(%L, %L, %L, %L)',
      kept.source, kept.before, kept.after, kept.periods, kept.keys, kept.given, kept.facts
    );
    execute format('create trigger end_periods after truncate on %s for each statement execute function onrecord.end_periods(%L)', kept.source, kept.periods);
    execute format('create trigger period_kept before update or delete on %s for each row execute function onrecord.period_kept()', kept.periods);
    execute format('create trigger period_stays before truncate on %s for each statement execute function onrecord.refuse_change()', kept.periods);
    execute format('grant select on %s to onrecord_service', kept.periods);
  end loop;
end
$$;

-- What there is already; the triggers hold the tables, so that nothing changes in between.
insert into identity.user_period (user_id, kind, active, expires_at, department_id, since)
select id, kind, active, expires_at, department_id, created_at from identity.user;
insert into identity.user_role_period (user_id, role_id, since)
select r.user_id, r.role_id, u.created_at from identity.user_role r join identity.user u on u.id = r.user_id;
insert into identity.role_period (role_id, name, since) select id, name, '-infinity' from identity.role;
insert into identity.department_period (department_id, name, parent_id, since) select id, name, parent_id, '-infinity' from identity.department;
insert into permissions.place_period (resource_id, parent_id, labels, since)
select r.id, r.parent_id, r.labels, coalesce(f.created_at, d.created_at, '-infinity')
from permissions.resource r left join documents.folder f on f.id = r.id left join documents.document d on d.id = r.id;

-- What somebody was at a time. No row: there was no such account.
create function identity.member_at(p_user uuid, p_at timestamptz)
returns table (kind text, active boolean, department_id uuid) language sql stable rows 1 as $$
  select p.kind, p.active and coalesce(p.expires_at > p_at, true), p.department_id
  from identity.user_period p
  where p.user_id = p_user and p.since <= p_at and (p.until is null or p.until > p_at)
$$;

-- The roles that somebody had at a time, by their names of then.
create function identity.roles_at(p_user uuid, p_at timestamptz) returns table (role_id uuid, name text) language sql stable rows 5 as $$
  select p.role_id, r.name
  from identity.user_role_period p
  join identity.role_period r on r.role_id = p.role_id and r.since <= p_at and (r.until is null or r.until > p_at)
  where p.user_id = p_user and p.since <= p_at and (p.until is null or p.until > p_at)
$$;

-- The department that somebody was in at a time (depth 0) and those above it, by their names of then.
create function identity.departments_at(p_user uuid, p_at timestamptz)
returns table (department_id uuid, name text, depth int) language sql stable rows 5 as $$
  with recursive above (department_id, depth) as (
    select m.department_id, 0 from identity.member_at(p_user, p_at) m where m.department_id is not null
    union all
    select d.parent_id, a.depth + 1
    from above a
    join identity.department_period d on d.department_id = a.department_id and d.since <= p_at and (d.until is null or d.until > p_at)
    where d.parent_id is not null
  ) cycle department_id set is_cycle using path
  select a.department_id, d.name, a.depth
  from above a
  join identity.department_period d on d.department_id = a.department_id and d.since <= p_at and (d.until is null or d.until > p_at)
  where not a.is_cycle
$$;

-- Everything that somebody acted as at a time: what a grant of then had to name.
create function identity.acts_as_at(p_user uuid, p_at timestamptz) returns table (principal_id uuid) language sql stable rows 10 as $$
  select p_user from identity.member_at(p_user, p_at)
  union all select r.role_id from identity.roles_at(p_user, p_at) r
  union all select d.department_id from identity.departments_at(p_user, p_at) d
$$;

-- Where a folder or document stood at a time: itself (depth 0) and all above it up to the firm, with the labels of then.
create function permissions.places_at(p_resource uuid, p_at timestamptz)
returns table (resource_id uuid, depth int, labels text[]) language sql stable rows 5 as $$
  with recursive above (resource_id, depth, labels, parent_id) as (
    select p.resource_id, 0, p.labels, p.parent_id
    from permissions.place_period p
    where p.resource_id = p_resource and p.since <= p_at and (p.until is null or p.until > p_at)
    union all
    select p.resource_id, a.depth + 1, p.labels, p.parent_id
    from above a
    join permissions.place_period p on p.resource_id = a.parent_id and p.since <= p_at and (p.until is null or p.until > p_at)
  ) cycle resource_id set is_cycle using path
  select a.resource_id, a.depth, a.labels from above a where not a.is_cycle
$$;

revoke all on function
  onrecord.moment, onrecord.keep_period, onrecord.end_periods, onrecord.period_kept, audit.entry_about,
  identity.member_at, identity.roles_at, identity.departments_at, identity.acts_as_at, permissions.places_at
  from public;
grant execute on function
  identity.member_at, identity.roles_at, identity.departments_at, identity.acts_as_at, permissions.places_at to onrecord_service;
