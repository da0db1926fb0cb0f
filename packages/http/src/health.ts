import type { Bus } from "@onrecord/bus/bus";
import type { Database, Sql } from "@onrecord/postgres/database";
import { pendingMigrations } from "@onrecord/postgres/migrate";
import { collectDefaultMetrics, type Registry } from "prom-client";
import type { HttpServer, RequestHandler } from "./http-server.js";
import { Readiness } from "./readiness.js";

/** How often the event loop is looked at: how late it is then is its lag. */
const EVENT_LOOP_EVERY_MS = 500;

/** What is asked whether the process is ready. */
export interface HealthContext {
  readonly db: Database;
  readonly bus: Pick<Bus, "ready">;
  readonly metrics: Registry;
}

/**
 * Mounts `/healthz` (the process lives), `/readyz` (it can do its work) and `/metrics` on an HTTP server. Services add their checks to what
 * is returned. Hints that do not come delay by a second and hinder nobody, so the bus is told of and does not count.
 */
export function mountHealth(http: HttpServer, context: HealthContext): Readiness {
  // The default looks at the event loop a hundred times a second, which is most of what a quiet process costs.
  collectDefaultMetrics({
    register: context.metrics,
    prefix: "onrecord_",
    eventLoopMonitoringPrecision: EVENT_LOOP_EVERY_MS,
  });
  const readiness = new Readiness(() => ({ bus: context.bus.ready() ? "ok" : "reconnecting" }));
  // On the connection that nothing holds: a busy node is not one that cannot work.
  const { reserve } = context.db;
  const beside: Sql = { query: async (text, values = []) => (await reserve.query(text, [...values])).rows };
  readiness.add("database", async () => void (await beside.query("select 1")));
  readiness.add("migrations", async () => {
    const pending = await pendingMigrations(beside);
    if (pending.length > 0) throw new Error(`this build needs ${pending.at(-1)}`);
  });
  readiness.add("writes", async () => void (await beside.query("select onrecord.probe_writes()")));
  // Probes come by address.
  const probe = (path: string, handler: RequestHandler) =>
    http.route(path, handler, { anyHost: true, methods: ["GET", "HEAD"] });
  probe("/healthz", (_request, response) => {
    response.writeHead(200, { "content-type": "text/plain" }).end("ok\n");
  });
  probe("/readyz", async (_request, response) => {
    const found = await readiness.find();
    response
      .writeHead(found.ready ? 200 : 503, { "content-type": "application/json" })
      .end(`${JSON.stringify(found)}\n`);
  });
  probe("/metrics", async (_request, response) => {
    response
      .writeHead(200, { "content-type": context.metrics.contentType })
      .end(await context.metrics.metrics());
  });
  return readiness;
}
