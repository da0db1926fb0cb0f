import type { Bus } from "@onrecord/bus/bus";
import type { Database } from "@onrecord/postgres/database";
import { listMigrations } from "@onrecord/postgres/migrate";
import type { Registry } from "prom-client";
import type { HttpServer, RequestHandler } from "./http-server.js";
import { processMetrics } from "./process-metrics.js";
import { readyMetrics } from "./ready-metrics.js";

/** What is asked whether the process is ready. */
export interface HealthContext {
  readonly db: Database;
  readonly bus: Bus;
  readonly metrics: Registry;
}

/** Mounts `/healthz` (the process lives), `/readyz` (database reachable and migrated, bus heard) and `/metrics` on an HTTP server. */
export function mountHealth(http: HttpServer, context: HealthContext): void {
  processMetrics(context.metrics);
  readyMetrics(context.metrics, () => readiness(context));
  // Probes come by address.
  const probe = (path: string, handler: RequestHandler) =>
    http.route(path, handler, { anyHost: true, methods: ["GET", "HEAD"] });
  probe("/healthz", (_request, response) => {
    response.writeHead(200, { "content-type": "text/plain" }).end("ok\n");
  });
  probe("/readyz", async (_request, response) => {
    const checks = await readiness(context);
    const ready = Object.values(checks).every((state) => state === "ok");
    response
      .writeHead(ready ? 200 : 503, { "content-type": "application/json" })
      .end(`${JSON.stringify({ ready, checks })}\n`);
  });
  probe("/metrics", async (_request, response) => {
    response
      .writeHead(200, { "content-type": context.metrics.contentType })
      .end(await context.metrics.metrics());
  });
}

/** Each dependency with "ok" or what is wrong with it. */
async function readiness(context: HealthContext): Promise<Record<"database" | "migrations" | "bus", string>> {
  const expected = (await listMigrations()).at(-1);
  try {
    const [row] = await context.db.query<{ newest: string }>(
      "select max(name) as newest from onrecord.migration",
    );
    const migrations =
      row?.newest === expected ? "ok" : `at ${row?.newest ?? "none"}, this build needs ${expected}`;
    return { database: "ok", migrations, bus: context.bus.ready() ? "ok" : "reconnecting" };
  } catch (error) {
    return {
      database: (error as Error).message,
      migrations: "unknown",
      bus: context.bus.ready() ? "ok" : "reconnecting",
    };
  }
}
