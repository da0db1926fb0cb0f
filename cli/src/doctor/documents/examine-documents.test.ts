import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import { Edits } from "@onrecord/history/edit/edits";
import { commitChanges } from "@onrecord/history/store/commit";
import { History } from "@onrecord/history/store/history";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import { Database } from "@onrecord/postgres/database";
import { addPerson, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument } from "@onrecord/testing/documents";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { examineDocuments } from "./examine-documents.js";

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
  const actorId = await addPerson(context.db, { name: "ann" });
  const from = { ip: "192.0.2.1", userAgent: "test" };
  by = { actorKind: "USER", actorId, sessionId: newId(), requestId: newId(), from };
});
afterAll(() => context?.[Symbol.asyncDispose]());

/** A document at a stock editor's, each of whose transactions is a version. */
async function editor(kind: "TEXT" | "FILING") {
  const id = await addDocument(context, kind);
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => void updates.push(update));
  const commit = async () => {
    const { version: from, tip, key } = await history.load(id);
    const changes = updates
      .splice(0)
      .map((update) => ({ entryId: newId(), right: null, by, proven: true, relayed: false, update }));
    const documents = [{ documentId: id, from, tip, key, bindings: [], changes }];
    const [outcome] = await commitChanges(context.db, ledger, {
      action: "document.edited",
      documents,
    });
    expect(outcome?.outcome).toBe("COMMITTED");
  };
  return { id, doc, commit };
}

const open = (id: string) =>
  ledger.record({
    action: "document.opened",
    by,
    object: { kind: "DOCUMENT", id },
    detail: { via: "collab", version: 1, access: "edit" },
  });

async function found(id: string) {
  for await (const one of examineDocuments(context)) if (one.id === id) return one;
  return undefined;
}

async function restore(id: string, version: number) {
  await edits.restore({ documentId: id, version, by });
}

const element = (name: string, ...children: (Y.XmlElement | Y.XmlText)[]) => {
  const made = new Y.XmlElement(name);
  made.insert(0, children);
  return made;
};
const cell = (words: string) => element("tableCell", element("paragraph", new Y.XmlText(words)));
const empty = () => element("tableCell", element("paragraph"));

describe("documents that are damaged", () => {
  it("are those in which a character was cut that had come whole; a restore of the version before mends them", async () => {
    const { id, doc, commit } = await editor("TEXT");
    const text = doc.getText("content");
    text.insert(0, "Offer ");
    text.insert(6, "😀 open \ufffd");
    text.delete(7, 1);
    text.insert(7, "\ude01");
    text.insert(0, "More: ");
    await commit();
    expect(await found(id)).toEqual({
      id,
      title: "A document",
      head: 5,
      restore: 2,
      damages: [
        {
          version: 3,
          kind: "CUT_CHARACTERS",
          count: 1,
          carrierId: by.actorId,
          text: "a character was cut in half",
        },
      ],
    });
    await restore(id, 2);
    expect((await history.load(id)).doc.getText("content").toString()).toBe("Offer 😀 open \ufffd");
    expect(await found(id)).toBeUndefined();
  });

  it("are not those in which what was cut is gone, or U+FFFD was typed, or a character was replaced whole", async () => {
    const { id, doc, commit } = await editor("TEXT");
    const text = doc.getText("content");
    text.insert(0, "😀😁 \ufffd");
    text.insert(1, "x");
    text.delete(0, 3);
    doc.transact(() => {
      text.delete(0, 2);
      text.insert(0, "😃");
    });
    await commit();
    expect((await history.load(id)).doc.getText("content").toString()).toBe("😃 \ufffd");
    expect(await found(id)).toBeUndefined();
  });

  it("are those from which somebody who had just opened them deleted nothing but what the page does not know", async () => {
    const { id, doc, commit } = await editor("FILING");
    const page = doc.getXmlFragment("default");
    const marked = new Y.XmlText();
    marked.insert(0, "secret", { blurred: {} });
    page.insert(0, [
      element("paragraph", marked),
      element("callout", new Y.XmlText("words")),
      element("paragraph"),
    ]);
    page.delete(2, 1);
    await commit();
    expect(await found(id)).toBeUndefined();
    await open(id);
    doc.transact(() => {
      page.delete(1, 1);
      const first = page.get(0);
      if (first instanceof Y.XmlElement) first.delete(0, 1);
    });
    await commit();
    const damaged = await found(id);
    expect(damaged).toMatchObject({
      restore: 2,
      damages: [{ version: 3, kind: "REMOVED_ELEMENTS", count: 2 }],
    });
    expect(damaged && "damages" in damaged && damaged.damages[0]?.text).toMatch(/: .*blurred/);
    await restore(id, 2);
    expect((await history.load(id)).doc.getXmlFragment("default").toString()).toContain("words");
    expect(await found(id)).toBeUndefined();
  });

  it("are not those in which somebody who had just opened them deleted what the page knows", async () => {
    const { id, doc, commit } = await editor("FILING");
    doc.getXmlFragment("default").insert(0, [element("callout"), element("paragraph")]);
    await open(id);
    doc.getXmlFragment("default").delete(0, 2);
    await commit();
    expect(await found(id)).toBeUndefined();
  });

  it("are those whose uneven tables grew empty cells, and not those to which a column was added", async () => {
    const { id, doc, commit } = await editor("FILING");
    const page = doc.getXmlFragment("default");
    page.insert(0, [
      element("table", element("tableRow", cell("a"), cell("b")), element("tableRow", cell("c"))),
      element("table", element("tableRow", cell("d")), element("tableRow", cell("e"))),
    ]);
    const add = (table: number, row: number) => {
      const one = page.get(table);
      const line = one instanceof Y.XmlElement ? one.get(row) : null;
      if (line instanceof Y.XmlElement) line.insert(line.length, [empty()]);
    };
    doc.transact(() => [0, 1].forEach((row) => void add(1, row)));
    await commit();
    expect(await found(id)).toBeUndefined();
    add(0, 1);
    add(0, 1);
    await commit();
    expect(await found(id)).toMatchObject({
      restore: 2,
      damages: [{ version: 3, kind: "GROWN_TABLES", count: 1 }],
    });
    await restore(id, 2);
    expect(await found(id)).toBeUndefined();
  });

  it("that do not open are told, and keep nobody from looking at the others", async () => {
    const [one, other] = [await editor("TEXT"), await editor("TEXT")];
    for (const { doc, commit } of [one, other]) {
      doc.getText("content").insert(0, "😀");
      doc.getText("content").delete(1, 1);
      await commit();
    }
    await using owner = new Database(context.env.DATABASE_ADMIN_URL ?? "", { log: createLogger("silent") });
    await owner.query("alter table documents.batch disable trigger all");
    await owner.query("update documents.batch set sealed = '\\x0011' where document_id = $1", [one.id]);
    expect(await found(one.id)).toMatchObject({ unread: expect.stringContaining("does not open") });
    expect(await found(other.id)).toMatchObject({ restore: 1 });
  });
});
