-- The order of the record goes on in another server.
--
-- That order is (txid, id), and a transaction's id is one server's: in the server into which a backup is restored the count is anywhere,
-- mostly far lower. What is written there would stand before what was restored, and before how far every reader has come, and nobody would be told
-- of it. So a place in the order is the transaction's id and the era's beginning. The era of a database that was never restored begins
-- at 0, and nothing is added; a restore puts its beginning behind every place that was given before, by defining this function anew (`beginEra`).
create function audit.era() returns bigint language sql immutable parallel safe return 0::bigint;

-- The place of what this transaction writes.
create function audit.place() returns xid8 language sql stable
  return case when audit.era() = 0 then pg_current_xact_id() else (pg_current_xact_id()::text::bigint + audit.era())::text::xid8 end;

-- Before this place the order is final: no transaction that could still write there is open.
create function audit.horizon() returns xid8 language sql stable
  return case
    when audit.era() = 0 then pg_snapshot_xmin(pg_current_snapshot())
    else (pg_snapshot_xmin(pg_current_snapshot())::text::bigint + audit.era())::text::xid8
  end;

-- From this place on nobody had begun to write when this statement began.
create function audit.frontier() returns xid8 language sql stable
  return case
    when audit.era() = 0 then pg_snapshot_xmax(pg_current_snapshot())
    else (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + audit.era())::text::xid8
  end;

revoke all on function audit.era, audit.place, audit.horizon, audit.frontier from public;
grant execute on function audit.era, audit.place, audit.horizon, audit.frontier to onrecord_service, onrecord_app;

alter table audit.entry alter column txid set default audit.place();

-- Whatever holds the place of an entry against this transaction, or a reader's against the horizon, speaks of places from now on.
do $$
declare
  f record;
begin
  for f in
    select pg_get_functiondef(p.oid) as text
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('onrecord', 'identity', 'permissions', 'documents', 'audit') and p.prokind = 'f'
      and pg_get_functiondef(p.oid) ~ 'txid (=|<|<=|>|>=) (pg_current_xact_id\(\)|pg_snapshot_xmin\(pg_current_snapshot\(\)\))'
  loop
    execute regexp_replace(
      regexp_replace(f.text, '(txid (?:=|<|<=|>|>=)) pg_current_xact_id\(\)', '\1 audit.place()', 'g'),
      '(txid (?:=|<|<=|>|>=)) pg_snapshot_xmin\(pg_current_snapshot\(\)\)', '\1 audit.horizon()', 'g'
    );
  end loop;
end
$$;
