-- What a service's login, and a right that ends, reach no further than they should.

-- A stored state is a cache. One that does not open is passed over from then on, and the next that is stored takes its place.
alter table documents.checkpoint add column unusable_at timestamptz;

-- Sets aside a state that did not open, which is on the record already. False: it is gone, or somebody else did it.
create function documents.set_checkpoint_aside(p_document uuid, p_version bigint) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not audit.recorded('document.state-unusable', p_document, jsonb_build_object('version', p_version)) then
    raise exception 'a state is set aside on the record' using errcode = 'insufficient_privilege';
  end if;
  update documents.checkpoint c set unusable_at = clock_timestamp()
  where c.document_id = p_document and c.version = p_version and c.unusable_at is null;
  return found;
end
$$;
revoke all on function documents.set_checkpoint_aside from public;
grant execute on function documents.set_checkpoint_aside to onrecord_documents, onrecord_collab;

-- As in migration 020, and what was set aside counts for nothing and goes.
create or replace function documents.keep_checkpoint(p_document uuid, p_version bigint, p_sealed bytea, p_apart bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  made bigint;
begin
  insert into documents.checkpoint as mine (document_id, version, sealed, passing)
  select h.document_id, p_version, p_sealed, p_version < p_apart or exists (
    select from documents.checkpoint k
    where k.document_id = p_document and k.version > p_version - p_apart and k.version < p_version and not k.passing and k.unusable_at is null
  )
  from documents.head h where h.document_id = p_document and p_version between 1 and h.version for key share
  on conflict (document_id, version) do update
  set sealed = excluded.sealed, passing = excluded.passing, created_at = clock_timestamp(), unusable_at = null
  where mine.unusable_at is not null
  returning mine.version into made;
  if made is not null then
    delete from documents.checkpoint c
    where c.document_id = p_document and ((c.version < made and c.passing) or c.unusable_at is not null);
  end if;
end
$$;

-- As in migration 026, and nobody changes, takes over or puts out an account that outlasts their own.
create or replace function identity.change_person(
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
  perform identity.within_own_end(actor, was.expires_at);
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

create or replace function identity.set_active(p_session uuid, p_id uuid, p_active boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  actor constant uuid := identity.administrator(p_session);
  usable int;
  lasting int;
begin
  perform identity.demand_entry(actor, case when p_active then 'user.reinstated' else 'user.suspended' end, p_id);
  perform identity.within_own_end(actor, u.expires_at) from identity.user u where u.id = p_id;
  select a.usable, a.lasting into usable, lasting from identity.administrators() a;
  update identity.user u set active = p_active, revision = u.revision + 1 where u.id = p_id;
  update identity.password_link l set revoked_at = clock_timestamp() where l.user_id = p_id and l.used_at is null and l.revoked_at is null;
  perform identity.end_sessions(p_id, null);
  perform identity.keep_administrators(usable, lasting);
end
$$;

create or replace function identity.make_password_link(p_session uuid, p_id uuid, p_user uuid, p_token_hash bytea, p_hours int) returns timestamptz
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  actor constant uuid := identity.administrator(p_session);
  result timestamptz;
begin
  perform identity.demand_entry(actor, 'password.link-made', p_user, jsonb_build_object('linkId', p_id));
  perform from identity.user u where u.id = p_user for no key update;
  perform identity.within_own_end(actor, u.expires_at) from identity.user u where u.id = p_user;
  update identity.password_link l set revoked_at = clock_timestamp() where l.user_id = p_user and l.used_at is null and l.revoked_at is null;
  insert into identity.password_link (id, token_hash, user_id, made_by, expires_at)
  select p_id, p_token_hash, u.id, actor, least(clock_timestamp() + make_interval(hours => p_hours), u.expires_at)
  from identity.user u
  where u.id = p_user and u.kind <> 'SERVICE' and u.active and coalesce(u.expires_at > clock_timestamp(), true)
  returning expires_at into result;
  return result;
end
$$;

-- As in migration 020, and what making a folder gives ends with the account that made it.
create or replace function permissions.grant_creator(p_grant uuid, p_folder uuid, p_user uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from permissions.resource r join permissions.resource firm on firm.id = r.parent_id and firm.kind = 'FIRM'
    where r.id = p_folder and r.kind = 'FOLDER' and r.xmin = pg_current_xact_id()::xid
  ) or exists (select from permissions.grant g where g.resource_id = p_folder)
  or not exists (
    select from audit.entry e
    where e.txid = audit.place() and e.action = 'folder.created' and e.object_id = p_folder and e.actor_id = p_user
  ) or not audit.recorded('access.granted', p_folder, jsonb_build_object('grantId', p_grant, 'principalId', p_user)) then
    raise exception 'who made a folder at the top is given it as it is made, on the record' using errcode = 'insufficient_privilege';
  end if;
  insert into permissions.grant (id, resource_id, principal_id, level, granted_by, granted_at, expires_at)
  select p_grant, p_folder, p_user, 5, p_user, clock_timestamp(), u.expires_at
  from identity.user u where u.id = p_user;
end
$$;
