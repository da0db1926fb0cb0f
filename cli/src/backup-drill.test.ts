import { rm } from "node:fs/promises";
import { join } from "node:path";
import { openEditor, until } from "@onrecord/testing/editor";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Api } from "./client/api.js";
import { firstEditableFolder } from "./client/editable-folder.js";
import { Command, newDataDir } from "./testing/command.js";

const secret = { ONRECORD_BACKUP_PASSPHRASE: "the drill's own passphrase" };
let [lost, found] = ["", ""];
beforeAll(async () => {
  [lost, found] = [await newDataDir(), await newDataDir()];
});
afterAll(() => Promise.all([lost, found].map((dir) => rm(dir, { recursive: true, force: true }))));

const run = (dir: string, ...args: string[]) => Command.run(args, { ONRECORD_DATA: dir, ...secret }).ended;
const tokenOf = async (dir: string, name: string) =>
  (await run(dir, "token", `${name}@demo.onrecord.test`)).stdout.trim();

interface Read {
  readonly version: number;
  readonly content: string;
}
const read = async (api: Api, id: string) =>
  (await api.ask<{ document: Read }>("query ($id: ID!) { document(id: $id) { version content } }", { id }))
    .document;
/** A trader tries to take a paper away, which raises an alert. */
async function tryToTakeAway(trader: Api): Promise<void> {
  const { folders } = await trader.ask<{
    folders: { edges: { node: { name: string; documents: { edges: { node: { id: string } }[] } } }[] };
  }>("{ folders { edges { node { name documents { edges { node { id } } } } } } }");
  const { documents } = folders.edges.find(({ node }) => node.name === "Settlement")!.node;
  const input = { documentId: documents.edges[0]!.node.id, format: "HTML" };
  await expect(
    trader.ask("mutation ($input: DownloadInput!) { download(input: $input) { url } }", { input }),
  ).rejects.toMatchObject({ code: "FORBIDDEN" });
}
const newestAlert = async (api: Api) =>
  (await api.ask<{ alerts: { edges: { cursor: string }[] } }>("{ alerts(first: 1) { edges { cursor } } }"))
    .alerts.edges[0]?.cursor;

