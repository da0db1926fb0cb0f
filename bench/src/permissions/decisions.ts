import { readFacts } from "@onrecord/policy/facts";
import type { Principal } from "@onrecord/policy/principal";
import type { Sql } from "@onrecord/postgres/database";
import type pg from "pg";
import type { Random } from "../load/random.js";
import { percentiles } from "../measure/statistics.js";
import { idOf } from "./firm.js";

/** The database's own time for one decision, in milliseconds: planning and execution of all its statements, as EXPLAIN ANALYZE tells it. */
export async function timeDecisions(
  sql: pg.Client,
  documents: readonly string[],
  people: number,
  count: number,
  random: Random,
): Promise<{ median: number; p99: number }> {
  const times: number[] = [];
  let time = 0;
  const explained: Sql = {
    async query<Row extends object>(text: string, values: readonly unknown[] = []) {
      const { rows } = await sql.query<{ "QUERY PLAN": [{ [key: string]: number }] }>(
        `explain (analyze, timing off, format json) ${text}`,
        [...values],
      );
      const [plan] = rows[0]!["QUERY PLAN"];
      time += plan["Planning Time"]! + plan["Execution Time"]!;
      return (await sql.query(text, [...values])).rows as Row[];
    },
  };
  for (let run = 0; run < count; run++) {
    time = 0;
    const person = idOf("person", random.below(people));
    await readFacts(explained, principalOf(person), [documents[random.below(documents.length)]!]);
    times.push(time);
  }
  const { p50, p99 } = percentiles(times);
  return { median: p50, p99 };
}

function principalOf(userId: string): Principal {
  return {
    userId,
    sessionId: userId,
    email: `${userId}@bench.onrecord.test`,
    name: `Person ${userId}`,
    title: null,
    userKind: "EMPLOYEE",
    roles: [],
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
  };
}
