import { randomBytes } from "node:crypto";
import {
  appendFile,
  chmod,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, testContext } from "@onrecord/context/testing/context";
import { readConfig } from "@onrecord/core/config";
import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import { anySeed, draws } from "@onrecord/core/testing/random";
import { Edits } from "@onrecord/history/edit/edits";
import { encodeState } from "@onrecord/history/store/encoded-state";
import { History } from "@onrecord/history/store/history";
import { addDocument } from "@onrecord/history/testing/documents";
import { bySystem } from "@onrecord/ledger/ledger";
import { Database } from "@onrecord/postgres/database";
import { startEmbeddedPostgres } from "@onrecord/postgres/embedded/embedded";
import { freshDatabase, runAsOwner } from "@onrecord/postgres/testing/fresh-database";
import { binariesAt, installedRoot } from "@onrecord/postgres/testing/other-binaries";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { examineData } from "../doctor/examine-data.js";
import { checkBackup, restoreBackup } from "./restore-backup.js";
import { type Written, writeBackup } from "./write-backup.js";

const passphrase = "correct horse battery staple";
const progress = { add: () => undefined, done: () => undefined };
const log = createLogger("silent");
const resources = new AsyncDisposableStack();
let context: TestContext;
let folder: string;
let made: Written;
let destroyed: string;

const newDir = async () => {
  const dir = await mkdtemp(join(tmpdir(), "onrecord-backup-"));
  await chmod(dir, 0o755);
  resources.defer(() => rm(dir, { recursive: true, force: true }));
  return dir;
};
const backup = (adminUrl: string, out: string, dataDir = context.config.dataDir) =>
  writeBackup({ adminUrl, dataDir, out, passphrase, progress });
const restore = (adminUrl: string, file: string, dataDir: string, phrase = passphrase) =>
  restoreBackup({ adminUrl, dataDir, file, passphrase: phrase, progress });
const check = (file: string, phrase = passphrase) => checkBackup(file, phrase, progress);
const examine = (adminUrl: string, dataDir: string) => {
  const { config, secrets } = readConfig({ ONRECORD_DATA: dataDir });
  return examineData(adminUrl, config, secrets, () => undefined);
};
/** What tells the content of two backups apart: every table's rows. */
const contentOf = ({ parts }: Written) =>
  parts.map(({ table, rows, sha256 }) => `${table} ${rows} ${sha256}`).sort();

beforeAll(async () => {
  context = resources.use(await testContext());
  folder = await newDir();
  const history = new History(context);
  const edits = new Edits(context, history);
  const by = bySystem(newId());
  const odd = ["a\tb", "back\\slash \\N", "line\nline\r\n", "引號 “x” 😀", "\u0001\u007f"];
  for (const text of odd) {
    const documentId = await addDocument(context);
    const change = () => {
      const doc = new Y.Doc();
      doc.getText("content").insert(0, text);
      return Y.encodeStateAsUpdate(doc);
    };
    await edits.commit({ documentId, by, action: "document.edited", change });
    const loaded = await history.load(documentId);
    await history.checkpoint(documentId, 1, loaded.key, encodeState(loaded.doc));
    await runAsOwner(
      context.env.DATABASE_ADMIN_URL,
      `update documents.document set title = ${literal(text)} where id = '${documentId}'`,
    );
  }
  // One row that is larger than everything a backup holds in memory at a time.
  const large = await addDocument(context);
  const doc = new Y.Doc();
  doc.getText("content").insert(0, randomBytes(2_000_000).toString("base64"));
  await edits.commit({
    documentId: large,
    by,
    action: "document.edited",
    change: () => Y.encodeStateAsUpdate(doc),
  });
  destroyed = await addDocument(context);
  await context.db.transaction((tx) => history.shred(tx, destroyed, by));
  made = await backup(context.env.DATABASE_ADMIN_URL, join(folder, "made.backup"));
});
afterAll(() => resources.disposeAsync());

function literal(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}'`;
}

