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
