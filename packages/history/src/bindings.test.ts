import { type TestContext, testContext } from "@onrecord/context/testing/context";
import { newId } from "@onrecord/core/ids";
import { bySystem } from "@onrecord/ledger/ledger";
import { addPerson } from "@onrecord/policy/testing/people";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { type ClientBinding, commitChanges } from "./store/commit.js";
import { History } from "./store/history.js";
import { relayedChanges } from "./store/relayed.js";
import { addDocument } from "./testing/documents.js";

let context: TestContext;
let history: History;
let ann: string;
let ben: string;

beforeAll(async () => {
  context = await testContext();
  history = new History(context);
  [ann, ben] = await Promise.all([addPerson(context.db), addPerson(context.db)]);
});
afterAll(() => context?.[Symbol.asyncDispose]());

async function commit(
  documentId: string,
  carrier: string,
  binding: Omit<ClientBinding, "clientId">,
  proven: boolean,
) {
  const { key, version, tip } = await history.load(documentId);
  const doc = new Y.Doc();
  doc.getText("content").insert(0, `version ${version + 1}`);
  const by = { ...bySystem(newId()), actorKind: "USER" as const, actorId: carrier };
  const update = Y.encodeStateAsUpdate(doc);
  const [outcome] = await commitChanges(context.db, context.ledger, {
    action: "document.edited",
    documents: [
      {
        documentId,
        from: version,
        tip,
        key,
        bindings: [{ clientId: 7, ...binding }],
        changes: [{ entryId: newId(), right: null, by, proven, relayed: !proven, update }],
      },
    ],
  });
  return { outcome: outcome?.outcome, update };
}

describe("bindings of clientIDs", () => {
  it("may begin as nobody's, are bound by their first user for good, and may be carried in between", async () => {
    const documentId = await addDocument(context);
    const carried = await commit(documentId, ben, { clock: 0, userId: null }, false);
    expect(carried.outcome).toBe("COMMITTED");
    expect((await commit(documentId, ann, { clock: 10, userId: ann }, true)).outcome).toBe("COMMITTED");
    expect((await commit(documentId, ben, { clock: 20, userId: ben }, true)).outcome).toBe("CLIENT");
    const again = await commit(documentId, ben, { clock: 20, userId: null }, false);
    expect(again.outcome).toBe("COMMITTED");
    expect(
      await context.db.query(
        "select clock, user_id from documents.client where document_id = $1 order by clock",
        [documentId],
      ),
    ).toEqual([
      { clock: 0, user_id: null },
      { clock: 10, user_id: ann },
      { clock: 20, user_id: null },
    ]);
    expect(
      await context.db.query(
        "select author_id, carrier_id, relayed from documents.change where document_id = $1 order by version",
        [documentId],
      ),
    ).toEqual([
      { author_id: null, carrier_id: ben, relayed: true },
      { author_id: ann, carrier_id: ann, relayed: false },
      { author_id: null, carrier_id: ben, relayed: true },
    ]);
    const { key } = await history.load(documentId);
    const read = (upTo: number) => relayedChanges(context.db, key, documentId, upTo);
    expect((await read(3)).map((update) => Buffer.from(update))).toEqual(
      [carried.update, again.update].map((update) => Buffer.from(update)),
    );
    expect(await read(2)).toHaveLength(1);
  });
});
