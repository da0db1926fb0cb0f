-- People, departments and roles, made and changed by administrators; the first administrator; links for passwords.
--
-- The identity service's login changes none of these tables. It calls functions, and each asks for a session of an administrator that lives
-- and for what it does to be on the record already, by that administrator, in the same transaction. What they refuse was refused by the
-- service before, in words: these are the second wall.
alter table identity.user add column revision int not null default 1;

-- A link for a password: its token is nowhere else. It is for one account, once, until its end; making another revokes it.
create table identity.password_link (
  id uuid primary key,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  user_id uuid not null references identity.user,
  made_by uuid,
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz
);
create unique index password_link_open on identity.password_link (user_id) where used_at is null and revoked_at is null;

-- What makes the first administrator, as a node's log shows it; gone with the first.
create table identity.setup_token (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);

-- The roles that policies speak of by their names.
create function identity.built_in_roles() returns text[] language sql immutable parallel safe
  return array['admin', 'compliance', 'manager', 'risk', 'trader'];

-- Whose living session this is, if it is an administrator's (the policy `people-administrators`; a test holds the two together).
create function identity.administrator(p_session uuid) returns uuid language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  result uuid;
begin
  select p.user_id into result from identity.session_principal p
  where p.session_id = p_session and p.expires_at > clock_timestamp() and p.user_kind = 'EMPLOYEE' and 'admin' = any (p.roles);
  if result is null then
    raise exception 'people are managed by an administrator, in a session that lives' using errcode = 'insufficient_privilege';
  end if;
  return result;
end
$$;

-- Raises unless this transaction has put on the record that somebody (null: nobody proven, or the system) did this to an object.
create function identity.demand_entry(p_by uuid, p_action text, p_object uuid, p_detail jsonb default '{}') returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from audit.entry e
    where e.txid = pg_current_xact_id() and e.action = p_action and e.object_id = p_object and e.actor_id is not distinct from p_by and e.detail @> p_detail
  ) then
    raise exception 'this is done on the record: % is missing', p_action using errcode = 'insufficient_privilege';
  end if;
end
$$;

-- Administrators who can sign in now, and how many of them have no end.
create function identity.administrators(out usable int, out lasting int) language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select count(*) filter (where u.expires_at is null or u.expires_at > clock_timestamp()), count(*) filter (where u.expires_at is null)
  from identity.user u
  where u.kind = 'EMPLOYEE' and u.active and u.password_hash is not null and exists (
    select from identity.user_role ur join identity.role r on r.id = ur.role_id where ur.user_id = u.id and r.name = 'admin'
  )
$$;

-- Raises where a change, before which there were these, has left the firm without.
create function identity.keep_administrators(p_usable int, p_lasting int) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  usable int;
  lasting int;
begin
  select a.usable, a.lasting into usable, lasting from identity.administrators() a;
  if (usable = 0 and p_usable > 0) or (lasting = 0 and p_lasting > 0) then
    raise exception 'a firm keeps an administrator who can sign in' using errcode = 'OR001';
  end if;
end
$$;

-- Writes the roles that are given and taken, each on the record.
create function identity.change_roles(p_by uuid, p_user uuid, p_add uuid[], p_remove uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  role uuid;
begin
  foreach role in array p_remove loop
    perform identity.demand_entry(p_by, 'role.taken', p_user, jsonb_build_object('roleId', role));
    delete from identity.user_role ur where ur.user_id = p_user and ur.role_id = role;
  end loop;
  foreach role in array p_add loop
    perform identity.demand_entry(p_by, 'role.given', p_user, jsonb_build_object('roleId', role));
    insert into identity.user_role (user_id, role_id)
    select u.id, r.id from identity.user u join identity.role r on r.id = role and r.closed_at is null
    where u.id = p_user and u.kind <> 'GUEST';
    if not found then
      raise exception 'a role that is open is given to an employee' using errcode = 'insufficient_privilege';
    end if;
  end loop;
end
$$;

-- Makes an account without a password. It may not outlast that of whoever makes it.
create function identity.create_person(
  p_session uuid, p_id uuid, p_email text, p_name text, p_title text, p_department uuid, p_roles uuid[], p_expires_at timestamptz
) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  actor constant uuid := identity.administrator(p_session);
begin
  perform identity.demand_entry(actor, 'user.created', p_id);
  perform identity.within_own_end(actor, p_expires_at);
  perform identity.open_department(p_department);
  insert into identity.user (id, email, name, kind, title, department_id, expires_at, created_at)
  values (p_id, p_email, p_name, 'EMPLOYEE', p_title, p_department, p_expires_at, clock_timestamp());
  perform identity.change_roles(actor, p_id, p_roles, '{}');
end
$$;

create function identity.within_own_end(p_by uuid, p_end timestamptz) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from identity.user u where u.id = p_by and u.expires_at < coalesce(p_end, 'infinity')) then
    raise exception 'what one gives may not outlast one''s own account' using errcode = 'insufficient_privilege';
  end if;
