import { isId } from "@onrecord/core/ids";
import type { PlacedEntry } from "@onrecord/ledger/read";
import type { Sql } from "@onrecord/postgres/database";
import { guesses } from "./guesses.js";
import type { Recent } from "./rule.js";

/** Denied entries of the last `$2` minutes up to and with entry `$1`, in the order of the record. */
const recentDenied = `
  select x.* from audit.entry e join audit.entry x
    on x.outcome <> 'ALLOWED' and (x.txid, x.id) <= (e.txid, e.id) and x.at > e.at - make_interval(mins => $2)
    -- Ids begin with the time at which a node made them: an hour for clocks that differ bounds how far back is looked.
    and x.id > (lpad(to_hex((extract(epoch from e.at) * 1000)::bigint - ($2 + 60) * 60000), 12, '0') || repeat('0', 20))::uuid
  where e.id = $1`;

/** Answers rules from the record itself, so that nothing is forgotten by a restart and every node answers alike. */
export function recentInRecord(sql: Sql): Recent {
  return {
    async refusedSignIns({ id }, rule, minutes) {
      const [row] = await sql.query<{ count: number; alerted: boolean }>(
        `with here as (select o.ip, o.claimed from audit.entry e join audit.origin o on o.id = e.origin_id where e.id = $1),
         near as (
           select x.id, o.ip = h.ip as "sameIp", o.claimed = h.claimed as "sameName"
           from (${recentDenied}) x join audit.origin o on o.id = x.origin_id, here h
           where x.action = 'session.refused' and x.detail->>'reason' = any ($4::text[]) and (o.ip = h.ip or o.claimed = h.claimed)
         )
         select greatest(count(*) filter (where "sameIp"), count(*) filter (where "sameName")) as count,
           coalesce(bool_or(exists (select from audit.alert a where a.rule = $3 and a.entry_id = near.id)), false) as alerted
         from near`,
        [id, minutes, rule, guesses],
      );
      return row ?? { count: 0, alerted: false };
    },

    async denials({ id, actorId }: PlacedEntry, rule, minutes) {
      const [row] = await sql.query<{ count: number; alerted: boolean }>(
        `select count(*) as count,
           coalesce(bool_or(exists (select from audit.alert a where a.rule = $3 and a.entry_id = x.id)), false) as alerted
         from (${recentDenied}) x where x.actor_id = $4`,
        [id, minutes, rule, actorId],
      );
      return row ?? { count: 0, alerted: false };
    },

    async kindOf(principalId) {
      if (!isId(principalId)) return null;
      const [row] = await sql.query<{ kind: Awaited<ReturnType<Recent["kindOf"]>> }>(
        `select kind from identity.user where id = $1
         union all select 'DEPARTMENT' from identity.department where id = $1
         union all select 'ROLE' from identity.role where id = $1`,
        [principalId],
      );
      return row?.kind ?? null;
    },
  };
}
