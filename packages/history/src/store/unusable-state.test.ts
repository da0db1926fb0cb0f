import { randomBytes } from "node:crypto";
import { type TestContext, testContext } from "@onrecord/context/testing/context";
import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import { bySystem } from "@onrecord/ledger/ledger";
import { Database } from "@onrecord/postgres/database";
import { roleOf } from "@onrecord/postgres/roles";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { checkContent } from "../check/check-content.js";
import { Edits } from "../edit/edits.js";
import { addDocument } from "../testing/documents.js";
import { writeCheckpoint } from "./checkpoint.js";
import { encodeState } from "./encoded-state.js";
import { History } from "./history.js";

/** What whoever holds a service's login can store, and what a fault of ours could: a state that is none. */
const resources = new AsyncDisposableStack();
let context: TestContext;
let history: History;
let edits: Edits;
let thief: Database;
let owner: Database;

beforeAll(async () => {
  context = resources.use(await testContext());
  history = new History(context);
  edits = new Edits(context, history);
  const log = createLogger("silent");
  owner = resources.use(new Database(context.env.DATABASE_ADMIN_URL, { log, max: 1 }));
  thief = resources.use(
    new Database(context.env.DATABASE_ADMIN_URL, { log, max: 1, role: roleOf("collab") }),
  );
});
afterAll(() => resources.disposeAsync());

/** A document of so many versions, each a letter. */
async function written(versions: number): Promise<string> {
  const documentId = await addDocument(context);
  for (let n = 0; n < versions; n++) {
    const change = ({ doc }: { doc: Y.Doc }) => {
      const mine = new Y.Doc();
      Y.applyUpdate(mine, Y.encodeStateAsUpdate(doc));
      const before = Y.encodeStateVector(mine);
      mine.getText("content").insert(n, String.fromCharCode(97 + n));
      return Y.encodeStateAsUpdate(mine, before);
    };
    await edits.commit({ documentId, by: bySystem(newId()), action: "document.edited", change });
  }
  return documentId;
}
const keep = (documentId: string, version: number, sealed: Uint8Array) =>
  thief.query("select documents.keep_checkpoint($1, $2, $3, 1)", [documentId, version, sealed]);
const kept = async (documentId: string) =>
  context.db.query<{ version: number; sealed: Buffer; aside: boolean }>(
    "select version, sealed, unusable_at is not null as aside from documents.checkpoint where document_id = $1 order by version",
    [documentId],
  );
const store = async (documentId: string, version: number) => {
  const { doc, key } = await history.load(documentId, version);
  await history.checkpoint(documentId, version, key, encodeState(doc));
};
const told = async (documentId: string) =>
  context.db.query<{ outcome: string; version: number }>(
    `select outcome, (detail->>'version')::int as version from audit.entry
     where action = 'document.state-unusable' and object_id = $1 order by txid, id`,
    [documentId],
  );
const tolds = (documentId: string, times: number) =>
  expect.poll(async () => (await told(documentId)).length, { timeout: 20_000 }).toBe(times);
const textOf = (doc: Y.Doc) => doc.getText("content").toString();
/** The text as each way to read it has it. */
async function texts(documentId: string, version?: number): Promise<string[]> {
  const made = (states: readonly Uint8Array[]) => {
    const doc = new Y.Doc();
    for (const state of states) Y.applyUpdate(doc, state);
    return textOf(doc);
  };
  const all = { changes: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
  const replay = (await history.replay(documentId, version, all))!;
  const texts = [
    textOf((await history.load(documentId, version)).doc),
    made([...(replay.encoded ? [replay.encoded.state] : []), ...replay.later]),
  ];
  if (version !== undefined) return texts;
  const { encoded, later } = await history.read(documentId);
  return [...texts, made([encoded.state, ...later])];
}
async function faults(documentId: string): Promise<string[]> {
  const found: string[] = [];
  for await (const fault of checkContent(context.db, context.keys, documentId)) found.push(fault);
  return found;
}

describe("a stored state that is none does not keep a document from being read:", () => {
  const planted: [string, (documentId: string) => Promise<unknown>][] = [
    ["zeros", (documentId) => keep(documentId, 3, Buffer.alloc(64))],
    ["nothing", (documentId) => keep(documentId, 3, Buffer.alloc(0))],
    [
      "that of another version",
      async (documentId) => keep(documentId, 3, (await kept(documentId))[0]!.sealed),
    ],
    [
      "that of another document",
      async (documentId) => {
        const other = await written(3);
        await store(other, 3);
        await keep(documentId, 3, (await kept(other))[0]!.sealed);
      },
    ],
    [
      "bytes that are sealed as they should be, and no state",
      async (documentId) => {
        const { key, doc } = await history.load(documentId);
        const state = { ...encodeState(doc), state: randomBytes(300) };
        await writeCheckpoint(thief, key, documentId, 3, state);
      },
    ],
  ];
  it.each(planted)("%s", async (_, plant) => {
    const documentId = await written(4);
    await store(documentId, 2);
    // As one that stands far enough behind the one before.
    await owner.query("update documents.checkpoint set passing = false where document_id = $1", [documentId]);
    await plant(documentId);
    // Here it rests on the state before.
    expect((await history.load(documentId)).replayed).toBe(2);
    expect(await texts(documentId)).toEqual(["abcd", "abcd", "abcd"]);
    expect(await texts(documentId, 3)).toEqual(["abc", "abc"]);
    await tolds(documentId, 1);
    expect(await texts(documentId)).toEqual(["abcd", "abcd", "abcd"]);
    expect(await told(documentId)).toEqual([{ outcome: "FAILED", version: 3 }]);
    expect(await faults(documentId)).toEqual(["The state that is kept of version 3 does not open."]);

    await store(documentId, 4);
    expect((await kept(documentId)).filter(({ aside }) => aside)).toEqual([]);
    expect((await kept(documentId)).at(-1)!.version).toBe(4);
    expect(await faults(documentId)).toEqual([]);
    expect((await history.load(documentId)).replayed).toBe(0);
  });

  it("at the head, whose next state takes its place", async () => {
    const documentId = await written(2);
    await keep(documentId, 2, Buffer.alloc(64));
    expect(await texts(documentId)).toEqual(["ab", "ab", "ab"]);
    await tolds(documentId, 1);
    await store(documentId, 2);
    expect(await kept(documentId)).toMatchObject([{ version: 2, aside: false }]);
    expect((await history.load(documentId)).replayed).toBe(0);
    // Planted again it is another, which is told of again; what opens nobody replaces.
    await keep(documentId, 2, Buffer.alloc(64));
    expect((await history.load(documentId)).replayed).toBe(0);
  });

  it("one at every version, of which a load tries a few", async () => {
    const documentId = await written(9);
    // From above: one that was stored goes with the next above it.
    for (let version = 9; version >= -1; version--) await keep(documentId, version, Buffer.alloc(64));
    expect((await kept(documentId)).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(textOf((await history.load(documentId)).doc)).toBe("abcdefghi");
    await tolds(documentId, 4);
    expect(textOf((await history.load(documentId)).doc)).toBe("abcdefghi");
    await tolds(documentId, 8);
  });
});

it("a service sets no state aside off the record", async () => {
  const documentId = await written(1);
  await store(documentId, 1);
  await expect(thief.query("select documents.set_checkpoint_aside($1, 1)", [documentId])).rejects.toThrow(
    "a state is set aside on the record",
  );
});
