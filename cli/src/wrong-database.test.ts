import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { createServer } from "node:net";
import { createContext } from "@onrecord/context/context";
import { readConfig } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { type FreshDatabase, freshDatabase, runAsOwner } from "@onrecord/postgres/testing/fresh-database";
import { startOldServer } from "@onrecord/postgres/testing/old-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkDatabase, fault } from "./doctor/check-database.js";
import { sentenceOf } from "./failure.js";
import { Command, newDataDir } from "./testing/command.js";

/** What an operator gets wrong about the database, each told by every command in one sentence that says what to do. */
describe("a database in a wrong state", { timeout: 240_000 }, () => {
  const resources = new AsyncDisposableStack();
  let migrated: FreshDatabase;
  let empty: FreshDatabase;
  let dataDir: string;
  beforeAll(async () => {
    migrated = resources.use(await freshDatabase());
    empty = resources.use(await freshDatabase({ migrated: false }));
    dataDir = await newDataDir();
    resources.defer(() => rm(dataDir, { recursive: true, force: true }));
  });
  afterAll(() => resources.disposeAsync());

  /** A start, or a migration, fails with a sentence that matches, and the doctor has a line with it. */
  async function expectSentence(
    urls: Readonly<Record<string, string>>,
    sentence: RegExp,
    who: readonly ("start" | "doctor")[] = ["start", "doctor"],
  ): Promise<void> {
    const { config, secrets } = readConfig({ ONRECORD_DATA: dataDir, ONRECORD_DEMO: "0", ...urls });
    const begun = createContext(config, secrets, createLogger("silent")).then(
      async (context) => {
        await context[Symbol.asyncDispose]();
        return "it began";
      },
      (error: unknown) => sentenceOf(error) ?? `no sentence: ${error}`,
    );
    const looked = checkDatabase(config, secrets)
      .catch((error: unknown) => [fault("database", error)])
      .then((findings) => findings.flatMap(({ check, ok, text }) => (ok ? [] : [`BAD  ${check}: ${text}`])));
    const said = { start: [await begun], doctor: await looked };
    for (const one of who) {
      expect({ [one]: said[one] }).toEqual({ [one]: [expect.stringMatching(sentence)] });
      expect(said[one].join()).not.toMatch(/\n|hunter2/);
    }
  }

  const changed = (url: string, change: (url: URL) => void) => {
    const other = new URL(url);
    change(other);
    return other.href;
  };

  /** A login of a test's own, with what the SQL gives it. */
  async function login(url: string, options: string, grants = ""): Promise<string> {
    const name = `login_${randomBytes(6).toString("hex")}`;
    await runAsOwner(
      url,
      `create role ${name} ${options} password 'hunter2'; ${grants.replaceAll("LOGIN", name)}`,
    );
    resources.defer(() => runAsOwner(url, `drop owned by ${name}; drop role ${name}`).catch(() => undefined));
    return changed(url, (at) => {
      [at.username, at.password] = [name, "hunter2"];
    });
  }

  it("that is not there", async () => {
    await expectSentence(
      { DATABASE_URL: "postgres://x:hunter2@127.0.0.1:1/x" },
      /Cannot reach the database of DATABASE_URL \(127\.0\.0\.1:1\/x\): .*ECONNREFUSED.* See that it runs/,
    );
    await expectSentence(
      { DATABASE_URL: migrated.appUrl, DATABASE_ADMIN_URL: "postgres://x:hunter2@nowhere.invalid/x" },
      /Cannot reach the database of DATABASE_ADMIN_URL \(nowhere\.invalid:5432\/x\): .* See that it runs/,
    );
  });

  it("that is no Postgres", async () => {
    const other = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    await expectSentence(
      { DATABASE_URL: `postgres://x:hunter2@127.0.0.1:${port}/x` },
      /Cannot reach the database of DATABASE_URL/,
    );
    other.close();
  });

  it("that does not take the name or the password, or does not let the login in", async () => {
    for (const name of ["onrecord_app", "nobody_at_all"])
      await expectSentence(
        {
          DATABASE_URL: changed(migrated.appUrl, (at) => {
            [at.username, at.password] = [name, "hunter2"];
          }),
        },
        new RegExp(`does not take the password of ${name}: put the right one into DATABASE_URL`),
      );
    await expectSentence(
      { DATABASE_URL: await login(migrated.adminUrl, "nologin") },
      /does not let login_\w+ in .*not permitted to log in.*give it `login`/,
    );
    await runAsOwner(
      empty.adminUrl,
      `revoke connect on database ${new URL(empty.adminUrl).pathname.slice(1)} from public`,
    );
    await expectSentence(
      { DATABASE_URL: await login(empty.adminUrl, "login") },
      /The login login_\w+ of DATABASE_URL may not enter the database .*`grant connect`/,
    );
  });

  it("that has another name", async () => {
    await expectSentence(
      {
        DATABASE_URL: changed(migrated.appUrl, (at) => {
          at.pathname = "/elsewhere";
        }),
      },
      /There is no database elsewhere where DATABASE_URL points .*create it/,
    );
  });

  it("that is older than 15", async () => {
    await using old = await startOldServer(migrated.adminUrl);
    await expectSentence({ DATABASE_URL: old.url }, /DATABASE_URL points to a Postgres older than 15 \(14\)/);
  });

  it("that cannot keep every character", async () => {
    const name = `ascii_${randomBytes(6).toString("hex")}`;
    await runAsOwner(
      migrated.adminUrl,
      `create database ${name} encoding 'SQL_ASCII' locale 'C' template template0`,
    );
    resources.defer(() => runAsOwner(migrated.adminUrl, `drop database ${name} with (force)`));
    const at = changed(migrated.adminUrl, (url) => {
      url.pathname = `/${name}`;
    });
    await expectSentence(
      { DATABASE_URL: at },
      /keeps its text as SQL_ASCII; create one with `encoding 'UTF8'/,
    );
  });

  it("that a login which may not is to migrate", async () => {
    const plain = await login(
      empty.adminUrl,
      "login",
      `grant connect on database ${new URL(empty.adminUrl).pathname.slice(1)} to LOGIN`,
    );
    await expectSentence({ DATABASE_URL: plain }, /run `onrecord migrate` with DATABASE_ADMIN_URL/, [
      "start",
    ]);
    await expectSentence(
      { DATABASE_URL: plain },
      /BAD {2}migrations: at none, this build needs .*: run `onrecord migrate`/,
      ["doctor"],
    );
    const owner = await login(
      empty.adminUrl,
      "login",
      `grant connect, create on database ${new URL(empty.adminUrl).pathname.slice(1)} to LOGIN`,
    );
    await expectSentence(
      { DATABASE_URL: owner },
      /The migration 001-roles\.sql failed, and nothing of it was kept: permission denied .*createrole/,
      ["start"],
    );
  });

  it("whose login has no role of Onrecord's", async () => {
    const stranger = await login(migrated.adminUrl, "login");
    const urls = { DATABASE_URL: stranger, DATABASE_ADMIN_URL: migrated.adminUrl };
    await expectSentence(
      urls,
      /The login login_\w+ of DATABASE_URL has no role of Onrecord's: as the owner, `grant onrecord_app to login_/,
    );
    await expectSentence(
      { ...urls, DATABASE_URL: migrated.appUrl, DATABASE_URL_AUDIT: stranger },
      /of DATABASE_URL_AUDIT has no role of Onrecord's: as the owner, `grant onrecord_audit to/,
    );
  });

  it("whose login may not even look", async () => {
    const stranger = await login(migrated.adminUrl, "login");
    await expectSentence(
      { DATABASE_URL: stranger },
      /may not.*permission denied for schema onrecord.*DATABASE_ADMIN_URL/,
    );
  });

  it("from which a newer build has taken what this one needs", async () => {
    await using newer = await freshDatabase();
    await runAsOwner(
      newer.adminUrl,
      "insert into onrecord.applied_migration (name) values ('999-contract-after-998-tomorrow.sql')",
    );
    await expectSentence(
      { DATABASE_URL: newer.appUrl },
      /999-contract-after-998-tomorrow\.sql, which takes away what this build needs.*Upgrade this installation/,
    );
  });

  it("that is half made", async () => {
    await using half = await freshDatabase({ migrated: false });
    await runAsOwner(half.adminUrl, "create schema identity; create schema audit");
    await expectSentence(
      { DATABASE_URL: half.adminUrl },
      /The database has the schemas? audit, identity but no table of migrations.*empty database/,
    );
    await using torn = await freshDatabase();
    await runAsOwner(torn.adminUrl, "delete from onrecord.applied_migration where name like '006%'");
    await expectSentence(
      { DATABASE_URL: torn.adminUrl },
      /The migration 006-commit\.sql failed, and nothing of it was kept: .* Restore a backup that is whole/,
      ["start"],
    );
  });

  it("that lacks the extension of its functions' language", async () => {
    await using bare = await freshDatabase({ migrated: false });
    await runAsOwner(bare.adminUrl, "drop extension plpgsql");
    await expectSentence(
      { DATABASE_URL: bare.adminUrl },
      /lacks the extension plpgsql.*`create extension plpgsql`/,
    );
  });

  it("is told by each command, on one line and with exit code 1", async () => {
    const env = { ONRECORD_DATA: dataDir, DATABASE_URL: "postgres://x:hunter2@127.0.0.1:1/x" };
    const sentence = /^(BAD {2}database: )?Cannot reach the database of DATABASE_URL .*$/gm;
    for (const command of ["migrate", "start", "doctor"]) {
      const { code, stdout, stderr } = await Command.run([command], env).ended;
      expect({ command, code, lines: (stdout + stderr).match(sentence)?.length }).toEqual({
        command,
        code: 1,
        lines: 1,
      });
      expect(stdout + stderr).not.toMatch(/^\s+at |hunter2/m);
    }
  });
});
