import { isId } from "@onrecord/core/ids";
import type { PlacedEntry } from "@onrecord/ledger/read";
import type { Sql } from "@onrecord/postgres/database";
import { guesses } from "./guesses.js";
import type { Recent } from "./rule.js";

/** More than any rule asks for: a flood is counted no further. */
const ENOUGH = 100;

/** Entries `x` of the last `$2` minutes up to and with entry `e`, in the order of the record. */
const upToEntry = "(x.txid, x.id) <= (e.txid, e.id) and x.at > e.at - make_interval(mins => $2)";
/** Ids begin with the time at which a node made them: an hour for clocks that differ bounds how far back is looked. */
const notLongBefore =
  "x.id > (lpad(to_hex((extract(epoch from e.at) * 1000)::bigint - ($2 + 60) * 60000), 12, '0') || repeat('0', 20))::uuid";

/** Of those minutes, the entries of which rule `$3` has spoken. An alert is never older than its entry. */
const spokenOf = `
  select x.actor_id, x.origin_id, x.at from audit.entry e
    join audit.alert a on a.rule = $3 and a.at > e.at - make_interval(mins => $2)
    join audit.entry x on x.id = a.entry_id
  where e.id = $1 and ${upToEntry}`;
const spokenAt = "(extract(epoch from max(x.at)) * 1000)::float8";

/** For how many an entry stands: at least one, whatever it says, so that none hides the others. */
const countOf = (e: string) => `case when jsonb_typeof(${e}.detail->'count') = 'number'
  then least(greatest((${e}.detail->>'count')::numeric, 1), ${ENOUGH})::int else 1 end`;

/** How often, and when the newest entry was of which the rule has spoken; in milliseconds since 1970. */
interface Found {
  readonly count: number;
  readonly spokenAt: number | null;
}

/**
 * Answers rules from the record itself, so that nothing is forgotten by a restart and every node answers alike. Made for one batch of
 * entries: of a burst that was spoken of, the rest of the batch is not counted again.
 */
export function recentInRecord(sql: Sql): Recent {
  const known = new Map<string, number>();
  const burst = async (entry: PlacedEntry, key: string, minutes: number, look: () => Promise<Found[]>) => {
    const since = known.get(key);
    if (since !== undefined && Date.parse(entry.at) - since < minutes * 60_000)
      return { count: 0, alerted: true };
    const [found] = await look();
    const spoken = found?.spokenAt ?? null;
    if (spoken !== null) known.set(key, spoken);
    return { count: found?.count ?? 0, alerted: spoken !== null };
  };
  return {
    refusedSignIns: (entry, rule, minutes) =>
      burst(entry, `${rule} ${entry.originCommitment}`, minutes, () =>
        sql.query<Found>(
          `with here as (
             select e.txid, e.id, e.at, o.ip, o.claimed, ${countOf("e")} as count
             from audit.entry e left join audit.origin o on o.id = e.origin_id where e.id = $1
           ),
           near as (
             select o.ip = e.ip as "sameIp", o.claimed = e.claimed as "sameName", ${countOf("x")} as count
             from here e join audit.entry x on x.action = 'session.refused' and ${upToEntry} and ${notLongBefore}
               join audit.origin o on o.id = x.origin_id
             where x.detail->>'reason' = any ($4::text[]) and (o.ip = e.ip or o.claimed = e.claimed)
             order by x.id desc limit ${ENOUGH}
           )
           select
             -- Folded over several addresses and names, it shares nothing with others: it is its own burst.
             greatest((select count from here), sum(count) filter (where "sameIp"), sum(count) filter (where "sameName"))::int as count,
             (select ${spokenAt} from (${spokenOf}) x left join audit.origin o on o.id = x.origin_id, here h
              where o.ip = h.ip or o.claimed = h.claimed or coalesce(o.ip, o.claimed, h.ip, h.claimed) is null) as "spokenAt"
           from near`,
          [entry.id, minutes, rule, guesses],
        ),
      ),

    denials: (entry, rule, minutes) =>
      burst(entry, `${rule} ${entry.actorId}`, minutes, () =>
        sql.query<Found>(
          `select
             (select count(*)::int from (
                select from audit.entry e
                  join audit.entry x on x.actor_id = $4 and x.outcome <> 'ALLOWED' and ${upToEntry} and ${notLongBefore}
                where e.id = $1 order by x.id desc limit ${ENOUGH}
              ) near) as count,
             (select ${spokenAt} from (${spokenOf}) x where x.actor_id = $4) as "spokenAt"`,
          [entry.id, minutes, rule, entry.actorId],
        ),
      ),

    isOpen: async (entry, rule, minutes, times) => {
      const key = `${rule} ${entry.actorId} ${entry.objectId} ${entry.discreet}`;
      const { alerted } = await burst(entry, key, minutes, () =>
        // An alert is never older than its entry. What is told to fewer people does not stand for what is told to more.
        sql.query<Found>(
          `select 0 as count, case when count(*) >= $4 then ${spokenAt} end as "spokenAt" from audit.entry e
             join audit.alert a on a.rule = $3 and a.at > e.at - make_interval(mins => $2) and a.status = 'OPEN'
               and a.document_id = e.object_id and a.actor_id = e.actor_id and a.discreet = e.discreet
             join audit.entry x on x.id = a.entry_id and ${upToEntry}
           where e.id = $1`,
          [entry.id, minutes, rule, times],
        ),
      );
      return alerted;
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
