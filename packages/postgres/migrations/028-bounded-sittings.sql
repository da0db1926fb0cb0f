-- What a sitting says of its time and number comes from whoever counts: it is bounded, so that the thief of a service's login can neither
-- say that somebody has read years ago or will have in years, nor make the count overflow. Counts wait in a node for seconds; where the
-- database was away for longer, the last of them is said to have been five minutes ago.
create function audit.sat(p_ago double precision) returns double precision language sql immutable parallel safe
  return case when p_ago > 0 and p_ago < 300000 then p_ago when p_ago <= 0 then 0 else 300000 end;
create function audit.sat_times(p_times bigint) returns bigint language sql immutable parallel safe
  return least(greatest(p_times, 0), 1000000);
revoke all on function audit.sat, audit.sat_times from public;

do $$
declare
  body text := pg_get_functiondef('audit.sit'::regproc);
begin
  body := replace(body, 'moment - g.ago * interval ''1 millisecond'', moment - g.ago * interval ''1 millisecond'', g.times',
    'moment - audit.sat(g.ago) * interval ''1 millisecond'', moment - audit.sat(g.ago) * interval ''1 millisecond'', audit.sat_times(g.times)');
  body := replace(body, 'times = x.times + excluded.times', 'times = least(x.times + excluded.times, 1000000000000)');
  if body !~ 'audit\.sat_times' or body !~ 'least\(x\.times' then
    raise exception 'audit.sit is not what this migration expects';
  end if;
  execute body;
end
$$;
