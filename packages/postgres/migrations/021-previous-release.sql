-- Nodes of 0.1.0 go on working while they are replaced: what they call is there, and means what it meant. A migration whose name says
-- `contract-after-021` may take it away.

-- Their commits say at which revision they were decided, and name no rights. Under the lock that a change of rights takes for itself the
-- revision is the one that everything was decided at, or nothing is kept; so nothing has to be looked at right by right.
create or replace function documents.commit_changes(
  p_revision bigint, p_action text, p_extra jsonb,
  d_id uuid[], d_from bigint[], d_tip uuid[], d_count int[], d_bytes bigint[], d_last uuid[], d_start int[], d_offset int[], d_length int[],
  d_sealed bytea,
  b_doc int[], b_client bigint[], b_clock bigint[], b_user uuid[],
  k_user uuid[], k_session uuid[], k_request text[], k_origin uuid[], k_commitment text[],
  c_doc int[], c_version bigint[], c_who int[], c_carrier uuid[], c_proven boolean[], c_relayed boolean[], c_entry uuid[], c_bytes int[]
) returns table (outcome text, head bigint, at timestamptz)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  current bigint;
begin
  perform pg_advisory_xact_lock_shared(permissions.lock_key());
  select v.revision into current from permissions.revision v;
  if current is distinct from p_revision then
    return query select 'REVISION', current, clock_timestamp() from generate_subscripts(d_id, 1) i;
    return;
  end if;
  return query select x.outcome, x.head, x.at from documents.commit_changes(
    0, p_action, p_extra,
    d_id, d_from, d_tip, d_count, d_bytes, d_last, d_start, d_offset, d_length, d_sealed,
    b_doc, b_client, b_clock, b_user,
    array_fill(null::uuid, array[cardinality(k_user)]), k_user, k_session, k_request, k_origin, k_commitment,
    c_doc, c_version, c_who, c_carrier, c_proven, c_relayed, c_entry, c_bytes
  ) x;
end
$$;
revoke all on function documents.commit_changes(
  bigint, text, jsonb, uuid[], bigint[], uuid[], int[], bigint[], uuid[], int[], int[], int[], bytea, int[], bigint[], bigint[], uuid[],
  uuid[], uuid[], text[], uuid[], text[], int[], bigint[], int[], uuid[], boolean[], boolean[], uuid[], int[]
) from public, onrecord_documents;
grant execute on function documents.commit_changes(
  bigint, text, jsonb, uuid[], bigint[], uuid[], int[], bigint[], uuid[], int[], int[], int[], bytea, int[], bigint[], bigint[], uuid[],
  uuid[], uuid[], text[], uuid[], text[], int[], bigint[], int[], uuid[], boolean[], boolean[], uuid[], int[]
) to onrecord_app;

-- The table of what was applied, of which the view `onrecord.migration` shows 0.1.0 what it knows (see migrate.ts).
grant select on onrecord.applied_migration to onrecord_service, onrecord_app;
