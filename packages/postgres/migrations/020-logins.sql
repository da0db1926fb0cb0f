-- Each service has a role of its own that may do what that service does, and no more. What a role is for, and what a thief of its login
-- could do, is in SECURITY.md; `packages/postgres/src/privileges.test.ts` holds every table, column and function against a list.
--
-- onrecord_service: what all services do: prove who asks, decide, hold rights that are open, append to the record.
-- onrecord_app: the one login of the builds before. It may do what all services may, and what nodes of the build before need until they
-- are replaced. A process that is given only this login steps down from it, for each service, to that service's role.
do $$
declare
  every_service constant text[] :=
    array['onrecord_identity', 'onrecord_permissions', 'onrecord_documents', 'onrecord_audit', 'onrecord_collab', 'onrecord_gateway'];
  service text;
begin
  foreach service in array array['onrecord_service'] || every_service loop
    if not exists (select from pg_roles where rolname = service) then
      execute format('create role %I nologin', service);
    end if;
  end loop;
  -- Roles belong to the whole server: a second database finds them as they are.
  foreach service in array every_service loop
    if not exists (select from pg_auth_members where roleid = 'onrecord_service'::regrole and member = service::regrole) then
      execute format('grant onrecord_service to %I', service);
    end if;
    if not exists (select from pg_auth_members where roleid = service::regrole and member = 'onrecord_app'::regrole) then
      execute format('grant %I to onrecord_app', service);
    end if;
  end loop;
end
$$;

-- Whether whoever acts is held to what services are held to: one of their roles, and not the owner, nor the login of the build before.
create function onrecord.is_service() returns boolean language sql stable set search_path = pg_catalog, pg_temp
  return exists (
    select from pg_auth_members m join pg_roles r on r.oid = m.member
    where m.roleid = to_regrole('onrecord_service') and r.rolname = current_user
  );

-- Nobody may call what is nobody's: Postgres lets everybody call a new function.
revoke execute on all functions in schema onrecord, identity, permissions, documents, audit from public;
grant usage on schema onrecord, identity, permissions, documents, audit to onrecord_service;
grant select on onrecord.migration to onrecord_service;
-- Asked of whoever writes to what it guards.
grant execute on function onrecord.is_service to public;

-- Who asks, and the decision.
grant select on identity.department, identity.role, identity.user_role, identity.session_principal to onrecord_service;
grant select (id, email, name, kind, title, department_id, active, expires_at, created_at) on identity.user to onrecord_service;
grant select on permissions.resource, permissions.resource_path, permissions.grant, permissions.revision to onrecord_service;
grant execute on function identity.acts_as, permissions.facts_of, permissions.lock_key, permissions.stand, permissions.conclude to onrecord_service;
grant execute on function permissions.lock_key, permissions.stand to onrecord_app;

-- Rights that are open are given by `stand` alone, to sessions that live; whoever takes one away only makes its holder ask again.
alter function permissions.stand security definer set search_path = pg_catalog, pg_temp;
grant select, delete on permissions.live_right to onrecord_service;

-- The record. When an entry was written, and its place in the order, are the database's to say, for every login but the owner's.
revoke insert on audit.entry from onrecord_app;
grant insert (
  id, action, actor_kind, actor_id, session_id, request_id, object_kind, object_id, outcome, origin_id, origin_commitment, detail
) on audit.entry to onrecord_app, onrecord_service;
grant insert (id, salt, commitment, ip, user_agent, claimed) on audit.origin to onrecord_service;

-- Whether this transaction has put something on the record about an object.
create function audit.recorded(p_action text, p_object uuid, p_detail jsonb default '{}') returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
  return exists (
    select from audit.entry e
    where e.txid = pg_current_xact_id() and e.action = p_action and e.object_id = p_object and e.detail @> p_detail
  );
revoke all on function audit.recorded from public;

-- Reads that are folded, for those that show something; their ends are the audit service's to write. Nobody changes a sitting by hand.
grant execute on function audit.sit to onrecord_permissions, onrecord_documents, onrecord_audit;
grant execute on function audit.end_sittings to onrecord_audit;

