-- No edit stands, in the order of the record, behind the revocation that forbids it.
--
-- That order is (txid, id), and a transaction has its id from its first write on. What conclude() makes void at the end of a change, an
-- edit may have been committed on since, with a later id. So whoever changes rights and records it stops the edits first: it takes the
-- rights lock, has another connection make void and commit what it will touch (stop), and only then writes. Until it has ended, nobody is
-- given those rights anew, since that takes the lock.

-- Makes void the rights that a change touches. Waits for commits that rest on them. The caller holds the rights lock, or somebody for it.
create function permissions.make_void(
  p_sessions uuid[], p_people uuid[], p_principals uuid[], p_resources uuid[], p_everything boolean, p_revision bigint
) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Locked in the order of their ids: two changes never wait for each other in a circle.
  with recursive given as (
    select distinct principal, resource from unnest(p_principals, p_resources) g (principal, resource)
  ), below (principal, department_id) as (
    select g.principal, d.id from given g join identity.department d on d.id = g.principal
    union
    select b.principal, d.id from below b join identity.department d on d.parent_id = b.department_id
  ), reached as (
    select l.id from permissions.live_right l where l.session_id = any (p_sessions)
    union
    select l.id from permissions.live_right l where l.user_id = any (p_people)
    union
    select l.id from permissions.live_right l where p_everything
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
  update permissions.live_right l set void = p_revision from locked where l.id = locked.id;
end
$$;

-- As in migration 010, but for what it does of the touched, which has a name now.
create or replace function permissions.conclude() returns bigint
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

  perform permissions.make_void(
    touched_sessions, touched_people, touched_principals, touched_resources, touched_everything, result
  );
  return result;
end
$$;

-- Stops the edits that a change of rights will forbid, on a connection beside that of the change, which holds the rights lock and has
-- written nothing yet. Principals and resources share an index. What was committed on these rights has an earlier transaction id than the
-- change will have; from here on nothing is. If the change does not come, they are decided anew and stay what they were.
create function permissions.stop(p_sessions uuid[], p_people uuid[], p_principals uuid[], p_resources uuid[]) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
-- The change waits for this, and nobody sees that: a circle through it ends here.
set lock_timeout = '5s'
as $$
begin
  perform permissions.make_void(
    p_sessions, p_people, p_principals, p_resources, false, (select v.revision + 1 from permissions.revision v)
  );
end
$$;

revoke all on function permissions.make_void, permissions.stop from public;
grant execute on function permissions.stop to onrecord_app;
