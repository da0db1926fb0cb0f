import { NatsTransport } from "@onrecord/bus/nats-transport";
import { PostgresTransport } from "@onrecord/bus/postgres-transport";
import { callRoll } from "@onrecord/bus/roll-call";
import type { Config, Secrets } from "@onrecord/core/config";
import type { Logger } from "@onrecord/core/log";
import { serviceSecret } from "@onrecord/core/service-secret";
import type { Database } from "@onrecord/postgres/database";
import type { Finding } from "./checks.js";

/** Whether the nodes that run have this machine's service secret. Takes as long as a node may be silent (11 s), where one is. */
export async function checkSecret(
  db: Database,
  { bus, dataDir }: Config,
  secrets: Secrets,
  log: Logger,
): Promise<Finding> {
  const check = "service secret";
  const [row] = await db.query<{ nodes: number }>(
    `select count(*)::int as nodes from pg_stat_activity
     where datname = current_database() and application_name like 'onrecord bus%'`,
  );
  // Over NATS nobody can be counted: all have their time.
  const expected = bus.kind === "nats" ? Number.POSITIVE_INFINITY : row!.nodes;
  if (expected === 0) return { check, ok: true, text: "no node runs that could have another" };
  const secret = await serviceSecret(dataDir, secrets.serviceSecret);
  const transport = bus.kind === "nats" ? new NatsTransport(bus.url, log) : new PostgresTransport(db, log);
  const { same, other, late } = await callRoll(transport, secret, { expected, log });
  if (other > 0)
    return {
      check,
      ok: false,
      text: `${other} of ${same + other + late} nodes have another service secret than this machine, so that hints between them are not believed: give all of them the same ONRECORD_SERVICE_SECRET, or the same service.secret in their data directories`,
    };
  if (late > 0)
    return {
      check,
      ok: false,
      text: `the clocks of ${late} nodes and of this machine are more than a minute apart: set them right (NTP)`,
    };
  return { check, ok: true, text: `${same} running nodes have the same` };
}