describe("a backup", () => {
  it("is a file that only its owner may read, with nothing in clear", async () => {
    expect((await stat(made.file)).mode & 0o777).toBe(0o600);
    expect(made).toMatchObject({ counts: { documents: 7, heads: 6, versions: 6 } });
    const bytes = await readFile(made.file);
    const keys = JSON.parse(await readFile(join(context.config.dataDir, "keys.json"), "utf8"));
    for (const text of ["documents.batch", "A document", "kek-", ...(Object.values(keys.keys) as string[])])
      expect(bytes.includes(text), text).toBe(false);
    expect(await check(made.file)).toMatchObject({ counts: made.counts });
  });

  it("never replaces a file, and leaves nothing where it could not be written to its end", async () => {
    const before = await readFile(made.file);
    await expect(backup(context.env.DATABASE_ADMIN_URL, made.file)).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect((await readFile(made.file)).equals(before)).toBe(true);
    await using empty = await freshDatabase({ migrated: false });
    const out = await newDir();
    await expect(backup(empty.adminUrl, join(out, "none"))).rejects.toMatchObject({ code: "BAD_CONFIG" });
    await expect(backup(context.env.DATABASE_ADMIN_URL, join(out, "no", "folder"))).rejects.toMatchObject({
      code: "BAD_CONFIG",
    });
    expect(await readdir(out)).toEqual([]);
  });

  it("is found out when it was cut short, added to, or changed anywhere, and so is another passphrase", async () => {
    const seed = anySeed();
    const random = draws(seed);
    const whole = await readFile(made.file);
    const copy = join(folder, "copy.backup");
    const rewrite = async (change: (bytes: Buffer) => Promise<void> | void) => {
      const bytes = Buffer.from(whole);
      await change(bytes);
      await writeFile(copy, bytes);
    };
    for (let n = 0; n < 5; n++) {
      await rewrite(() => undefined);
      const length = n === 0 ? whole.length - 1 : 1 + random(whole.length - 1);
      await truncate(copy, length);
      await expect(check(copy), `seed ${seed}: ${length} bytes`).rejects.toMatchObject({
        code: "BAD_CONFIG",
      });
    }
    for (let n = 0; n < 5; n++) {
      const at = n < 2 ? random(300) : random(whole.length);
      await rewrite((bytes) => {
        bytes[at]! ^= 1 << random(8);
      });
      await expect(check(copy), `seed ${seed}: byte ${at}`).rejects.toMatchObject({ code: "BAD_CONFIG" });
    }
    await rewrite(() => undefined);
    await appendFile(copy, "x");
    await expect(check(copy)).rejects.toThrow(/altered/);
    await writeFile(copy, "");
    await expect(check(copy)).rejects.toMatchObject({ code: "BAD_CONFIG" });
    await expect(check(made.file, "another passphrase")).rejects.toThrow(/passphrase/);
  });
});