end
$$;

-- Holds a department open until the commit.
create function identity.open_department(p_department uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform from identity.department d where d.id = p_department and d.closed_at is null for share;
  if not found and p_department is not null then
    raise exception 'there is no such department, or it is closed' using errcode = 'insufficient_privilege';
  end if;
end
$$;

-- Changes an account: all of it as it is to be, and the roles that are given and taken. Another address makes a link void that was sent to
-- the one before.
create function identity.change_person(
  p_session uuid, p_id uuid, p_email text, p_name text, p_title text, p_department uuid, p_expires_at timestamptz, p_add uuid[], p_remove uuid[]
) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  actor constant uuid := identity.administrator(p_session);
  was identity.user;
  usable int;
  lasting int;
begin
  select a.usable, a.lasting into usable, lasting from identity.administrators() a;
  select u.* into was from identity.user u where u.id = p_id for no key update;
  if (was.email, was.name, was.title, was.department_id, was.expires_at) is distinct from (p_email, p_name, p_title, p_department, p_expires_at) then
    perform identity.demand_entry(actor, 'user.updated', p_id);
  end if;
  if was.department_id is distinct from p_department then
    perform identity.open_department(p_department);
  end if;
  if was.expires_at is distinct from p_expires_at or (p_department is not null and was.department_id is distinct from p_department) or p_add <> '{}' then
    perform identity.within_own_end(actor, p_expires_at);
  end if;
  if was.email <> p_email then
    update identity.password_link l set revoked_at = clock_timestamp() where l.user_id = p_id and l.used_at is null and l.revoked_at is null;
  end if;
  update identity.user u
  set email = p_email, name = p_name, title = p_title, department_id = p_department, expires_at = p_expires_at, revision = u.revision + 1
  where u.id = p_id;
  perform identity.change_roles(actor, p_id, p_add, p_remove);
  perform identity.keep_administrators(usable, lasting);
end
$$;

-- Ends the sessions of an account, each on the record already: one that is not stays open, and nothing of the change is kept.
create function identity.end_sessions(p_user uuid, p_but uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update identity.session s set ended_at = clock_timestamp()
  where s.user_id = p_user and s.ended_at is null and s.id is distinct from p_but and audit.recorded('session.ended', s.id);
  if exists (select from identity.session s where s.user_id = p_user and s.ended_at is null and s.id is distinct from p_but) then
    raise exception 'a session ends on the record' using errcode = 'insufficient_privilege';
  end if;
end
$$;

-- Suspends an account or ends its suspension. Either way no session stays open: what a sign-in began at the same time would be used later.
create function identity.set_active(p_session uuid, p_id uuid, p_active boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  usable int;
  lasting int;
begin
  perform identity.demand_entry(
    identity.administrator(p_session), case when p_active then 'user.reinstated' else 'user.suspended' end, p_id
  );
  select a.usable, a.lasting into usable, lasting from identity.administrators() a;
  update identity.user u set active = p_active, revision = u.revision + 1 where u.id = p_id;
  update identity.password_link l set revoked_at = clock_timestamp() where l.user_id = p_id and l.used_at is null and l.revoked_at is null;
  perform identity.end_sessions(p_id, null);
  perform identity.keep_administrators(usable, lasting);
end
$$;

-- Departments and roles, which are opened, renamed and closed. What is closed stays closed, with nobody in it.
create function identity.write_department(p_session uuid, p_action text, p_id uuid, p_name text, p_parent uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform identity.demand_entry(identity.administrator(p_session), p_action, p_id);
  if p_action = 'department.created' then
    perform identity.open_department(p_parent);
    insert into identity.department (id, name, parent_id) values (p_id, p_name, p_parent);
    return;
  end if;
  perform from identity.department d where d.id = p_id and d.closed_at is null for update;
  if p_action = 'department.renamed' then
    update identity.department d set name = p_name where d.id = p_id and d.closed_at is null;
  elsif p_action = 'department.closed'
    and not exists (select from identity.user u where u.department_id = p_id)
    and not exists (select from identity.department d where d.parent_id = p_id and d.closed_at is null) then
    update identity.department d set closed_at = clock_timestamp() where d.id = p_id and d.closed_at is null;
  else
    raise exception 'a department is closed when nobody is in it, and no other' using errcode = 'insufficient_privilege';
  end if;
end
$$;

create function identity.write_role(p_session uuid, p_action text, p_id uuid, p_name text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform identity.demand_entry(identity.administrator(p_session), p_action, p_id);
  if p_action = 'role.created' then
    insert into identity.role (id, name) values (p_id, p_name);
    return;
  end if;
  perform from identity.role r where r.id = p_id and r.closed_at is null and r.name <> all (identity.built_in_roles()) for update;
  if not found then
    raise exception 'policies speak of this role, or it is closed' using errcode = 'insufficient_privilege';
  elsif p_action = 'role.renamed' then
    update identity.role r set name = p_name where r.id = p_id;
  elsif p_action = 'role.closed' and not exists (select from identity.user_role ur where ur.role_id = p_id) then
    update identity.role r set closed_at = clock_timestamp() where r.id = p_id;
  else
    raise exception 'a role is closed when nobody has it' using errcode = 'insufficient_privilege';
  end if;
end
$$;

-- Makes a link for a password, for so many hours, and revokes the one before. Answers when it ends; null: nobody could use it.
create function identity.make_password_link(p_session uuid, p_id uuid, p_user uuid, p_token_hash bytea, p_hours int) returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  actor constant uuid := identity.administrator(p_session);
  result timestamptz;
begin
  perform identity.demand_entry(actor, 'password.link-made', p_user, jsonb_build_object('linkId', p_id));
  perform from identity.user u where u.id = p_user for no key update;
  update identity.password_link l set revoked_at = clock_timestamp() where l.user_id = p_user and l.used_at is null and l.revoked_at is null;
  insert into identity.password_link (id, token_hash, user_id, made_by, expires_at)
  select p_id, p_token_hash, u.id, actor, least(clock_timestamp() + make_interval(hours => p_hours), u.expires_at)
  from identity.user u
  where u.id = p_user and u.kind <> 'SERVICE' and u.active and coalesce(u.expires_at > clock_timestamp(), true)
  returning expires_at into result;
  return result;
end
$$;

-- Whose link this is, and whether it can be used: open, used, revoked, expired or inactive (the account cannot be used). No row: it is none.
create function identity.password_link_state(p_token_hash bytea) returns table (user_id uuid, state text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select l.user_id, case
    when l.used_at is not null then 'used'
    when l.revoked_at is not null then 'revoked'
    when l.expires_at <= clock_timestamp() then 'expired'
    when not u.active or u.expires_at <= clock_timestamp() then 'inactive'
    else 'open'
  end
  from identity.password_link l join identity.user u on u.id = l.user_id where l.token_hash = p_token_hash
$$;

-- Sets the password of the account that a link is for, and ends its sessions. Answers whose it is; null: the link is none that is open.
create function identity.use_password_link(p_token_hash bytea, p_password_hash text) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  account uuid;
begin
  -- The account first, as everything else locks it: whoever signs in with the password before waits, and is refused.
  perform from identity.user u where u.id = (select l.user_id from identity.password_link l where l.token_hash = p_token_hash) for no key update;
  update identity.password_link l set used_at = clock_timestamp()
  from identity.user u
  where l.token_hash = p_token_hash and l.used_at is null and l.revoked_at is null and l.expires_at > clock_timestamp()
    and u.id = l.user_id and u.active and coalesce(u.expires_at > clock_timestamp(), true)
  returning l.user_id into account;
  if account is not null then
    perform identity.demand_entry(null, 'password.set', account);
    update identity.user u set password_hash = p_password_hash where u.id = account;
    perform identity.end_sessions(account, null);
  end if;
  return account;
end
$$;

-- Whether there never was an administrator, under whatever account.
create function identity.setup_open() returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp
  return not exists (
    select from identity.role r
    where r.name = 'admin' and (
      exists (select from identity.user_role ur where ur.role_id = r.id) or exists (select from identity.user_role_period p where p.role_id = r.id)
    )
  );

-- Whether this makes the first administrator: asked before anything is done that takes long.
create function identity.is_setup_token(p_token_hash bytea) returns boolean language sql stable security definer set search_path = pg_catalog, pg_temp
  return exists (select from identity.setup_token t where t.token_hash = p_token_hash and t.expires_at > clock_timestamp());

-- Keeps what makes the first administrator, for so many hours. False: there is nothing to be made any more.
create function identity.open_setup(p_token_hash bytea, p_hours int) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform identity.demand_entry(null, 'setup.opened', (select r.id from permissions.resource r where r.kind = 'FIRM'), jsonb_build_object('hours', p_hours));
  delete from identity.setup_token t where t.expires_at <= clock_timestamp() or not identity.setup_open();
  if not identity.setup_open() then
    return false;
  end if;
  insert into identity.setup_token (token_hash, expires_at) values (p_token_hash, clock_timestamp() + make_interval(hours => p_hours));
  return true;
end
$$;

-- Makes an administrator with a password, and the roles that policies speak of where they are not there yet.
create function identity.add_administrator(p_id uuid, p_email text, p_name text, p_password_hash text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform identity.demand_entry(null, 'administrator.created', p_id);
  insert into identity.role (id, name) select audit.new_id(), r from unnest(identity.built_in_roles()) r on conflict (name) do nothing;
  insert into identity.user (id, email, name, kind, password_hash, created_at)
  values (p_id, p_email, p_name, 'EMPLOYEE', p_password_hash, clock_timestamp());
  insert into identity.user_role (user_id, role_id) select p_id, r.id from identity.role r where r.name = 'admin';
  delete from identity.setup_token;
end
$$;

-- Makes the first administrator, for whoever has what the log of a node shows. Of several at once, one does. Answers whether it was made;
-- null: there is one already.
create function identity.create_first_administrator(p_token_hash bytea, p_id uuid, p_email text, p_name text, p_password_hash text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Under the lock of all changes of rights.
  perform pg_advisory_xact_lock(permissions.lock_key());
  if not identity.setup_open() then
    return null;
  end if;
  delete from identity.setup_token t where t.token_hash = p_token_hash and t.expires_at > clock_timestamp();
  if not found then
    return false;
  end if;
  perform identity.add_administrator(p_id, p_email, p_name, p_password_hash);
  return true;
end
$$;

-- What of an account its administrators are told besides.
create function identity.account_facts(p_users uuid[]) returns table (user_id uuid, password_set boolean, link_expires_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select u.id, u.password_hash is not null, l.expires_at
  from identity.user u
  left join identity.password_link l on l.user_id = u.id and l.used_at is null and l.revoked_at is null and l.expires_at > clock_timestamp()
  where u.id = any (p_users)
$$;

-- What administrators change shows by itself (see migration 015).
create or replace function audit.shows_by_itself(p_action text) returns boolean language sql immutable parallel safe as $$
  select p_action in (
    'document.edited', 'document.created', 'document.imported', 'document.shredded', 'folder.created',
    'version.restored', 'version.named', 'access.granted', 'access.revoked', 'administrator.created'
  ) or starts_with(p_action, 'session.') or starts_with(p_action, 'key.')
    or starts_with(p_action, 'user.') or starts_with(p_action, 'role.') or starts_with(p_action, 'department.')
    or starts_with(p_action, 'password.') or starts_with(p_action, 'setup.')
$$;

-- That somebody looked through the list of people is a sitting.
grant execute on function audit.sit to onrecord_identity;

revoke all on function
  identity.built_in_roles, identity.administrator, identity.demand_entry, identity.administrators, identity.keep_administrators,
  identity.change_roles, identity.create_person, identity.within_own_end, identity.open_department, identity.change_person,
  identity.end_sessions, identity.set_active, identity.write_department, identity.write_role, identity.make_password_link,
  identity.use_password_link, identity.setup_open, identity.open_setup, identity.add_administrator, identity.create_first_administrator,
  identity.account_facts, identity.password_link_state,
  identity.is_setup_token
  from public;
grant execute on function
  identity.built_in_roles, identity.administrators, identity.create_person, identity.change_person, identity.set_active,
  identity.write_department, identity.write_role, identity.make_password_link, identity.use_password_link, identity.setup_open,
  identity.open_setup, identity.create_first_administrator, identity.account_facts, identity.password_link_state,
  identity.is_setup_token
  to onrecord_identity;
