import { rm } from "node:fs/promises";
import { type FreshDatabase, freshDatabase, runAsOwner } from "@onrecord/postgres/testing/fresh-database";
import { findPgbouncer, startPgbouncer } from "@onrecord/postgres/testing/pgbouncer";
import { openEditor, until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Api } from "./client/api.js";
import { firstEditableFolder } from "./client/editable-folder.js";
import { Command, newDataDir } from "./testing/command.js";

const pgbouncer = findPgbouncer();
const what = `behind a pooler${pgbouncer ? "" : " (skipped: pgbouncer is not installed)"}`;

describe.skipIf(pgbouncer === undefined)(what, { timeout: 240_000 }, () => {
  const resources = new AsyncDisposableStack();
  let database: FreshDatabase;
  let dataDir: string;
  beforeAll(async () => {
    database = resources.use(await freshDatabase({ migrated: false }));
    dataDir = await newDataDir();
    resources.defer(() => rm(dataDir, { recursive: true, force: true }));
  });
  afterAll(() => resources.disposeAsync());

  const env = (DATABASE_URL: string, more: Readonly<Record<string, string>> = {}) => ({
    DATABASE_URL,
    ONRECORD_DATA: dataDir,
    ONRECORD_DEMO: "1",
    ...more,
  });

  it("that keeps a connection for each client, Onrecord migrates, serves and stops", async () => {
    await using pooler = await startPgbouncer(pgbouncer!, "session", [database.adminUrl]);
    const variables = env(pooler.through(database.adminUrl));
    expect(await Command.run(["migrate"], variables).ended).toMatchObject({ code: 0 });
    await using server = Command.run(["start"], variables);
    const url = await server.ready();
    const token = async (person: string) =>
      (await Command.run(["token", `${person}@demo.onrecord.test`], variables).ended).stdout.trim();
    const [session, reads] = await Promise.all([token("analyst1"), token("analyst2")]);
    const api = new Api(url, session);
    const input = { folderId: await firstEditableFolder(api), title: "Pooled", kind: "TEXT" };
    const { createDocument } = await api.ask<{ createDocument: { id: string } }>(
      "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
      { input },
    );
    using writer = openEditor(url, createDocument.id, session);
    using reader = openEditor(url, createDocument.id, reads);
    await Promise.all([writer.synced(), reader.synced()]);
    writer.text.insert(0, "through it");
    await until(() => reader.text.toString() === "through it", "the change to arrive");
    const doctor = await Command.run(["doctor"], variables).ended;
    expect(doctor).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^ok {3}database: .*pooler; its login is a superuser, which Onrecord does not need/m,
      ),
    });
    expect(await server.stop("SIGTERM")).toMatchObject({ code: 0 });
  });

  it.each(["transaction", "statement"] as const)(
    "that gives one connection to several clients (%s), it says what to do, and does nothing",
    async (mode) => {
      const empty = resources.use(await freshDatabase({ migrated: false }));
      await using pooler = await startPgbouncer(pgbouncer!, mode, [empty.adminUrl]);
      const variables = env(pooler.through(empty.adminUrl));
      const sentence =
        /^(BAD {2}database: |\{.*"msg":")The pooler of DATABASE_URL shares .*pool_mode=session/m;
      for (const command of ["migrate", "start"]) {
        const { code, stdout, stderr } = await Command.run([command], variables).ended;
        expect([code, stdout, stderr]).toEqual([1, "", expect.stringMatching(sentence)]);
        expect(stderr).not.toMatch(/^\s+at /m);
      }
      expect(await Command.run(["doctor"], variables).ended).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(sentence),
      });
      // Nothing was made there.
      await runAsOwner(empty.adminUrl, "create schema onrecord");
    },
  );
});
