import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startEmbeddedPostgres } from "./embedded.js";
import { type Holder, killGroup, startHolder, urlsOf } from "./fixtures/holder.js";
import { findRunningPostgres } from "./running.js";

const log = pino({ level: "silent" });
const settings = { fsync: "off" };
let parent: string;
let dataDir: string;
const holders: Holder[] = [];

beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), "onrecord-postgres-")));
  // Or root's Postgres, which is not root, could not enter and would be put elsewhere.
  await chmod(parent, 0o755);
  dataDir = join(parent, "data");
});

afterEach(async () => {
  for (const holder of holders.splice(0)) await killGroup(holder, "SIGTERM");
  await rm(parent, { recursive: true, force: true });
});

const start = () => startEmbeddedPostgres({ dataDir, log, settings });

function hold(): Holder {
  const holder = startHolder(dataDir);
  holders.push(holder);
  return holder;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function serverPid(): Promise<number> {
  return Number((await readFile(join(dataDir, "postgres", "postmaster.pid"), "utf8")).split("\n")[0]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("a new data directory", () => {
  test("gets a Postgres 18 with a UTF-8 database, an owner and a login without privileges", async () => {
    await using postgres = await start();
    const [server] = await query(
      postgres.adminUrl,
      `SELECT current_setting('server_version_num')::int / 10000 AS major, current_database() AS name,
              current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS address,
              (SELECT count(*)::int FROM pg_collation WHERE collname = 'zh-x-icu') AS chinese`,
    );
    expect(server).toEqual({
      major: 18,
      name: "onrecord",
      encoding: "UTF8",
      address: "127.0.0.1",
      chinese: 1,
    });
    const [login] = await query(
      postgres.appUrl,
      "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user",
    );
    expect(login).toEqual({
      rolname: "onrecord_app",
      rolsuper: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolreplication: false,
      rolbypassrls: false,
    });
    await expect(query(postgres.appUrl, "CREATE TABLE public.t ()")).rejects.toThrow(/permission denied/);
  });

  test("tells words from punctuation in English and Chinese, so that text can be searched", async () => {
    await using postgres = await start();
    const [{ words } = {}] = await query(
      postgres.appUrl,
      "SELECT tsvector_to_array(to_tsvector('simple', 'Project “Harbour”，上市申请')) AS words",
    );
    expect(words).toEqual(["harbour", "project", "上市申请"]);
  });

  test("keeps its passwords to its owner and demands them", async () => {
    await using postgres = await start();
    expect((await stat(join(dataDir, "postgres.json"))).mode & 0o777).toBe(0o600);
    const guess = new URL(postgres.appUrl);
    guess.password = "guess";
    await expect(query(guess.href, "SELECT")).rejects.toThrow(/password authentication failed/);
  });

  test("may lie in the middle of an interrupted initialisation", async () => {
    const holder = hold();
    const initialising = async () =>
      (await readdir(dataDir).catch(() => [])).some((name) => /^postgres\.new-.*\d$/.test(name));
    while (!(await initialising())) await delay(2);
    await killGroup(holder, "SIGKILL");
    expect(await readdir(dataDir)).not.toContain("postgres");

    await using postgres = await start();
    expect(await query(postgres.adminUrl, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});

describe("a data directory in use", () => {
  test("refuses a second instance, in this process and in another", async () => {
    await using postgres = await start();
    await expect(start()).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining(dataDir),
    });
    expect(await hold().answer).toMatchObject({ code: "CONFLICT" });
    expect(await query(postgres.appUrl, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  test("keeps its data and its port over a restart", async () => {
    let before: string;
    {
      await using postgres = await start();
      before = postgres.adminUrl;
      await query(before, "CREATE TABLE kept AS SELECT 42 AS answer");
    }
    await using postgres = await start();
    expect(postgres.adminUrl).toBe(before);
    expect(await query(postgres.adminUrl, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  test("is found by a command that works beside the process that holds it", async () => {
    expect(await findRunningPostgres(dataDir)).toBeUndefined();
    {
      await using postgres = await start();
      const { adminUrl, appUrl, loginUrls } = postgres;
      expect(await findRunningPostgres(dataDir)).toEqual({ adminUrl, appUrl, loginUrls });
    }
    expect(await findRunningPostgres(dataDir)).toBeUndefined();
  });

  test("says so when Postgres dies", async () => {
    await using postgres = await start();
    process.kill(await serverPid(), "SIGKILL");
    expect(await postgres.exited).toMatch(/^Postgres ended unexpectedly \(SIGKILL\)/);
  });
});

describe("a process that was killed", () => {
  test("leaves a Postgres that the next start stops, and all that was committed", async () => {
    const holder = hold();
    const { adminUrl } = await urlsOf(holder);
    await query(adminUrl, "CREATE TABLE kept AS SELECT 42 AS answer");
    const orphan = await serverPid();
    // The whole group: a Ctrl-C in a terminal must not reach Postgres past us either.
    await killGroup(holder, "SIGKILL");
    expect(isAlive(orphan)).toBe(true);

    await using postgres = await start();
    expect(isAlive(orphan)).toBe(false);
    expect(await query(postgres.adminUrl, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  test("may take its Postgres with it, and nothing committed is lost", async () => {
    const holder = hold();
    const { adminUrl } = await urlsOf(holder);
    await query(adminUrl, "CREATE TABLE kept AS SELECT 42 AS answer");
    const server = await serverPid();
    await killGroup(holder, "SIGKILL");
    process.kill(server, "SIGKILL");

    await using postgres = await start();
    expect(await query(postgres.adminUrl, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
  });

  test("may leave a lock file whose process id now is another program's", async () => {
    await (await start())[Symbol.asyncDispose]();
    const cluster = join(dataDir, "postgres");
    const bystander = spawn("sleep", ["600"], { stdio: "ignore" });
    await once(bystander, "spawn");
    try {
      const { uid, gid } = await stat(cluster);
      const lockFile = join(cluster, "postmaster.pid");
      await writeFile(
        lockFile,
        `${bystander.pid}\n${cluster}\n1700000000\n5432\n\n127.0.0.1\n 1 1\nready   \n`,
        { mode: 0o600 },
      );
      await chown(lockFile, uid, gid);

      await using postgres = await start();
      expect(await query(postgres.adminUrl, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
      expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    } finally {
      bystander.kill();
    }
  });
});

describe("a data directory that cannot serve is refused with a sentence", () => {
  test("because a file is in its way", async () => {
    await writeFile(dataDir, "");
    for (const path of [dataDir, join(dataDir, "below")]) {
      await expect(startEmbeddedPostgres({ dataDir: path, log })).rejects.toMatchObject({
        code: "BAD_CONFIG",
        message: expect.stringMatching(
          /cannot be written: .* is a file, not a directory|cannot be written: it is a file/,
        ),
      });
    }
  });

  test.skipIf(process.platform !== "linux")("because nothing can be made there", async () => {
    await expect(startEmbeddedPostgres({ dataDir: "/proc/onrecord/data", log })).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("nothing can be created there"),
    });
  });

  test("because its database is another major version's", async () => {
    await (await start())[Symbol.asyncDispose]();
    await writeFile(join(dataDir, "postgres", "PG_VERSION"), "17\n");
    await expect(start()).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("Postgres 17"),
    });
  });

  test("because its database or its passwords are gone", async () => {
    await (await start())[Symbol.asyncDispose]();
    await rm(join(dataDir, "postgres"), { recursive: true });
    await expect(start()).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("is gone"),
    });
    await mkdir(join(dataDir, "postgres"));
    await writeFile(join(dataDir, "postgres", "PG_VERSION"), "18\n");
    await rm(join(dataDir, "postgres.json"));
    await expect(start()).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: expect.stringContaining("passwords"),
    });
  });

  test("because the port it insists on is taken", async () => {
    await using other = await startEmbeddedPostgres({ dataDir: join(parent, "other"), log, settings });
    const port = Number(new URL(other.adminUrl).port);
    await expect(startEmbeddedPostgres({ dataDir, log, settings, port })).rejects.toMatchObject({
      code: "BAD_CONFIG",
      message: `Port ${port} of 127.0.0.1, meant for the embedded Postgres, is taken.`,
    });
  });
});