-- Identity: sessions begin and end, passwords change, on the record and by the database's clock. People and roles are the owner's, until
-- there is a service that changes them.
grant select on identity.user, identity.session to onrecord_identity;
grant insert (id, token_hash, user_id, kind, created_at, expires_at, used_at, idle_for, idle_at, origin_id), update (ended_at)
  on identity.session to onrecord_identity;
grant update (password_hash) on identity.user to onrecord_identity;
-- Which networks and devices are known of an account: they only decide whose guesses are counted with whose.
grant select, insert (user_id, place), update (last_at), delete on identity.familiar_place to onrecord_identity;

-- Where sessions were started from, for whoever they are of: of where anything else came from, this service is told nothing.
create view identity.session_from as
  select s.id as session_id, o.ip, o.user_agent from identity.session s join audit.origin o on o.id = s.origin_id;
grant select on identity.session_from to onrecord_identity;

-- These two see sessions being used.
grant execute on function identity.use_sessions to onrecord_gateway, onrecord_collab;
-- As whoever calls it: to what lay unused applies what applies to all sessions that end.
alter function identity.end_unused_sessions security invoker;
grant execute on function identity.end_unused_sessions to onrecord_identity;

-- Whoever changes rights stops the edits on them first. A right that is void without a change is decided anew, and stays what it was.
grant execute on function permissions.stop to onrecord_identity, onrecord_permissions;

create function identity.session_timed() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    -- It lasts as long as was asked for, from now on.
    new.expires_at := clock_timestamp() + (new.expires_at - new.created_at);
    new.created_at := clock_timestamp();
    new.used_at := new.created_at;
    new.idle_at := new.created_at + new.idle_for;
  elsif old.ended_at is not null or new.ended_at is null then
    raise exception 'a session that has ended stays ended' using errcode = 'insufficient_privilege';
  else
    new.ended_at := clock_timestamp();
  end if;
  return new;
end
$$;
create trigger session_timed_insert before insert on identity.session
  for each row when (onrecord.is_service()) execute function identity.session_timed();
create trigger session_timed_update before update of ended_at on identity.session
  for each row when (onrecord.is_service()) execute function identity.session_timed();

create function identity.session_recorded() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' and not exists (
    select from audit.entry e
    where e.txid = pg_current_xact_id() and e.action = 'session.started' and e.session_id = new.id
      -- Started by whoever it is of, or for them by Onrecord itself.
      and (e.actor_id = new.user_id or (e.actor_kind = 'SYSTEM' and e.object_id = new.user_id))
  ) then
    raise exception 'a session starts on the record' using errcode = 'insufficient_privilege';
  elsif tg_op = 'UPDATE' and not audit.recorded('session.ended', new.id) then
    raise exception 'a session ends on the record' using errcode = 'insufficient_privilege';
  end if;
  return null;
end
$$;
create constraint trigger session_recorded_insert after insert on identity.session deferrable initially deferred
  for each row when (onrecord.is_service()) execute function identity.session_recorded();
create constraint trigger session_recorded_update after update of ended_at on identity.session deferrable initially deferred
  for each row when (onrecord.is_service()) execute function identity.session_recorded();

-- A password is changed by whoever it is of, in a session of theirs that lives, and ends all their other sessions.
create function identity.password_recorded() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from audit.entry e join identity.session s on s.id = e.session_id
    where e.txid = pg_current_xact_id() and e.action = 'password.changed' and e.object_id = new.id and e.actor_id = new.id
      and s.user_id = new.id and s.ended_at is null
      -- One that began since then was got with the new one.
      and not exists (
        select from identity.session o
        where o.user_id = new.id and o.ended_at is null and o.id <> s.id and o.created_at < transaction_timestamp()
      )
  ) then
    raise exception 'a password is changed on the record, by its owner, and ends their other sessions' using errcode = 'insufficient_privilege';
  end if;
  return null;
end
$$;
create constraint trigger password_recorded after update of password_hash on identity.user deferrable initially deferred
  for each row when (onrecord.is_service()) execute function identity.password_recorded();

