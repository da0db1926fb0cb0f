import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createLogger } from "@onrecord/core/log";
import { until } from "@onrecord/core/testing/until";
import { Database } from "@onrecord/postgres/database";
import { startEmbeddedPostgres } from "@onrecord/postgres/embedded/embedded";
import { migrate } from "@onrecord/postgres/migrate";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { mountHealth } from "./health.js";
import { HttpServer } from "./http-server.js";

const run = promisify(execFile);
const log = createLogger("silent");
const settings = { fsync: "off", shared_buffers: "16MB", min_wal_size: "32MB", max_wal_size: "48MB" };

/** A disk of so many MiB; undefined where this user may not make one. */
async function smallDisk(size: number, resources: AsyncDisposableStack): Promise<string | undefined> {
  const parent = await mkdtemp(join(tmpdir(), "onrecord-small-disk-"));
  await chmod(parent, 0o755);
  resources.defer(() => rm(parent, { recursive: true, force: true }));
  const disk = join(parent, "disk");
  await mkdir(disk);
  const mounted = await run("mount", ["-t", "tmpfs", "-o", `size=${size}m,mode=0755`, "tmpfs", disk]).then(
    () => true,
    () => false,
  );
  if (!mounted) return undefined;
  resources.defer(async () => void (await run("umount", [disk])));
  return disk;
}

/** Writes until there is no room left. */
async function fill(path: string): Promise<void> {
  await using file = await open(path, "w");
  const block = Buffer.alloc(64 * 1024, 1);
  for (let size = block.length; size >= 512; size /= 2)
    for (;;) {
      const { bytesWritten } = await file.write(block, 0, size).catch(() => ({ bytesWritten: 0 }));
      if (bytesWritten === 0) break;
    }
}

it("is not ready while the disk of the database is full, and is again when there is room", async ({
  skip,
}) => {
  await using resources = new AsyncDisposableStack();
  const disk = await smallDisk(256, resources);
  skip(disk === undefined, "only root can mount a small disk, and not everywhere");
  const dataDir = join(disk!, "data");
  const { adminUrl, appUrl } = resources.use(await startEmbeddedPostgres({ dataDir, log, settings }));
  await migrate(adminUrl, log);
  const db = resources.use(new Database(appUrl, { log, max: 2 }));
  const http = resources.use(new HttpServer(log));
  const bus = { ready: () => true };
  mountHealth(http, { db, bus, metrics: new Registry() });
  const url = await http.listen(0, "127.0.0.1");
  const ready = async () => {
    const response = await fetch(`${url}/readyz`);
    return [response.status, ((await response.json()) as { checks: { writes: string } }).checks.writes];
  };
  expect(await ready()).toEqual([200, "ok"]);
  await fill(join(disk!, "filler"));
  await until(async () => (await ready())[0] === 503, "the full disk to be noticed");
  expect(await ready()).toEqual([503, "the disk of the database is full"]);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await rm(join(disk!, "filler"));
  await until(async () => (await ready())[0] === 200, "the room to be noticed");
}, 120_000);
