import type { KeyObject } from "node:crypto";
import { type TestContext, testContext } from "@onrecord/context/testing/context";
import { newId } from "@onrecord/core/ids";
import { until } from "@onrecord/core/testing/until";
import { type By, bySystem, type Ledger } from "@onrecord/ledger/ledger";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { Edits } from "./edit/edits.js";
import { checkKeys } from "./keys/check-keys.js";
import { commitChanges, type GroupCommit } from "./store/commit.js";
import { encodeState } from "./store/encoded-state.js";
import { History } from "./store/history.js";
import { addDocument } from "./testing/documents.js";

let context: TestContext;
let ledger: Ledger;
let history: History;
let edits: Edits;
let by: By;

beforeAll(async () => {
  context = await testContext();
  ledger = context.ledger;
  history = new History(context);
  edits = new Edits(context, history);
  by = bySystem(newId());
});
afterAll(() => context?.[Symbol.asyncDispose]());
const insertion = (text: string) => {
  const doc = new Y.Doc();
  doc.getText("content").insert(0, text);
  return Y.encodeStateAsUpdate(doc);
};
/** A first change of each of these documents. */
const groupOf = async (
  parts: readonly { documentId: string; key: KeyObject }[],
  text: string,
): Promise<GroupCommit> => ({
  action: "document.edited",
  documents: parts.map((part) => ({
    ...part,
    from: 0,
    tip: null,
    bindings: [],
    changes: [{ entryId: newId(), right: null, by, proven: false, relayed: false, update: insertion(text) }],
  })),
});
const type = (documentId: string, text: string) =>
  edits.commit({ documentId, by, action: "document.edited", change: () => insertion(text) });
const shred = (documentId: string) => context.db.transaction((tx) => history.shred(tx, documentId, by));
const rowsOf = (table: "change" | "checkpoint" | "head", documentId: string) =>
  context.db.query(`select * from documents.${table} where document_id = $1`, [documentId]);
const entriesOf = (documentId: string) =>
  context.db.query<{ action: string }>("select * from audit.entry where object_id = $1 order by txid, id", [
    documentId,
  ]);
const waiting = (pattern: string) =>
  until(
    async () =>
      (
        await context.db.query(
          "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like $1 and pid <> pg_backend_pid()",
          [pattern],
        )
      ).length > 0,
    `${pattern} to wait`,
  );

describe("destroying a document's key", () => {
  it("makes every version unreadable for ever, and leaves versions, entries and other documents as they are", async () => {
    const [documentId, other] = [await addDocument(context), await addDocument(context)];
    await type(documentId, "UNMISTAKABLE ");
    await type(documentId, "second ");
    await type(other, "other");
    const loaded = await history.load(documentId);
    await history.checkpoint(documentId, 2, loaded.key, encodeState(loaded.doc));
    const changes = await rowsOf("change", documentId);
    const entries = await entriesOf(documentId);

    const { version, at } = await shred(documentId);
    expect(version).toBe(2);
    const gone = { code: "GONE", message: expect.stringContaining(at.toISOString()) };
    for (const asked of [undefined, 0, 1, 2])
      await expect(history.load(documentId, asked)).rejects.toMatchObject(gone);
    await expect(type(documentId, "more")).rejects.toMatchObject(gone);
    await expect(edits.restore({ documentId, version: 1, by })).rejects.toMatchObject(gone);
    await expect(shred(documentId)).rejects.toMatchObject(gone);
    expect(await history.head(documentId)).toBeNull();

    expect(await rowsOf("change", documentId)).toEqual(changes);
    expect(await rowsOf("checkpoint", documentId)).toEqual([]);
    const after = await entriesOf(documentId);
    expect(after.slice(0, entries.length)).toEqual(entries);
    expect(after.slice(entries.length)).toMatchObject([
      { action: "document.shredded", detail: { version: 2 } },
    ]);
    expect((await history.load(other)).doc.getText("content").toString()).toBe("other");
  });

  it("is undone with its entry, or done with it: one transaction", async () => {
    const documentId = await addDocument(context);
    await type(documentId, "kept");
    await context.db
      .transaction(async (tx) => {
        await history.shred(tx, documentId, by);
        throw new Error("power cut");
      })
      .catch(() => undefined);
    expect((await history.load(documentId)).doc.getText("content").toString()).toBe("kept");
    expect((await entriesOf(documentId)).map(({ action }) => action)).not.toContain("document.shredded");
  });

  it("lets a commit under way happen before it", async () => {
    const documentId = await addDocument(context);
    const { key } = await history.load(documentId);
    const committed = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const committing = context.db.transaction(async (tx) => {
      const [outcome] = await commitChanges(tx, ledger, await groupOf([{ documentId, key }], "in time"));
      committed.resolve();
      await go.promise;
      return outcome;
    });
    await committed.promise;
    const shredding = shred(documentId);
    await waiting("%documents.shred%");
    go.resolve();
    expect(await committing).toMatchObject({ outcome: "COMMITTED", head: 1 });
    expect(await shredding).toMatchObject({ version: 1 });
  });

  it("tells a commit that comes while it is under way that the document is gone, and the rest of its batch is kept", async () => {
    const [documentId, other] = [await addDocument(context), await addDocument(context)];
    const keys = [(await history.load(documentId)).key, (await history.load(other)).key];
    const shredded = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const shredding = context.db.transaction(async (tx) => {
      await history.shred(tx, documentId, by);
      shredded.resolve();
      await go.promise;
    });
    await shredded.promise;
    const parts = [documentId, other].map((id, i) => ({ documentId: id, key: keys[i]! }));
    const committing = commitChanges(context.db, ledger, await groupOf(parts, "too late"));
    await waiting("%commit_changes%");
    go.resolve();
    await shredding;
    expect((await committing).map(({ outcome }) => outcome)).toEqual(["GONE", "COMMITTED"]);
    expect(await rowsOf("change", documentId)).toEqual([]);
  });

  it("keeps no checkpoint that comes after it", async () => {
    const documentId = await addDocument(context);
    await type(documentId, "x");
    const { key, doc } = await history.load(documentId);
    await shred(documentId);
    await history.checkpoint(documentId, 1, key, encodeState(doc));
    expect(await rowsOf("checkpoint", documentId)).toEqual([]);
  });

  it("does not hinder a start, not even of the first document of all", async () => {
    const [first] = await context.db.query<{ document_id: string }>(
      "select document_id from documents.head order by document_id limit 1",
    );
    await shred(first!.document_id);
    await checkKeys(await context.another());
  });

  it("is all that the services may do to a head, and cannot be taken back or disowned", async () => {
    const documentId = await addDocument(context);
    const refused = /permission denied/;
    await expect(
      context.db.query("delete from documents.head where document_id = $1", [documentId]),
    ).rejects.toThrow(refused);
    await shred(documentId);
    for (const statement of [
      "delete from documents.shredded",
      "update documents.shredded set at = now()",
      `insert into documents.shredded (document_id, version, bytes) values ('${documentId}', 1, 1)`,
    ])
      await expect(context.db.query(statement)).rejects.toThrow(refused);
  });
});