-- Permissions: grants are given and revoked, on the record and by the database's clock.
grant insert (id, resource_id, principal_id, level, granted_by, granted_at, expires_at, revoked_by, revoked_at), update (revoked_by, revoked_at)
  on permissions.grant to onrecord_permissions;

create function permissions.grant_timed() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    new.granted_at := clock_timestamp();
    new.revoked_at := null;
    new.revoked_by := null;
  elsif old.revoked_at is not null or new.revoked_at is null then
    raise exception 'a grant that was revoked stays revoked' using errcode = 'insufficient_privilege';
  else
    new.revoked_at := clock_timestamp();
  end if;
  return new;
end
$$;
create trigger grant_timed_insert before insert on permissions.grant
  for each row when (onrecord.is_service()) execute function permissions.grant_timed();
create trigger grant_timed_update before update on permissions.grant
  for each row when (onrecord.is_service()) execute function permissions.grant_timed();

create function permissions.grant_recorded() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  action constant text := case tg_op when 'INSERT' then 'access.granted' else 'access.revoked' end;
begin
  if not audit.recorded(action, new.resource_id, jsonb_build_object('grantId', new.id, 'principalId', new.principal_id)) then
    raise exception 'access is given and taken on the record' using errcode = 'insufficient_privilege';
  end if;
  return null;
end
$$;
create constraint trigger grant_recorded_insert after insert on permissions.grant deferrable initially deferred
  for each row when (onrecord.is_service()) execute function permissions.grant_recorded();
create constraint trigger grant_recorded_update after update on permissions.grant deferrable initially deferred
  for each row when (onrecord.is_service()) execute function permissions.grant_recorded();

-- Puts a new resource into the tree. What is there keeps its place: a path that somebody adds gives rights.
create function permissions.place(p_id uuid, p_parent uuid, p_kind text, p_labels text[]) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if p_parent is null or p_kind not in ('FOLDER', 'DOCUMENT') then
    raise exception 'there is one firm, and everything else lies below it' using errcode = 'insufficient_privilege';
  end if;
  insert into permissions.resource (id, parent_id, kind, labels) values (p_id, p_parent, p_kind, p_labels);
  insert into permissions.resource_path (descendant_id, ancestor_id, depth)
  select p_id, x.ancestor_id, x.depth + 1 from permissions.resource_path x where x.descendant_id = p_parent
  union all select p_id, p_id, 0;
end
$$;

-- Gives whoever opens a folder at the top the right to manage it (level 5): of a folder that was made in this transaction, once, and on the
-- record, in the name of the one who made it.
create function permissions.grant_creator(p_grant uuid, p_folder uuid, p_user uuid) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from permissions.resource r join permissions.resource firm on firm.id = r.parent_id and firm.kind = 'FIRM'
    where r.id = p_folder and r.kind = 'FOLDER' and r.xmin = pg_current_xact_id()::xid
  ) or exists (select from permissions.grant g where g.resource_id = p_folder)
  or not exists (
    select from audit.entry e
    where e.txid = pg_current_xact_id() and e.action = 'folder.created' and e.object_id = p_folder and e.actor_id = p_user
  ) or not audit.recorded('access.granted', p_folder, jsonb_build_object('grantId', p_grant, 'principalId', p_user)) then
    raise exception 'who made a folder at the top is given it as it is made, on the record' using errcode = 'insufficient_privilege';
  end if;
  insert into permissions.grant (id, resource_id, principal_id, level, granted_by, granted_at)
  values (p_grant, p_folder, p_user, 5, p_user, clock_timestamp());
end
$$;
revoke all on function permissions.place, permissions.grant_creator from public;
grant execute on function permissions.place, permissions.grant_creator to onrecord_documents;

-- Documents: what folders and documents are made of; when they were made is the database's to say.
grant select on all tables in schema documents to onrecord_documents;
grant insert (id, parent_id, name, created_by) on documents.folder to onrecord_documents;
grant insert (id, folder_id, title, kind, created_by) on documents.document to onrecord_documents;
grant insert (document_id, version, name, named_by), update (name, named_by, named_at) on documents.version_name to onrecord_documents;
grant insert, delete, update (used_at, lapsed_at) on documents.download_ticket to onrecord_documents;

