-- Which key-encryption key opens a wrapped data key: every key provider puts `id length(1) ‖ id` in front of it.
create function documents.key_id(wrapped bytea) returns text language sql immutable strict
  return encode(substring(wrapped from 2 for get_byte(wrapped, 0)), 'escape');

-- Held shared by whoever wraps a new data key, until it is committed; exclusively by whoever changes which keys there are. So a key
-- that is found unused is unused, and nobody is about to use it.
create function documents.key_lock() returns bigint language sql immutable return 7238940332;

-- Documents whose data key was destroyed. Their changes stay where they are, and nobody can read them any more.
create table documents.shredded (
  document_id uuid primary key references documents.document,
  -- Where it ended.
  version bigint not null,
  bytes bigint not null,
  shredded_by uuid,
  at timestamptz(3) not null default clock_timestamp()
);
create trigger shredded_append_only before update or delete or truncate on documents.shredded
  for each statement execute function onrecord.refuse_change();
grant select on documents.shredded to onrecord_app;

-- Takes a document's head away, and with it the only copy of its data key. A commit under way has the head's row locked: it happens
-- before, or finds no head and is GONE. As its owner, since the services may not delete heads otherwise. Answers where the document
-- ended; nothing without a head.
create function documents.shred(p_document uuid, p_by uuid) returns table (version bigint, at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  gone documents.head;
begin
  delete from documents.head h where h.document_id = p_document returning h.* into gone;
  if not found then
    return;
  end if;
  delete from documents.checkpoint c where c.document_id = p_document;
  return query
    insert into documents.shredded as s (document_id, version, bytes, shredded_by)
    values (p_document, gone.version, gone.bytes, p_by)
    returning s.version, s.at::timestamptz;
end
$$;

revoke all on function documents.key_id, documents.key_lock, documents.shred from public;
grant execute on function documents.key_id, documents.key_lock, documents.shred to onrecord_app;
