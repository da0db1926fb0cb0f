-- Tells whether the database can write: for `/readyz`, which must not send people to a node whose disk is full.
create table onrecord.pulse (
  one boolean primary key default true check (one),
  at timestamptz not null
);
insert into onrecord.pulse (at) values (clock_timestamp());

-- A page that is there already can be written on a full disk too, so a file is written besides that must grow: what does not fit into
-- so little memory. It is gone when the statement ends. Nobody waits for another node's probe.
create function onrecord.probe_writes() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
set work_mem = '64kB'
as $$
begin
  perform count(*) from generate_series(1, 40000);
  perform from onrecord.pulse for update skip locked;
  if found then
    update onrecord.pulse set at = clock_timestamp();
  end if;
end
$$;
revoke all on function onrecord.probe_writes from public;
grant execute on function onrecord.probe_writes to onrecord_service, onrecord_app;