it("what was backed up while people edited comes back elsewhere, and everything goes on from there", {
  timeout: 300_000,
}, async () => {
  let server = Command.run(["start"], { ONRECORD_DATA: lost });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => server[Symbol.asyncDispose]());
  let url = await server.ready();
  const [analyst, compliance, trader] = await Promise.all(
    ["analyst1", "compliance", "trader"].map((name) => tokenOf(lost, name)),
  );
  const as = (token: string | undefined) => new Api(url, token);
  const input = { folderId: await firstEditableFolder(as(analyst)), title: "Drill", kind: "TEXT" };
  const { createDocument } = await as(analyst).ask<{ createDocument: { id: string } }>(
    "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }",
    { input },
  );
  const { id } = createDocument;
  const editor = openEditor(url, id, analyst!);
  stack.defer(() => editor[Symbol.dispose]());
  await editor.synced();
  let words = 0;
  const type = () => editor.text.insert(editor.text.length, `${++words} `);
  const typing = setInterval(type, 5);
  stack.defer(() => clearInterval(typing));
  await until(async () => (await read(as(analyst), id)).version > 20, "some versions");
  await tryToTakeAway(as(trader));
  await until(async () => (await newestAlert(as(compliance))) !== undefined, "the alert");

  const before = await read(as(analyst), id);
  const file = join(lost, "..", `drill-${process.pid}.backup`);
  stack.defer(() => rm(file, { force: true }));
  const made = await run(lost, "backup", "--out", file, "--json");
  expect([made.code, JSON.parse(made.stdout)]).toMatchObject([0, { file, counts: { documents: 6 } }]);
  // A file that is there stays as it is.
  expect((await run(lost, "backup", "--out", file)).stderr).toContain("never replaces one");

  // What comes after the moment of the backup is lost with the server, and those who follow have been told of it.
  const after = await read(as(analyst), id);
  await until(async () => (await read(as(analyst), id)).version > after.version + 20, "versions after it");
  const alertBefore = await newestAlert(as(compliance));
  await tryToTakeAway(as(trader));
  await until(async () => (await newestAlert(as(compliance))) !== alertBefore, "another alert");
  const seen = await as(compliance).ask<{ auditEntries: { edges: { node: { cursor: string } }[] } }>(
    `query ($id: ID!) { auditEntries(first: 1, filter: { objectId: $id }) { edges { node { cursor } } } }`,
    { id },
  );
  const entryCursor = seen.auditEntries.edges[0]!.node.cursor;
  const alertCursor = await newestAlert(as(compliance));
  clearInterval(typing);
  await server.stop("SIGTERM");
  editor.provider.destroy();
  await rm(lost, { recursive: true, force: true });

  const restored = await run(found, "restore", file);
  expect([restored.code, restored.stdout]).toEqual([0, expect.stringContaining("was restored: 6 documents")]);
  expect(await run(found, "doctor", "--data", "--json")).toMatchObject({ code: 0, stdout: "[]\n" });
  server = Command.run(["start"], { ONRECORD_DATA: found });
  url = await server.ready();

  // Sessions are there too. What was there before the backup began is, and what is there is as it was.
  const there = await read(as(analyst), id);
  expect(there.version).toBeGreaterThanOrEqual(before.version);
  expect(there.content.startsWith(before.content)).toBe(true);
  expect(editor.text.toString().startsWith(there.content)).toBe(true);
  expect(there.content.length).toBeLessThan(editor.text.length);

  // Followers go on from what they saw last, though that is gone.
  const client = createClient({
    url: `${url.replace("http", "ws")}/graphql`,
    connectionParams: { authorization: `Bearer ${compliance}` },
  });
  stack.defer(() => client.dispose());
  const entries = client.iterate<{ auditEntryAppended: { action: string; detail: { version: number } } }>({
    query: `subscription ($after: String, $id: ID) {
      auditEntryAppended(after: $after, filter: { objectId: $id, actions: ["document.edited"] }) { action detail }
    }`,
    variables: { after: entryCursor, id },
  });
  const alerts = client.iterate<{ alertRaised: { rule: string } }>({
    query: "subscription ($after: String) { alertRaised(after: $after) { rule } }",
    variables: { after: alertCursor },
  });
  const nextEntry = entries.next();
  const nextAlert = alerts.next();

  // Who was there brings back what the server lost, and types on.
  const again = openEditor(url, id, analyst!, { doc: editor.doc });
  stack.defer(() => again[Symbol.dispose]());
  await again.synced();
  again.text.insert(0, "Back. ");
  await until(async () => (await read(as(analyst), id)).content === again.text.toString(), "all of it");
  expect((await nextEntry).value).toMatchObject({
    data: { auditEntryAppended: { action: "document.edited", detail: { version: there.version + 1 } } },
  });
  await tryToTakeAway(as(trader));
  expect((await nextAlert).value).toMatchObject({ data: { alertRaised: { rule: "download-refused" } } });

  // What the database lets services do only on the record, it finds on the record.
  const signIn = await new Api(url, undefined).ask<{ signIn: { token: string } }>(
    `mutation { signIn(input: { email: "manager@demo.onrecord.test", password: "onrecord-demo" }) { token } }`,
  );
  const manager = as(signIn.signIn.token);
  const { createFolder } = await manager.ask<{ createFolder: { id: string } }>(
    `mutation { createFolder(input: { name: "After the drill" }) { id } }`,
  );
  const { me } = await as(analyst).ask<{ me: { user: { id: string } } }>("{ me { user { id } } }");
  await manager.ask("mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }", {
    input: { principalId: me.user.id, resourceId: createFolder.id, level: "VIEW" },
  });
  await manager.ask("mutation { signOut }");
  expect(await run(found, "doctor", "--data", "--json")).toMatchObject({ code: 0, stdout: "[]\n" });
});