-- The history, whose heads, changes, bindings and checkpoints are written by functions alone.
grant select on documents.head, documents.batch, documents.change, documents.checkpoint, documents.client, documents.shredded to onrecord_collab;
grant execute on function documents.key_id, documents.key_lock to onrecord_documents, onrecord_collab;
grant execute on function documents.key_id, documents.key_lock, documents.shred to onrecord_app;

-- A document begins once, empty: with a second head what was destroyed would seem to be there again.
grant insert (document_id, wrapped_key) on documents.head to onrecord_documents;
create function documents.begin_once() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if exists (select from documents.shredded s where s.document_id = new.document_id)
    or exists (select from documents.batch b where b.document_id = new.document_id) then
    raise exception 'document % has begun already', new.document_id using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
create trigger begin_once before insert on documents.head for each row execute function documents.begin_once();

-- From which version on a binding says whose structs are: whoever adds one later, by whatever way, says nothing of what was there before.
alter table documents.client add column since bigint not null default 0;
create function documents.bound_since() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Bindings are written before the batch that brings them.
  new.since := 1 + coalesce((select max(b.last_version) from documents.batch b where b.document_id = new.document_id), 0);
  return new;
end
$$;
create trigger bound_since before insert on documents.client for each row execute function documents.bound_since();

do $$
declare
  f regprocedure;
begin
  -- As its owner, since nobody else may move a head, write a change or a binding, or say when an entry was written.
  for f in select p.oid from pg_proc p where p.pronamespace = 'documents'::regnamespace and p.proname = 'commit_changes' loop
    execute format('alter function %s security definer set search_path = pg_catalog, pg_temp', f);
    execute format('grant execute on function %s to onrecord_documents, onrecord_app', f);
  end loop;
end
$$;

