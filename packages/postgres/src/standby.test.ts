import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { createLogger } from "@onrecord/core/log";
import { freePort } from "@onrecord/core/testing/free-port";
import { expect, it } from "vitest";
import { checkServer } from "./check-server.js";
import { findBinaries } from "./embedded/binaries.js";
import { startEmbeddedPostgres } from "./embedded/embedded.js";
import { reachableBinaries } from "./embedded/portable-binaries.js";
import { identity } from "./embedded/run.js";
import { findServerUser } from "./embedded/server-user.js";
import { serverSettings } from "./embedded/settings.js";

it("a standby, which only reads, is refused in a sentence", async () => {
  await using resources = new AsyncDisposableStack();
  const log = createLogger("silent");
  const dataDir = await mkdtemp(join(tmpdir(), "onrecord-standby-"));
  await chmod(dataDir, 0o755);
  resources.defer(() => rm(dataDir, { recursive: true, force: true }));
  const primary = await startEmbeddedPostgres({ dataDir, log, settings: { fsync: "off" } });
  await primary[Symbol.asyncDispose]();
  const state = JSON.parse(await readFile(join(dataDir, "postgres.json"), "utf8")) as { cluster: string };
  const cluster = resolve(dataDir, state.cluster);
  await writeFile(join(cluster, "standby.signal"), "");

  const user = await findServerUser([cluster]);
  const binaries = await reachableBinaries(await findBinaries(), user, log);
  const port = await freePort();
  // A standby must be set up for no less than its primary.
  const settings = Object.entries({ ...serverSettings, log_line_prefix: "", port: String(port) });
  const standby = spawn(
    join(binaries.root, "bin", "postgres"),
    ["-D", cluster, ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { ...identity(user), stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = once(standby, "exit");
  resources.defer(async () => {
    standby.kill("SIGQUIT");
    await ended;
  });
  await new Promise<void>((resolve) => {
    createInterface({ input: standby.stderr }).on("line", (line) => {
      if (line.includes("ready to accept read-only connections")) resolve();
    });
  });
  const url = new URL(primary.adminUrl);
  url.port = String(port);
  await expect(checkServer(url.href, "DATABASE_URL")).rejects.toMatchObject({
    code: "BAD_CONFIG",
    message: "DATABASE_URL points to a standby, which only reads; point it to the primary server.",
  });
});
