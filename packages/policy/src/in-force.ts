import { setTimeout as delay } from "node:timers/promises";
import type { Sql } from "@onrecord/postgres/database";

/** How long a change waits for every node to have acted on it, in milliseconds. */
const PATIENCE_MS = 2000;
const FIRST_WAIT_MS = 4;
const LONGEST_WAIT_MS = 50;

/**
 * Resolves when a committed change of rights is in force everywhere: all that was open on a right that it touched has been decided anew,
 * on every node, and is closed where the right is gone. (Nothing is committed on it from the change's own commit on.) False when a node
 * has not said so within two seconds: it hangs, or has died. What it held is taken away from it, so that nobody waits for it again.
 */
export async function inForce(sql: Sql, revision: number | null): Promise<boolean> {
  if (revision === null) return true;
  const end = performance.now() + PATIENCE_MS;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)) {
    const [left] = await sql.query(
      "select from permissions.live_right where void is not null and void <= $1 limit 1",
      [revision],
    );
    if (!left) return true;
    if (performance.now() > end) break;
    await delay(wait);
  }
  await sql.query(
    `delete from permissions.live_right where node_id in (
       select r.node_id from permissions.live_right r where r.void is not null and r.void <= $1
     )`,
    [revision],
  );
  return false;
}