-- The group commit of live editors: commits nothing that does not rest on a right of the very session in whose name it is, on the very
-- document, and binds clientIDs only to those who bring a change with it. Parameters and answers are those of commit_changes.
create function documents.commit_live(
  p_rights int, p_action text, p_extra jsonb,
  d_id uuid[], d_from bigint[], d_tip uuid[], d_count int[], d_bytes bigint[], d_last uuid[], d_start int[], d_offset int[], d_length int[],
  d_sealed bytea,
  b_doc int[], b_client bigint[], b_clock bigint[], b_user uuid[],
  k_right uuid[], k_user uuid[], k_session uuid[], k_request text[], k_origin uuid[], k_commitment text[],
  c_doc int[], c_version bigint[], c_who int[], c_carrier uuid[], c_proven boolean[], c_relayed boolean[], c_entry uuid[], c_bytes int[]
) returns table (outcome text, head bigint, at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
  -- A right that is gone is told by commit_changes: VOID.
  if p_action <> 'document.edited' or p_extra is not null
    -- Who says that there are fewer would have some not looked at.
    or p_rights <> (select count(distinct k.r) from unnest(k_right) k (r))
    or exists (
      select from unnest(c_doc, c_who, c_carrier) c (doc, who, carrier)
      left join permissions.live_right r on r.id = k_right[c.who]
      where k_right[c.who] is null or c.carrier is distinct from k_user[c.who]
        or (r.user_id, r.session_id, r.resource_id) is distinct from (k_user[c.who], k_session[c.who], d_id[c.doc]) and r.id is not null
    ) or cardinality(b_doc) > 0 and exists (
      select from unnest(b_doc, b_user) b (doc, owner)
      where b.owner is not null
        and not exists (select from unnest(c_doc, c_who) c (doc, who) where c.doc = b.doc and k_user[c.who] = b.owner)
    ) then
    raise exception 'a live edit rests on a right of whoever makes it' using errcode = 'insufficient_privilege';
  end if;
  return query select x.outcome, x.head, x.at from documents.commit_changes(
    p_rights, p_action, p_extra,
    d_id, d_from, d_tip, d_count, d_bytes, d_last, d_start, d_offset, d_length, d_sealed,
    b_doc, b_client, b_clock, b_user,
    k_right, k_user, k_session, k_request, k_origin, k_commitment,
    c_doc, c_version, c_who, c_carrier, c_proven, c_relayed, c_entry, c_bytes
  ) x;
end
$$;
revoke all on function documents.commit_live from public;
grant execute on function documents.commit_live to onrecord_collab;

-- Stores a sealed state at a version that there is, so that loading starts there; never in the place of another. One that stands less than
-- `p_apart` versions behind one that stays is passing, and goes when the next is made.
create function documents.keep_checkpoint(p_document uuid, p_version bigint, p_sealed bytea, p_apart bigint) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  made bigint;
begin
  insert into documents.checkpoint (document_id, version, sealed, passing)
  select h.document_id, p_version, p_sealed, p_version < p_apart or exists (
    select from documents.checkpoint k
    where k.document_id = p_document and k.version > p_version - p_apart and k.version < p_version and not k.passing
  )
  from documents.head h where h.document_id = p_document and h.version >= p_version for key share
  on conflict do nothing
  returning version into made;
  if made is not null then
    delete from documents.checkpoint c where c.document_id = p_document and c.version < made and c.passing;
  end if;
end
$$;
revoke all on function documents.keep_checkpoint from public;
grant execute on function documents.keep_checkpoint to onrecord_documents, onrecord_collab;

-- Destroys a document's key in the name of a session that lives, of somebody who is for that and manages the document; on the record before
-- the transaction ends, or nothing of it is kept.
create function documents.destroy(p_document uuid, p_session uuid) returns table (version bigint, at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  destroyer uuid;
begin
  select p.user_id into destroyer
  from identity.session_principal p
  cross join lateral permissions.facts_of(array[p.user_id], array[p_document]) f
  where p.session_id = p_session and p.expires_at > clock_timestamp()
    and p.user_kind = 'EMPLOYEE' and p.roles && array['admin', 'compliance'] and f.level >= 5;
  if destroyer is null then
    raise exception 'a document is destroyed by somebody who may, in a session that lives' using errcode = 'insufficient_privilege';
  end if;
  return query select s.version, s.at from documents.shred(p_document, destroyer) s;
end
$$;
revoke all on function documents.destroy from public;
grant execute on function documents.destroy to onrecord_documents;

create function documents.shredded_recorded() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (
    select from audit.entry e
    where e.txid = pg_current_xact_id() and e.action = 'document.shredded' and e.object_id = new.document_id and e.actor_id = new.shredded_by
  ) then
    raise exception 'a document is destroyed on the record' using errcode = 'insufficient_privilege';
  end if;
  return null;
end
$$;
create constraint trigger shredded_recorded after insert on documents.shredded deferrable initially deferred
  for each row when (new.shredded_by is not null) execute function documents.shredded_recorded();

-- Audit: reads the record, and raises alerts. Nobody changes or deletes one, until there is a service that does.
grant select on audit.entry, audit.told_entry, audit.origin, audit.alert, audit.reader to onrecord_audit;
grant insert (id, at, rule, severity, status, entry_id, document_id, actor_id) on audit.alert to onrecord_audit;
grant insert, update (txid, entry_id) on audit.reader to onrecord_audit;

create function audit.alert_timed() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  -- Later than every alert's: whoever follows resumes by time and id.
  new.at := greatest(clock_timestamp(), (select max(a.at) + interval '1 millisecond' from audit.alert a));
  new.status := 'OPEN';
  return new;
end
$$;
create trigger alert_timed before insert on audit.alert for each row when (onrecord.is_service()) execute function audit.alert_timed();

-- What is not settled yet has not been read by anybody.
create function audit.reader_behind() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.txid >= pg_snapshot_xmin(pg_current_snapshot()) then
    raise exception 'a reader of the record cannot be ahead of it' using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
create trigger reader_behind before insert or update on audit.reader for each row execute function audit.reader_behind();

-- Functions of triggers are called by nobody.
revoke all on function
  identity.session_timed, identity.session_recorded, identity.password_recorded, permissions.grant_timed, permissions.grant_recorded,
  documents.begin_once, documents.bound_since, documents.shredded_recorded, audit.alert_timed, audit.reader_behind
  from public;
