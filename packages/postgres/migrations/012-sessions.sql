-- A session that nobody uses ends. Each carries how long it may lie unused (null: for ever, as those of nodes of the build before) and
-- when that is over. Whoever reads `session_principal` is held to it by the database's clock, nodes of the build before too.
alter table identity.session
  add column used_at timestamptz,
  add column idle_for interval,
  add column idle_at timestamptz,
  -- Where it was started from. No reference: origins are personal, and may be deleted.
  add column origin_id uuid,
  add check ((idle_for is null) = (idle_at is null));
update identity.session set used_at = created_at;
alter table identity.session alter column used_at set default clock_timestamp(), alter column used_at set not null;
create index session_idle on identity.session (idle_at) where ended_at is null;

-- `expires_at` is what authentication and open rights go by; `ends_at` is when the session ends however much it is used.
create or replace view identity.session_principal as
  select
    s.id as session_id, s.token_hash, s.kind as session_kind,
    least(s.expires_at, u.expires_at, s.idle_at) as expires_at,
    u.id as user_id, u.email, u.name, u.kind as user_kind, u.title,
    coalesce((select array_agg(r.name order by r.name) from identity.user_role ur join identity.role r on r.id = ur.role_id where ur.user_id = u.id), '{}') as roles,
    least(s.expires_at, u.expires_at) as ends_at
  from identity.session s
  join identity.user u on u.id = s.user_id
  where s.ended_at is null and u.active;

-- Being used makes no right void; being cut short does, whoever does it.
create or replace function identity.session_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    perform permissions.touch((
      select array_agg(n.id) from after n join before o on o.id = n.id
      where (o.ended_at, o.expires_at, o.user_id) is distinct from (n.ended_at, n.expires_at, n.user_id)
        or n.idle_at < o.idle_at or (o.idle_at is null and n.idle_at is not null)
    ), null, null, null);
  else
    perform permissions.touch((select array_agg(o.id) from before o), null, null, null);
  end if;
  return null;
end
$$;

-- Sessions are being used: they may lie unused again for as long as each may. What has ended, by whatever, stays ended. A row that
-- somebody is just changing is left to them.
create function identity.use_sessions(p_sessions uuid[]) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with used as materialized (
    select s.id from identity.session s
    where s.id = any (p_sessions) and s.ended_at is null and least(s.expires_at, s.idle_at) > clock_timestamp()
    order by s.id for no key update skip locked
  ), moment as materialized (select clock_timestamp() as now)
  update identity.session s
  -- Never back: nodes write at the same time.
  set used_at = greatest(s.used_at, m.now), idle_at = greatest(s.idle_at, m.now + s.idle_for)
  from used u cross join moment m
  where s.id = u.id
$$;

-- Ends sessions that were not used for as long as they may, some at a time, and says why each is over: it lay unused, or had expired
-- before that. They authenticate nobody already; this closes what is open on them, and lets it be put on the record.
create function identity.end_unused_sessions(p_most int) returns table (session_id uuid, cause text)
language sql security definer set search_path = pg_catalog, pg_temp as $$
  with unused as materialized (
    select s.id, s.user_id from identity.session s
    where s.ended_at is null and s.idle_at <= clock_timestamp()
    order by s.id limit p_most for no key update skip locked
  )
  update identity.session s
  set ended_at = clock_timestamp()
  from unused x join identity.user u on u.id = x.user_id
  where s.id = x.id
  returning s.id, case when least(s.expires_at, u.expires_at) <= s.idle_at then 'expired' else 'idle' end
$$;

revoke all on function identity.use_sessions, identity.end_unused_sessions from public;
grant execute on function identity.use_sessions, identity.end_unused_sessions to onrecord_app;
