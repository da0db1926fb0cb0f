import { rm } from "node:fs/promises";
import { Api } from "@onrecord/cli/client/api";
import { Command, newDataDir } from "@onrecord/cli/testing/command";
import { createLogger } from "@onrecord/core/log";
import { anySeed, Random } from "@onrecord/core/testing/random";
import { appliedMigrations } from "@onrecord/postgres/applied-migrations";
import { Database } from "@onrecord/postgres/database";
import { listMigrations } from "@onrecord/postgres/migrate";
import { openEditor, until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTyping } from "../nodes/typing.js";
import { type ReleaseNode, type Session, SharedDatabase, signInAt } from "./beside.js";
import { buildPrevious, type PreviousRelease, release, whyNotPrevious } from "./previous-release.js";

const missing = whyNotPrevious();
const what = `nodes of ${release}, which are replaced one by one${missing ? ` (skipped: ${missing})` : ""}`;

describe.skipIf(missing !== undefined)(what, { timeout: 240_000 }, () => {
  let previous: PreviousRelease;
  beforeAll(() => {
    previous = buildPrevious();
    // Where its packages are not this clone's, they are all installed once more.
  }, 1_200_000);
  afterAll(() => previous?.[Symbol.dispose]());

  it("edit on while the database is migrated under them, and beside new nodes", async () => {
    const chance = new Random(anySeed());
    const random = () => chance.next();
    await using opened = new AsyncDisposableStack();
    const shared = opened.use(await SharedDatabase.create(previous.program));
    const owner = opened.use(new Database(shared.urls.adminUrl, { log: createLogger("silent"), max: 1 }));
    const old = opened.use(await shared.start("previous"));
    const manager = await old.as("manager");
    const analysts = [await old.as("analyst1"), await old.as("analyst2"), await old.as("analyst3")];
    const documentId = await createText(manager, "Between two releases");

    const atOld = analysts.slice(0, 2).map(({ token }) => opened.use(openEditor(old.url, documentId, token)));
    await Promise.all(atOld.map((editor) => editor.synced()));
    let losses = 0;
    const lost = () => losses++;
    for (const { provider } of atOld) provider.on("connection-close", lost);
    const early = atOld.map(({ text }, n) => startTyping(text, `old${n}`, random, 60));
    await until(() => atOld.every(({ text }) => text.length > 200), "people to be typing");

    await using migrating = await shared.migrate();
    expect(await migrating.ended).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/^\s+at /m) });
    // A load balancer must find it ready, or everybody would be sent away at once.
    expect(await old.ready()).toBe(200);

    const fresh = opened.use(await shared.start("new"));
    const another = opened.use(await shared.start("previous"));
    expect([await fresh.ready(), await another.ready()]).toEqual([200, 200]);
    const atNew = [analysts[2]!, analysts[0]!].map(({ token }) =>
      opened.use(openEditor(fresh.url, documentId, token)),
    );
    const atAnother = opened.use(openEditor(another.url, documentId, analysts[1]!.token));
    await Promise.all([...atNew, atAnother].map((editor) => editor.synced()));
    for (const { provider } of [...atNew, atAnother]) provider.on("connection-close", lost);
    const late = [...atNew, atAnother].map(({ text }, n) => startTyping(text, `late${n}`, random, 60));
    await until(() => atNew.every(({ text }) => text.length > 2000), "people to be typing on both");
    const typists = [...early, ...late];
    await Promise.all(typists.map((typist) => typist.stop()));

    const letters = typists.reduce((sum, typist) => sum + typist.letters, 0);
    const everyone = [...atOld, ...atNew, atAnother];
    await until(() => everyone.every(({ text }) => text.length === letters), "every letter to be everywhere");
    const text = everyone[0]!.text.toString();
    for (const editor of everyone) expect(editor.text.toString()).toBe(text);
    for (const node of [old, fresh, another])
      expect(await contentAt(node, analysts[0]!, documentId)).toBe(text);

    const [counts] = await owner.query<{ versions: number; entries: number; refused: number }>(
      `select (select count(*) from documents.change where document_id = $1) as versions,
         (select count(*) from audit.entry where object_id = $1 and action = 'document.edited') as entries,
         (select count(*) from audit.entry where object_id = $1 and outcome <> 'ALLOWED') as refused`,
      [documentId],
    );
    const changes = typists.reduce((sum, typist) => sum + typist.changes, 0);
    // What somebody typed while their line was away came in one piece.
    if (losses > 0) expect(counts!.versions).toBeLessThanOrEqual(changes);
    else expect(counts!.versions).toBe(changes);
    expect(counts).toEqual({ versions: counts!.versions, entries: counts!.versions, refused: 0 });

    // Nobody else does anything by now: what one node takes in, the other hears of.
    const [reader, writer] = [atOld[0]!, atNew[0]!];
    writer.text.insert(0, "by the new one, ");
    await until(
      () => reader.text.toString().startsWith("by the new one, "),
      "the old node to hear of the new one",
    );
    reader.text.insert(0, "by the old one, ");
    await until(
      () => writer.text.toString().startsWith("by the old one, "),
      "the new node to hear of the old one",
    );
  });

  it("take rights away from each other's editors, and from their own", async () => {
    await using opened = new AsyncDisposableStack();
    const shared = opened.use(await SharedDatabase.create(previous.program));
    expect(await shared.run("migrate")).toMatchObject({ code: 0 });
    const nodes = {
      new: opened.use(await shared.start("new")),
      old: opened.use(await shared.start("previous")),
    };
    const manager = await nodes.new.as("manager");
    for (const [giver, taker] of [
      ["old", "new"],
      ["new", "old"],
      ["old", "old"],
    ] as const) {
      const documentId = await createText(manager, `Given at the ${giver} one, taken at the ${taker} one`);
      const trader = await nodes[giver].as("trader");
      const { grantAccess } = await nodes[giver]
        .api(manager.token)
        .ask<{ grantAccess: { id: string } }>(
          "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }",
          { input: { resourceId: documentId, principalId: await idOf(trader), level: "EDIT" } },
        );
      const editors = [nodes.old, nodes.new].map(({ url }) =>
        opened.use(openEditor(url, documentId, trader.token)),
      );
      await Promise.all(editors.map((editor) => editor.synced()));
      for (const { text } of editors) text.insert(0, "while they may. ");
      await until(
        async () =>
          (await contentAt(nodes.old, manager, documentId)).length === 2 * "while they may. ".length,
        "what they typed to be kept",
      );
      const closed = Promise.all(editors.map((editor) => editor.closed()));
      await nodes[taker]
        .api(manager.token)
        .ask("mutation ($input: RevokeAccessInput!) { revokeAccess(input: $input) }", {
          input: { grantId: grantAccess.id },
        });
      expect(await closed).toEqual([4403, 4403]);
    }
  });

  it("do for people what they did, on the schema of this build", async () => {
    await using opened = new AsyncDisposableStack();
    const shared = opened.use(await SharedDatabase.create(previous.program));
    expect(await shared.run("migrate")).toMatchObject({ code: 0 });
    const old = opened.use(await shared.start("previous"));
    const manager = await old.as("manager");
    const { api } = manager;
    const { folder } = await api.ask<{ folder: { id: string } }>(
      'mutation { folder: createFolder(input: { name: "Made by the old one" }) { id } }',
    );
    const { filing } = await api.ask<{ filing: { id: string; version: number } }>(
      "mutation ($input: ImportDocumentInput!) { filing: importDocument(input: $input) { id version } }",
      { input: { folderId: folder.id, title: "Imported", html: "<h1>Risk</h1><p>As it was.</p>" } },
    );
    using editor = openEditor(old.url, filing.id, manager.token);
    await editor.synced();
    editor.doc.getXmlFragment("default").delete(0, 1);
    await until(
      async () => !(await contentAt(old, manager, filing.id)).includes("Risk"),
      "the deletion to be kept",
    );
    const of = { documentId: filing.id, version: filing.version };
    await api.ask("mutation ($input: NameVersionInput!) { nameVersion(input: $input) { number } }", {
      input: { ...of, name: "As imported" },
    });
    await api.ask("mutation ($input: RestoreVersionInput!) { restoreVersion(input: $input) { version } }", {
      input: of,
    });
    expect(await contentAt(old, manager, filing.id)).toContain("Risk");
    const { download } = await api.ask<{ download: { url: string } }>(
      "mutation ($input: DownloadInput!) { download(input: $input) { url } }",
      { input: { documentId: filing.id, format: "HTML" } },
    );
    const copy = await fetch(`${old.url}${download.url}`, {
      headers: { authorization: `Bearer ${manager.token}` },
    });
    expect([copy.status, await copy.text()]).toEqual([200, expect.stringContaining("As it was.")]);
    await until(async () => {
      const { auditEntries } = await (await old.as("compliance")).api.ask<{
        auditEntries: { edges: { node: { action: string } }[] };
      }>(`{ auditEntries(filter: { objectId: "${filing.id}" }, first: 50) { edges { node { action } } } }`);
      const actions = new Set(auditEntries.edges.map(({ node }) => node.action));
      return ["document.imported", "version.named", "version.restored", "document.downloaded"].every(
        (action) => actions.has(action),
      );
    }, "all of it to be on the record");
    const admin = await old.as("admin");
    await admin.api.ask("mutation ($input: ShredDocumentInput!) { shredDocument(input: $input) { id } }", {
      input: { documentId: filing.id, confirmTitle: "Imported" },
    });
    expect(await editor.closed()).toBeGreaterThanOrEqual(4000);
  });

  it("edit on when a migration is killed in the middle, which the next one goes on with", async () => {
    await using opened = new AsyncDisposableStack();
    const shared = opened.use(await SharedDatabase.create(previous.program));
    const log = createLogger("silent");
    const owner = opened.use(new Database(shared.urls.adminUrl, { log, max: 2, name: "a long report" }));
    const old = opened.use(await shared.start("previous"));
    const manager = await old.as("manager");
    const documentId = await createText(manager, "Typed into meanwhile");
    const editor = opened.use(openEditor(old.url, documentId, manager.token));
    await editor.synced();
    const type = async (word: string) => {
      editor.text.insert(editor.text.length, word);
      await until(
        async () => (await contentAt(old, manager, documentId)).endsWith(word),
        "a word to be kept",
      );
    };

    // Somebody reads the whole record, which migration 015 changes.
    const reading = Promise.withResolvers<void>();
    const enough = Promise.withResolvers<void>();
    const report = owner.transaction(async (tx) => {
      await tx.query("select from audit.entry limit 1");
      reading.resolve();
      await enough.promise;
    });
    await reading.promise;
    const killed = await shared.migrate();
    const applied = async () => (await appliedMigrations(owner)).at(-1) ?? "";
    await until(async () => (await applied()) >= "014", "the migration to have come to the record");
    await type("while it waits, ");
    await killed.stop("SIGKILL");
    await type("after it was killed, ");
    expect(await old.ready()).toBe(200);
    expect((await applied()).slice(0, 3)).toBe("014");
    enough.resolve();
    await report;
    expect(await shared.run("migrate")).toMatchObject({ code: 0 });
    expect(await applied()).toBe((await listMigrations()).at(-1));
    await type("and when it is done.");
    expect(await old.ready()).toBe(200);
  });

  it("leave a data directory that this build goes on with", async () => {
    await using opened = new AsyncDisposableStack();
    const dataDir = await newDataDir();
    opened.defer(() => rm(dataDir, { recursive: true, force: true }));
    const env = { ONRECORD_DATA: dataDir };
    const before = opened.use(Command.run(["start"], env, previous.program));
    const url = await before.ready();
    const manager = await signInAt(url, "manager");
    const documentId = await createText(manager, "On one machine");
    using editor = openEditor(url, documentId, manager.token);
    await editor.synced();
    editor.text.insert(0, "written before");
    await until(async () => (await textOf(manager.api, documentId)) === "written before", "it to be kept");
    expect(await before.stop("SIGTERM")).toMatchObject({ code: 0 });
    const after = opened.use(Command.run(["start"], env));
    expect(await textOf(new Api(await after.ready(), manager.token), documentId)).toBe("written before");
  });
});

async function createText({ api }: Session, title: string): Promise<string> {
  const { folders } = await api.ask<{ folders: { edges: { node: { id: string; name: string } }[] } }>(
    "{ folders { edges { node { id name } } } }",
  );
  const folderId = folders.edges.find(({ node }) => node.name === "Project Harbour")?.node.id;
  const { createDocument } = await api.ask<{ createDocument: { id: string } }>(
    "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
    { input: { folderId, title, kind: "TEXT" } },
  );
  return createDocument.id;
}

async function idOf({ api }: Session): Promise<string> {
  return (await api.ask<{ me: { user: { id: string } } }>("{ me { user { id } } }")).me.user.id;
}

/** What a node's API says that a document consists of. */
function contentAt(node: ReleaseNode, { token }: Session, id: string): Promise<string> {
  return textOf(node.api(token), id);
}

async function textOf(api: Api, id: string): Promise<string> {
  const { document } = await api.ask<{ document: { content: string } }>(
    "query ($id: ID!) { document(id: $id) { content } }",
    { id },
  );
  return document.content;
}
