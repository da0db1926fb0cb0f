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

-- Whatever notes the transaction that wrote something, or holds such a note against this one or against the horizon, speaks of places from now on. Only
-- what Postgres itself notes of a row (xmin) stays what it is.
do $$
declare
  f record;
begin
  for f in
    select format('%I.%I', n.nspname, c.relname) as relation, a.attname as name
    from pg_attrdef d join pg_class c on c.oid = d.adrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum
    where n.nspname in ('identity', 'permissions', 'documents', 'audit') and pg_get_expr(d.adbin, d.adrelid) = 'pg_current_xact_id()'
  loop
    execute format('alter table %s alter column %I set default audit.place()', f.relation, f.name);
  end loop;
  for f in
    select pg_get_functiondef(p.oid) as before,
      regexp_replace(
        regexp_replace(pg_get_functiondef(p.oid), 'pg_current_xact_id\(\)(?!\)?::xid)', 'audit.place()', 'g'),
        '(txid (?:=|<|<=|>|>=)) pg_snapshot_xmin\(pg_current_snapshot\(\)\)', '\1 audit.horizon()', 'g'
      ) as after
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('onrecord', 'identity', 'permissions', 'documents', 'audit') and p.prokind in ('f', 'p')
      and p.proname not in ('place', 'horizon', 'frontier')
  loop
    if f.before <> f.after then
      execute f.after;
    end if;
  end loop;
end
$$;
