-- The services' role. It may append to the record; it owns nothing, so it can neither alter a table nor drop a trigger.
do $$
begin
  if not exists (select from pg_roles where rolname = 'onrecord_app') then
    create role onrecord_app nologin;
  end if;
  -- Before 16 whoever is a member may step down; since 16 that is a right of its own, which whoever made the role lacks.
  if not pg_has_role(current_user, 'onrecord_app', case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end) then
    execute format('grant onrecord_app to %I', current_user);
  end if;
end
$$;

create schema if not exists identity;
create schema if not exists permissions;
create schema if not exists documents;
create schema if not exists audit;
revoke create on schema public from public;
grant usage on schema onrecord, identity, permissions, documents, audit to onrecord_app;
grant select on onrecord.migration to onrecord_app;

-- What is on the record stays: a second wall behind the privileges, for owners too.
create function onrecord.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, tg_op
    using errcode = 'insufficient_privilege';
end
$$;