describe("a restore", () => {
  it("brings back every row by an owner who is no superuser, and a torn backup leaves nothing", async () => {
    await using target = await freshDatabase({ migrated: false });
    const owner = `owner_${randomBytes(6).toString("hex")}`;
    const database = new URL(target.adminUrl).pathname.slice(1);
    await runAsOwner(
      target.adminUrl,
      `create role ${owner} login createrole password 'secret'; grant onrecord_app to ${owner};
       alter database ${database} owner to ${owner}; alter schema public owner to ${owner}`,
    );
    try {
      const url = new URL(target.adminUrl);
      [url.username, url.password] = [owner, "secret"];
      const dataDir = await newDir();
      const torn = join(folder, "torn.backup");
      await writeFile(torn, (await readFile(made.file)).subarray(0, -40));
      await expect(restore(url.href, torn, dataDir)).rejects.toThrow(/torn/);
      await using db = new Database(url.href, { log, max: 1 });
      expect(await db.query("select to_regnamespace('onrecord') as schema")).toEqual([{ schema: null }]);
      expect(await readdir(dataDir)).toEqual([]);

      await restore(url.href, made.file, dataDir);
      expect(await examine(url.href, dataDir)).toEqual([]);
      expect(contentOf(await backup(url.href, join(folder, "again.backup"), dataDir))).toEqual(
        contentOf(made),
      );
      // Rules hold again, for the owner too.
      await expect(db.query("delete from audit.entry")).rejects.toThrow(/append-only/);
      const rules = "select count(*) as n from pg_trigger where not tgisinternal and tgenabled = 'O'";
      const keys = "select count(*) as n from pg_constraint where contype = 'f' and convalidated";
      for (const sql of [rules, keys]) expect(await db.query(sql)).toEqual(await context.db.query(sql));
      await expect(restore(url.href, made.file, dataDir)).rejects.toMatchObject({ code: "CONFLICT" });
      const loaded = new History({ ...context, db }).load(destroyed);
      await expect(loaded).rejects.toMatchObject({ code: "GONE" });
    } finally {
      await runAsOwner(target.adminUrl, `drop owned by ${owner} cascade; drop role ${owner}`).catch(
        () => undefined,
      );
    }
  });

  it("says in a sentence that the database broke it off, and leaves nothing", async () => {
    await using target = await freshDatabase({ migrated: false });
    await using admin = new Database(context.env.DATABASE_ADMIN_URL, { log, max: 1 });
    const end = (name: string, database: string) =>
      admin.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = $2",
        [name, new URL(database).pathname.slice(1)],
      );
    const dataDir = await newDir();
    let ended: unknown;
    const request = { adminUrl: target.adminUrl, dataDir, file: made.file, passphrase };
    const restoring = restoreBackup({
      ...request,
      progress: {
        add: () => {
          ended ??= end("onrecord restore", target.adminUrl);
        },
        done: () => undefined,
      },
    });
    await expect(restoring).rejects.toThrow(
      /^The database broke this off \(.+\), and nothing was restored\.$/,
    );
    await ended;
    await restore(target.adminUrl, made.file, dataDir);
  });

  it("makes room of a schema that nobody has used, and refuses keys that are not the backup's", async () => {
    await using target = await freshDatabase();
    const dataDir = await newDir();
    await writeFile(join(dataDir, "keys.json"), "{}");
    await expect(restore(target.adminUrl, made.file, dataDir)).rejects.toThrow(
      /keys\.json is not the backup's/,
    );
    await rm(join(dataDir, "keys.json"));
    await restore(target.adminUrl, made.file, dataDir);
    expect(await examine(target.adminUrl, dataDir)).toEqual([]);
    expect((await stat(join(dataDir, "keys.json"))).mode & 0o777).toBe(0o600);
  });

  it("brings a backup of an older schema to this build's", async () => {
    await using old = await freshDatabase({ migrated: false });
    const dataDir = await newDir();
    await restore(old.adminUrl, made.file, dataDir);
    // As if this build had one migration more than the one that made the backup: the last one.
    const undone = `drop function audit.place, audit.horizon, audit.frontier, audit.era cascade;
      alter table audit.entry alter column txid set default pg_current_xact_id();
      delete from onrecord.applied_migration where name like '027%'`;
    await runAsOwner(old.adminUrl, undone);
    const file = join(folder, "old.backup");
    const written = await backup(old.adminUrl, file, dataDir);
    expect(written.migrations.some((name) => name.startsWith("027"))).toBe(false);
    await using target = await freshDatabase({ migrated: false });
    await restore(target.adminUrl, file, dataDir);
    expect(await examine(target.adminUrl, dataDir)).toEqual([]);
  });

  // Every major version that this machine has beside the one of every clone.
  describe.each([15, 16, 17])("into Postgres %i and back", (major) => {
    const root = installedRoot(major);
    const missing = root ? "" : ` (skipped: \`npm run postgres -- ${major}\` fetches it)`;
    it.skipIf(root === undefined)(`keeps every row${missing}`, async () => {
      const dataDir = await newDir();
      await using other = await startEmbeddedPostgres({
        dataDir,
        log,
        settings: { fsync: "off" },
        binaries: await binariesAt(root!, log),
      });
      await restore(other.adminUrl, made.file, dataDir);
      expect(await examine(other.adminUrl, dataDir)).toEqual([]);
      const there = await backup(other.adminUrl, join(folder, `from-${major}.backup`), dataDir);
      expect(there.serverVersion).toMatch(new RegExp(`^${major}\\.`));
      expect(contentOf(there)).toEqual(contentOf(made));
      await using target = await freshDatabase({ migrated: false });
      await restore(target.adminUrl, there.file, dataDir);
      expect(contentOf(await backup(target.adminUrl, join(folder, `to-${major}.backup`), dataDir))).toEqual(
        contentOf(made),
      );
    });
  });
});
