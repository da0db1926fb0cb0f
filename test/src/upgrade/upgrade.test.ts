import { anySeed, Random } from "@onrecord/core/testing/random";
import { createLogger } from "@onrecord/core/log";
import { Database } from "@onrecord/postgres/database";
import { openEditor, until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTyping } from "../nodes/typing.js";
import { type ReleaseNode, type Session, SharedDatabase } from "./beside.js";
import { buildPrevious, type PreviousRelease, release, whyNotPrevious } from "./previous-release.js";

const missing = whyNotPrevious();
const what = `nodes of ${release}, which are replaced one by one${missing ? ` (skipped: ${missing})` : ""}`;

describe.skipIf(missing !== undefined)(what, { timeout: 240_000 }, () => {
  let previous: PreviousRelease;
  beforeAll(() => {
    previous = buildPrevious();
  }, 240_000);
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
    const late = [...atNew, atAnother].map(({ text }, n) => startTyping(text, `late${n}`, random, 60));
    await until(() => atNew.every(({ text }) => text.length > 2000), "people to be typing on both");
    const typists = [...early, ...late];
    await Promise.all(typists.map((typist) => typist.stop()));

    const letters = typists.reduce((sum, typist) => sum + typist.letters, 0);
    const everyone = [...atOld, ...atNew, atAnother];
    await until(() => everyone.every(({ text }) => text.length === letters), "every letter to be everywhere");
    const text = everyone[0]!.text.toString();
    for (const editor of everyone) expect(editor.text.toString()).toBe(text);
    for (const node of [old, fresh, another]) expect(await contentAt(node, analysts[0]!, documentId)).toBe(text);

    const [counts] = await owner.query<{ versions: number; entries: number; refused: number }>(
      `select (select count(*) from documents.change where document_id = $1) as versions,
         (select count(*) from audit.entry where object_id = $1 and action = 'document.edited') as entries,
         (select count(*) from audit.entry where object_id = $1 and outcome <> 'ALLOWED') as refused`,
      [documentId],
    );
    const changes = typists.reduce((sum, typist) => sum + typist.changes, 0);
    expect(counts).toEqual({ versions: changes, entries: changes, refused: 0 });
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

/** What a node's API says that a document consists of. */
async function contentAt(node: ReleaseNode, { token }: Session, id: string): Promise<string> {
  const { document } = await node.api(token).ask<{ document: { content: string } }>(
    "query ($id: ID!) { document(id: $id) { content } }",
    { id },
  );
  return document.content;
}
