-- Where requests came from. Entries name it by a salted commitment, so that a row here can be shredded and proofs still hold.
create table audit.origin (
  id uuid primary key,
  salt bytea not null,
  commitment bytea not null,
  ip text,
  user_agent text,
  claimed text
);

create table audit.entry (
  id uuid not null,
  -- The inserting transaction: the order of the record is (txid, id) behind the snapshot horizon.
  txid xid8 not null default pg_current_xact_id(),
  -- The database's clock, so that all nodes share one.
  at timestamptz(3) not null default clock_timestamp(),
  action text not null,
  actor_kind text not null check (actor_kind in ('USER', 'ANONYMOUS', 'SYSTEM')),
  actor_id uuid,
  session_id uuid,
  request_id text not null,
  object_kind text,
  object_id uuid,
  outcome text not null check (outcome in ('ALLOWED', 'DENIED', 'FAILED')),
  origin_id uuid,
  origin_commitment bytea,
  detail jsonb not null,
  primary key (id)
);
create index entry_order on audit.entry (txid, id);
create index entry_object on audit.entry (object_id, id);
create index entry_actor on audit.entry (actor_id, id);
create index entry_refused on audit.entry (id) where outcome <> 'ALLOWED';

create trigger entry_append_only before update or delete or truncate on audit.entry
  for each statement execute function onrecord.refuse_change();

create table audit.alert (
  id uuid primary key,
  at timestamptz(3) not null default clock_timestamp(),
  rule text not null,
  severity text not null check (severity in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
  status text not null default 'OPEN' check (status in ('OPEN', 'ACKNOWLEDGED', 'RESOLVED')),
  entry_id uuid not null references audit.entry,
  document_id uuid,
  actor_id uuid,
  unique (rule, entry_id)
);
create index alert_newest on audit.alert (at desc, id desc);

-- How far a reader of the record has come.
create table audit.reader (
  name text primary key,
  txid xid8 not null,
  entry_id uuid not null
);

grant select, insert on audit.origin, audit.entry to onrecord_app;
grant select, insert on audit.alert to onrecord_app;
grant update (status) on audit.alert to onrecord_app;
grant select, insert, update on audit.reader to onrecord_app;
