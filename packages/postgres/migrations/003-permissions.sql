-- The tree on which grants are given: the firm at the root, folders, documents. Closure rows make "who" and "what" one join.
create table permissions.resource (
  id uuid primary key,
  parent_id uuid references permissions.resource,
  kind text not null check (kind in ('FIRM', 'FOLDER', 'DOCUMENT')),
  labels text[] not null default '{}'
);

create table permissions.resource_path (
  descendant_id uuid not null references permissions.resource,
  ancestor_id uuid not null references permissions.resource,
  depth int not null,
  primary key (descendant_id, ancestor_id)
);
create index resource_path_down on permissions.resource_path (ancestor_id, descendant_id);

create table permissions.grant (
  id uuid primary key,
  resource_id uuid not null references permissions.resource,
  principal_id uuid not null,
  level smallint not null check (level between 1 and 5),
  granted_by uuid,
  granted_at timestamptz not null,
  expires_at timestamptz,
  revoked_by uuid,
  revoked_at timestamptz
);
create index grant_principal on permissions.grant (principal_id, resource_id) where revoked_at is null;
create index grant_resource on permissions.grant (resource_id) where revoked_at is null;

-- One number for all that decisions rest on. Whoever changes a grant, a role, a membership or a session moves it, in the same
-- transaction, as the last thing before the commit. The exclusive lock lets no edit commit between the change and its commit:
-- the group commit of edits takes the shared one and reads the number under it.
create table permissions.revision (
  singleton boolean primary key default true check (singleton),
  revision bigint not null
);
insert into permissions.revision (revision) values (1);

-- The root of the tree: the firm.
insert into permissions.resource (id, parent_id, kind) values ('00000000-0000-7000-8000-000000000001', null, 'FIRM');
insert into permissions.resource_path values ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000001', 0);

create function permissions.lock_key() returns bigint language sql immutable as $$ select 7238940331 $$;

create function permissions.bump_revision() returns bigint language plpgsql as $$
declare
  result bigint;
begin
  perform pg_advisory_xact_lock(permissions.lock_key());
  update permissions.revision set revision = revision + 1 returning revision into result;
  return result;
end
$$;

grant select, insert on permissions.resource, permissions.resource_path, permissions.grant to onrecord_app;
grant update (labels) on permissions.resource to onrecord_app;
grant update (revoked_by, revoked_at) on permissions.grant to onrecord_app;
grant select, update on permissions.revision to onrecord_app;
