import type { Bus } from "@onrecord/bus/bus";
import type { Database, Sql } from "@onrecord/postgres/database";
import { pendingMigrations } from "@onrecord/postgres/migrate";
import type { Registry } from "prom-client";
import type { HttpServer, RequestHandler } from "./http-server.js";
import { metricsRoute } from "./metrics-route.js";
import { processMetrics } from "./process-metrics.js";
import { Readiness } from "./readiness.js";
import { readyMetrics } from "./ready-metrics.js";

/** What is asked whether the process is ready. */
export interface HealthContext {
  readonly db: Database;
  readonly bus: Pick<Bus, "ready">;
  readonly metrics: Registry;
  /** Whoever reads the metrics must bring it; without one, only programs of this machine may. */
  readonly metricsToken?: string | undefined;
}

/**
 * Mounts `/healthz` (the process lives), `/readyz` (it can do its work) and `/metrics` on an HTTP server. Services add their checks to what
 * is returned. Hints that do not come delay by a second and hinder nobody, so the bus is told of and does not count.
 */
export function mountHealth(http: HttpServer, context: HealthContext): Readiness {
  processMetrics(context.metrics);
  const readiness = new Readiness(() => ({ bus: context.bus.ready() ? "ok" : "reconnecting" }));
  readyMetrics(context.metrics, async () => (await readiness.find()).checks);
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
  probe("/metrics", metricsRoute(context.metrics, context.metricsToken));
  return readiness;
}
