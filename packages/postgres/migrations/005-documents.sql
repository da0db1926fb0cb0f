create table documents.folder (
  id uuid primary key,
  parent_id uuid references documents.folder,
  name text not null,
  created_by uuid,
  created_at timestamptz(3) not null default clock_timestamp()
);
create index folder_parent on documents.folder (parent_id, name, id);

create table documents.document (
  id uuid primary key,
  folder_id uuid not null references documents.folder,
  title text not null,
  kind text not null check (kind in ('FILING', 'TEXT')),
  created_by uuid,
  created_at timestamptz(3) not null default clock_timestamp()
);
create index document_folder on documents.document (folder_id, title, id);

-- The committed head of a document: its version, and its data key wrapped by a key-encryption key. Every commit takes this row.
create table documents.head (
  document_id uuid primary key references documents.document,
  version bigint not null default 0,
  -- Bytes of all changes before sealing.
  bytes bigint not null default 0,
  wrapped_key bytea not null
) with (fillfactor = 50);

-- One row per effective change: version n is the n-th. `sealed` is the Yjs v1 update under the document's data key.
create table documents.change (
  document_id uuid not null,
  version bigint not null,
  at timestamptz(3) not null,
  -- Whose change it is, or null where the server could not prove it.
  author_id uuid,
  -- Who brought it.
  carrier_id uuid,
  entry_id uuid not null,
  bytes int not null,
  sealed bytea not null,
  primary key (document_id, version)
);
create trigger change_append_only before update or delete or truncate on documents.change
  for each statement execute function onrecord.refuse_change();

-- A whole state at a version, sealed: where loading starts.
create table documents.checkpoint (
  document_id uuid not null,
  version bigint not null,
  created_at timestamptz(3) not null default clock_timestamp(),
  sealed bytea not null,
  primary key (document_id, version)
);

create table documents.version_name (
  document_id uuid not null,
  version bigint not null,
  name text not null,
  named_by uuid,
  named_at timestamptz(3) not null default clock_timestamp(),
  primary key (document_id, version)
);

-- Which user a Yjs clientID belongs to in a document: bound at first sight, never changed.
create table documents.client (
  document_id uuid not null,
  client_id bigint not null,
  user_id uuid not null,
  primary key (document_id, client_id)
);

-- One-time permission to fetch one rendered version.
create table documents.download_ticket (
  token_hash bytea primary key,
  document_id uuid not null references documents.document,
  version bigint not null,
  format text not null,
  user_id uuid not null,
  session_id uuid not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

grant select, insert on all tables in schema documents to onrecord_app;
grant update on documents.folder, documents.document, documents.head, documents.version_name to onrecord_app;
grant update (used_at) on documents.download_ticket to onrecord_app;
grant delete on documents.checkpoint, documents.download_ticket to onrecord_app;
