import { chmod, cp, mkdtemp, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { pino } from "pino";
import { beforeEach, describe, expect, test } from "vitest";
import { findBinaries, runs } from "./binaries.js";
import { startEmbeddedPostgres } from "./embedded.js";
import { standIn } from "./place.js";
import { reachableBinaries } from "./portable-binaries.js";
import { findServerUser } from "./server-user.js";

const log = pino({ level: "silent" });
const settings = { fsync: "off" };

describe("as root, below a directory that other users may not enter", () => {
  let closed: string;
  let dataDir: string;

  beforeEach(async ({ skip, onTestFinished }) => {
    skip(process.getuid?.() !== 0, "only root has Postgres run as another user");
    closed = await realpath(await mkdtemp(join(tmpdir(), "onrecord-closed-")));
    await chmod(closed, 0o700);
    dataDir = join(closed, "data");
    onTestFinished(async () => {
      await rm(standIn(dataDir), { recursive: true, force: true });
      await rm(closed, { recursive: true, force: true });
    });
  });

  async function answer(sql: string): Promise<unknown> {
    await using postgres = await startEmbeddedPostgres({ dataDir, log, settings });
    const client = new pg.Client({ connectionString: postgres.adminUrl });
    await client.connect();
    const { rows } = await client.query(sql);
    await client.end();
    return rows;
  }

  test("the database is kept where its user can reach it, and a note says where", async () => {
    await answer("CREATE TABLE kept AS SELECT 42 AS answer");
    expect(await answer("SELECT answer FROM kept")).toEqual([{ answer: 42 }]);

    const cluster = join(standIn(dataDir), "postgres");
    expect((await stat(cluster)).uid).not.toBe(0);
    expect(await readFile(join(dataDir, "WHERE-IS-POSTGRES.txt"), "utf8")).toContain(cluster);
    expect(await readdir(dataDir)).not.toContain("postgres");
  });

  test("it stays there when the directory opens, and a closed one is not replaced by an empty one", async () => {
    await answer("CREATE TABLE kept AS SELECT 42 AS answer");
    await chmod(closed, 0o755);
    expect(await answer("SELECT answer FROM kept")).toEqual([{ answer: 42 }]);

    const open = join(closed, "open");
    await (await startEmbeddedPostgres({ dataDir: open, log, settings }))[Symbol.asyncDispose]();
    await chmod(closed, 0o700);
    await expect(startEmbeddedPostgres({ dataDir: open, log, settings })).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("chmod o+x"),
    });
  });

  test("removing the data directory begins anew and destroys nothing", async () => {
    await answer("CREATE TABLE kept AS SELECT 42 AS answer");
    await rm(dataDir, { recursive: true });
    expect(await answer("SELECT to_regclass('kept') AS kept")).toEqual([{ kept: null }]);
    expect((await readdir(standIn(dataDir))).some((name) => name.startsWith("postgres.before-"))).toBe(true);
  });

  test("a copied data directory cannot have its database served twice", async () => {
    await using _original = await startEmbeddedPostgres({ dataDir, log, settings });
    const copy = join(closed, "copy");
    await cp(dataDir, copy, { recursive: true });
    await expect(startEmbeddedPostgres({ dataDir: copy, log, settings })).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining(standIn(dataDir)),
    });
  });

  test("binaries are copied once, even those a strict umask left to root alone", async () => {
    const installed = await findBinaries();
    const hidden = { root: join(closed, "native"), version: `18-${process.pid}-test` };
    await cp(installed.root, hidden.root, { recursive: true, verbatimSymlinks: true });
    await chmod(join(hidden.root, "share", "postgresql", "postgres.bki"), 0o600);
    const user = await findServerUser([]);
    expect(await runs(hidden, user)).toBe(false);

    const copies = await Promise.all([1, 2].map(() => reachableBinaries(hidden, user, log)));
    const [copy] = copies;
    try {
      expect(copies[1]).toEqual(copy);
      expect(await runs(copy!, user)).toBe(true);
      const made = (await stat(copy!.root)).ino;
      expect(await reachableBinaries(hidden, user, log)).toEqual(copy);
      expect((await stat(copy!.root)).ino).toBe(made);
    } finally {
      await rm(copy!.root, { recursive: true });
    }
  });
});
