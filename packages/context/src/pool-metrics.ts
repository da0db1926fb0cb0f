import type { Database } from "@onrecord/postgres/database";
import { observeGauge, observeTotal, type Sample } from "@onrecord/telemetry/observed";
import type { Registry } from "prom-client";

/** The connections of each login of this process, as they are when somebody asks. */
export function poolMetrics(
  metrics: Registry,
  databases: () => Iterable<readonly [login: string, Database]>,
): void {
  const eachPool = (read: (pool: Database["pool"]) => readonly Sample[]) => () =>
    [...databases()].flatMap(([login, { pool, reserve, aside }]) =>
      Object.entries({ main: pool, reserve, aside }).flatMap(([name, one]) =>
        read(one).map(([labels, value]): Sample => [{ login, pool: name, ...labels }, value]),
      ),
    );
  const each = (read: (db: Database) => number) => () =>
    [...databases()].map(([login, db]): Sample => [{ login }, read(db)]);
  observeGauge(metrics, {
    name: "onrecord_db_pool_connections",
    help: "connections to the database that are open, by login, pool and whether they are in use",
    labels: ["login", "pool", "state"],
    read: eachPool(({ totalCount, idleCount }) => [
      [{ state: "idle" }, idleCount],
      [{ state: "in_use" }, totalCount - idleCount],
    ]),
  });
  observeGauge(metrics, {
    name: "onrecord_db_pool_max_connections",
    help: "connections that a pool may open",
    labels: ["login", "pool"],
    read: eachPool(({ options }) => [[{}, options.max ?? 0]]),
  });
  observeGauge(metrics, {
    name: "onrecord_db_pool_waiting",
    help: "pieces of work that wait for a connection of a pool",
    labels: ["login", "pool"],
    read: eachPool(({ waiting }) => [[{}, waiting]]),
  });
  observeTotal(metrics, {
    name: "onrecord_db_pool_refused_total",
    help: "pieces of work that were refused, since too much of their owner, or of all, waited for a connection of a pool",
    labels: ["login", "pool"],
    read: eachPool(({ refused }) => [[{}, refused]]),
  });
  observeTotal(metrics, {
    name: "onrecord_db_statements_total",
    help: "statements sent through the pool of a login; those of the process count what its services send, too",
    labels: ["login"],
    read: each(({ statements }) => statements),
  });
  observeTotal(metrics, {
    name: "onrecord_db_connections_lost_total",
    help: "connections of pools that broke",
    labels: ["login"],
    read: each(({ lost }) => lost),
  });
}
