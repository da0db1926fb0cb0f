import { createContext } from "@onrecord/context/context";
import { readConfig } from "@onrecord/core/config";
import { Random, seeds } from "@onrecord/core/testing/random";
import { History } from "@onrecord/history/store/history";
import { HttpServer } from "@onrecord/http/http-server";
import { type Direction, type ProxiedLine, SilentProxy } from "@onrecord/postgres/testing/silent-proxy";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { openEditor, until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { Collab } from "../collab.js";

let context: TestContext;
let ana: { token: string; userId: string };
let ben: { token: string; userId: string };

beforeAll(async () => {
  context = await testContext();
  ana = await signedIn(context.db, await addPerson(context.db, { name: "Ana Chan", roles: ["analyst"] }));
  ben = await signedIn(context.db, await addPerson(context.db, { name: "Ben Lau", roles: ["analyst"] }));
});
afterAll(() => context?.[Symbol.asyncDispose]());

/** A node that reaches the database through a network which can fall silent. */
async function silentNode() {
  await using resources = new AsyncDisposableStack();
  const proxy = resources.use(await SilentProxy.before(context.env.DATABASE_URL));
  const { config, secrets } = readConfig({
    ...context.env,
    DATABASE_URL: proxy.through(context.env.DATABASE_URL),
    ONRECORD_MAX_ANSWER_SECONDS: "2",
    ONRECORD_MAX_CONNECT_SECONDS: "4",
    ONRECORD_MAX_STOP_SECONDS: "9",
  });
  const node = resources.use(await createContext(config, secrets, context.log));
  const http = resources.use(new HttpServer(context.log));
  const collab = resources.use(new Collab(node));
  collab.mount(http);
  await collab.start();
  const url = await http.listen(0, "127.0.0.1");
  const owned = resources.move();
  return { proxy, node, collab, url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function shared(): Promise<string> {
  const documentId = await addDocument(context);
  await addGrant(context, documentId, ana.userId, "EDIT");
  await addGrant(context, documentId, ben.userId, "EDIT");
  return documentId;
}

/** What the table has of a document: its text, and of each version the structs that it brings. */
async function kept(documentId: string) {
  const history = new History(context);
  const { key } = await history.read(documentId);
  const { updates } = await history.since(documentId, key, 0);
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  const versions = await context.db.query<{ version: number; entry_id: string }>(
    "select version, entry_id from documents.change where document_id = $1 order by version",
    [documentId],
  );
  const entries = await context.db.query<{ id: string; version: number }>(
    `select id, (detail->>'version')::int as version from audit.entry
     where object_id = $1 and action = 'document.edited' order by version, id`,
    [documentId],
  );
  return { updates, text: doc.getText("content").toString(), versions, entries };
}

/** Each struct stands in one version, each version has its one entry, and none is missing. */
function expectOnce({ updates, versions, entries }: Awaited<ReturnType<typeof kept>>): void {
  const next = new Map<number, number>();
  for (const update of updates) {
    const { from, to } = Y.parseUpdateMeta(update);
    for (const [client, clock] of from) {
      expect(clock).toBe(next.get(client) ?? 0);
      next.set(client, to.get(client)!);
    }
  }
  expect(versions.map(({ version }) => version)).toEqual(updates.map((_, index) => index + 1));
  expect(entries).toEqual(versions.map(({ version, entry_id }) => ({ id: entry_id, version })));
}

const silences = [
  { name: "a commit does not reach the database", muted: ["up"], all: false },
  {
    name: "a commit reaches the database when it has been tried again",
    muted: ["up", "down"],
    all: false,
    late: true,
  },
  { name: "the answer of a commit is swallowed", muted: ["down"], all: false },
  { name: "every connection is lost as a commit is sent", muted: ["up", "down"], all: true },
  { name: "no answer comes any more, on old connections and new", muted: ["down"], all: true },
] as const satisfies { name: string; muted: Direction[]; all: boolean; late?: boolean }[];

// Nearly all of their time is waiting.
describe.concurrent("a database that falls silent", { timeout: 120_000 }, () => {
  for (const seed of seeds(2))
    for (const silence of silences)
      it(`keeps every change once, in versions without a gap, where ${silence.name} (seed ${seed})`, async () => {
        const random = new Random(seed);
        await using silent = await silentNode();
        const { proxy, url } = silent;
        const [first, second] = [await shared(), await shared()];
        using a = openEditor(url, first, ana.token);
        using b = openEditor(url, first, ben.token);
        using c = openEditor(url, second, ben.token);
        const editors = [a, b, c];
        await Promise.all(editors.map((editor) => editor.synced()));
        let sentAway = 0;
        for (const { provider } of editors) provider.on("connection-close", () => sentAway++);
        let commits = random.int(3, 12);
        let fallen: ProxiedLine | undefined;
        proxy.watch = (line, direction) => {
          if (fallen || direction !== "up" || line.name !== "onrecord commits" || --commits > 0) return;
          fallen = line;
          if (silence.all) proxy.silence(...silence.muted);
          else line.mute(...silence.muted);
        };
        for (let n = 0; n < 60; n++) {
          const { text } = random.pick(editors);
          text.insert(random.int(0, text.length), "<word>");
          await new Promise((resolve) => setTimeout(resolve, random.int(0, 12)));
        }
        await until(() => fallen !== undefined, "the silence to begin");
        if (silence.all) {
          await expect(silent.collab.check()).rejects.toThrow();
          proxy.heal();
        }
        for (const [documentId, ours] of [
          [first, [a, b]],
          [second, [c]],
        ] as const) {
          const state = () => kept(documentId);
          await until(async () => {
            const { text } = await state();
            return (
              ours.every((editor) => editor.text.toString() === text) &&
              ours.every(({ provider }) => provider.synced)
            );
          }, "what everybody sees to be what is kept");
          if ("late" in silence) {
            fallen?.deliver();
            await silent.collab.check();
          }
          expectOnce(await state());
        }
        const whole = a.text.toString() + c.text.toString();
        expect(whole).toHaveLength(60 * "<word>".length);
        // A node that finds out by itself what became of a commit troubles nobody with it.
        if (!silence.all) expect(sentAway).toBe(0);
        await silent.collab.check();
      });

  it("ends in order all the same, and its editors still have what was not kept", async () => {
    const silent = await silentNode();
    const documentId = await shared();
    using a = openEditor(silent.url, documentId, ana.token);
    await a.synced();
    a.text.insert(0, "kept");
    await until(async () => (await kept(documentId)).text === "kept", "the first words to be kept");
    silent.proxy.silence("up", "down");
    a.text.insert(4, ", and not lost");
    silent.node.hurry();
    await silent.collab.drain();
    await silent[Symbol.asyncDispose]();
    expect((await kept(documentId)).text).toBe("kept");
    await using other = await silentNode();
    using again = openEditor(other.url, documentId, ana.token, { doc: a.doc });
    await again.synced();
    await until(async () => (await kept(documentId)).text === "kept, and not lost", "the rest to be kept");
    expectOnce(await kept(documentId));
  });
});
