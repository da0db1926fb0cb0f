create table identity.department (
  id uuid primary key,
  name text not null,
  parent_id uuid references identity.department
);

create table identity.user (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  kind text not null check (kind in ('EMPLOYEE', 'GUEST', 'SERVICE')),
  title text,
  department_id uuid references identity.department,
  password_hash text,
  active boolean not null default true,
  expires_at timestamptz,
  created_at timestamptz not null,
  -- A guest always ends, and never belongs to a department.
  check (kind <> 'GUEST' or (expires_at is not null and department_id is null))
);

create table identity.role (
  id uuid primary key,
  name text not null unique
);

create table identity.user_role (
  user_id uuid not null references identity.user,
  role_id uuid not null references identity.role,
  primary key (user_id, role_id)
);

create table identity.session (
  id uuid primary key,
  token_hash bytea not null unique,
  user_id uuid not null references identity.user,
  kind text not null check (kind in ('BROWSER', 'TOKEN')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index session_of_user on identity.session (user_id) where ended_at is null;

-- Everything a user acts as: the user, every department above, every role. The ids that a grant may name.
create view identity.acts_as (user_id, principal_id) as
  select id, id from identity.user
  union all
  select user_id, role_id from identity.user_role
  union all
  (
    with recursive above (user_id, department_id) as (
      select id, department_id from identity.user where department_id is not null
      union
      select a.user_id, d.parent_id
      from above a join identity.department d on d.id = a.department_id
      where d.parent_id is not null
    )
    select user_id, department_id from above
  );

-- A live session with who it is: what authentication reads, in one row.
create view identity.session_principal as
  select
    s.id as session_id, s.token_hash, s.kind as session_kind,
    least(s.expires_at, u.expires_at) as expires_at,
    u.id as user_id, u.email, u.name, u.kind as user_kind, u.title,
    coalesce((select array_agg(r.name order by r.name) from identity.user_role ur join identity.role r on r.id = ur.role_id where ur.user_id = u.id), '{}') as roles
  from identity.session s
  join identity.user u on u.id = s.user_id
  where s.ended_at is null and u.active;

grant select, insert, update, delete on all tables in schema identity to onrecord_app;
