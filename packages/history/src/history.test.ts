import { type TestContext, testContext } from "@onrecord/context/testing/context";
import { AppError } from "@onrecord/core/errors";
import { newId } from "@onrecord/core/ids";
import { draws, seeds } from "@onrecord/core/testing/random";
import { type By, bySystem, type Ledger } from "@onrecord/ledger/ledger";
import { newest, readAfter } from "@onrecord/ledger/tail";
import { addPerson, signedIn } from "@onrecord/policy/testing/people";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { Edits } from "./edit/edits.js";
import { type CommitOutcome, commitChanges, type DocumentChanges, type NewChange } from "./store/commit.js";
import { encodeState } from "./store/encoded-state.js";
import { History } from "./store/history.js";
import { addDocument } from "./testing/documents.js";

let context: TestContext;
let ledger: Ledger;
let history: History;
let edits: Edits;
let ann: By;
let ben: By;

beforeAll(async () => {
  context = await testContext();
  ledger = context.ledger;
  history = new History(context);
  edits = new Edits(context, history);
  [ann, ben] = [await someone(), await someone()];
});
afterAll(() => context?.[Symbol.asyncDispose]());

async function someone(): Promise<By> {
  const actorId = await addPerson(context.db);
  return {
    actorKind: "USER",
    actorId,
    sessionId: newId(),
    requestId: newId(),
    from: { ip: "192.0.2.1", userAgent: "test" },
  };
}
const change = (update: Uint8Array, by = ann): NewChange => ({
  entryId: newId(),
  right: null,
  by,
  proven: true,
  relayed: false,
  update,
});
/** A right of somebody's new session, as an open editor has. */
const rightOn = async (documentId: string) => {
  const { sessionId } = await signedIn(context.db, await addPerson(context.db));
  return context.rights.open(sessionId, documentId, { renewed: () => undefined });
};
/** A change of whoever has a right. */
const changeOn = (right: Awaited<ReturnType<typeof rightOn>>, update: Uint8Array): NewChange => {
  const { userId, sessionId } = right.standing!.principal;
  return { ...change(update, { ...ann, actorId: userId, sessionId }), right: { id: right.id } };
};
const commit = (documents: readonly DocumentChanges[]) =>
  commitChanges(context.db, ledger, { action: "document.edited", documents });
const insertion = (text: string, clientID = 7) => {
  const doc = new Y.Doc();
  doc.clientID = clientID;
  doc.getText("content").insert(0, text);
  return Y.encodeStateAsUpdate(doc);
};
/** Types at the end of a document by way of History. */
const type = (documentId: string, text: string, by = ann) =>
  edits.commit({
    documentId,
    by,
    action: "document.edited",
    change: ({ doc }) => {
      const copy = new Y.Doc();
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
      const content = copy.getText("content");
      content.insert(content.length, text);
      return Y.encodeStateAsUpdate(copy, Y.encodeStateVector(doc));
    },
  });
const textOf = async (documentId: string, version?: number) =>
  (await history.load(documentId, version)).doc.getText("content").toString();
async function changesOf(
  documentId: string,
  changes: NewChange[],
  more: Partial<DocumentChanges> = {},
): Promise<DocumentChanges> {
  const { key, version, tip } = await history.load(documentId);
  return { documentId, from: version, tip, key, bindings: [], changes, ...more };
}
const outcomes = (answers: readonly CommitOutcome[]) => answers.map(({ outcome, head }) => [outcome, head]);

describe("the group commit", () => {
  it("gives every document its own outcome, and keeps only what is COMMITTED", async () => {
    const [good, stale, taken, two] = await Promise.all([1, 2, 3, 4].map(() => addDocument(context)));
    await commit([
      await changesOf(taken!, [change(insertion("a", 55))], {
        bindings: [{ clientId: 55, clock: 0, userId: ann.actorId! }],
      }),
    ]);
    await type(stale!, "first");
    const gone = { ...(await changesOf(good!, [change(insertion("x"))])), documentId: newId(), from: 0 };
    const position = await newest(context.db);
    const answers = await commit([
      await changesOf(stale!, [change(insertion("late"))], { from: 0 }),
      await changesOf(good!, [change(insertion("one", 1)), change(insertion("two", 2), ben)]),
      gone,
      await changesOf(taken!, [change(insertion("b", 55), ben)], {
        bindings: [{ clientId: 55, clock: 0, userId: ben.actorId! }],
      }),
      await changesOf(two!, [change(insertion("three", 3), ben)], {
        bindings: [{ clientId: 3, clock: 0, userId: ben.actorId! }],
      }),
    ]);
    expect(outcomes(answers)).toEqual([
      ["CONFLICT", 1],
      ["COMMITTED", 2],
      ["GONE", 0],
      ["CLIENT", 1],
      ["COMMITTED", 1],
    ]);
    expect(
      (await readAfter(context.db, position, 20)).map(({ objectId, actorId, detail }) => [
        objectId,
        actorId,
        detail.version,
      ]),
    ).toEqual([
      [good, ann.actorId, 1],
      [good, ben.actorId, 2],
      [two, ben.actorId, 1],
    ]);
    expect(await textOf(stale!)).toBe("first");
    expect(await textOf(taken!)).toBe("a");
    expect([...(await textOf(good!))].sort().join("")).toBe([..."onetwo"].sort().join(""));
    const rows = await context.db.query(
      "select version, author_id, carrier_id, bytes from documents.change where document_id = $1 order by version",
      [good],
    );
    expect(rows).toMatchObject([
      { version: 1, author_id: ann.actorId, carrier_id: ann.actorId, bytes: insertion("one", 1).length },
      { version: 2, author_id: ben.actorId },
    ]);
    expect(await history.head(good!)).toMatchObject({
      version: 2,
      bytes: insertion("one", 1).length + insertion("two", 2).length,
    });
    expect(
      await context.db.query(
        "select client_id, user_id from documents.client where document_id = any ($1::uuid[])",
        [[taken, two]],
      ),
    ).toHaveLength(2);
  });

  it("keeps nothing of a document where a right is void, and all of the others", async () => {
    const [one, two, three] = [
      await addDocument(context),
      await addDocument(context),
      await addDocument(context),
    ];
    const rights = { one: await rightOn(one), two: await rightOn(two) };
    const batch = [
      await changesOf(one, [changeOn(rights.one, insertion("x"))]),
      await changesOf(two, [
        changeOn(rights.two, insertion("y")),
        { ...change(insertion("z")), by: ben, right: { id: newId() } },
      ]),
      await changesOf(three, [change(insertion("w"))]),
    ];
    expect(outcomes(await commit(batch))).toEqual([
      ["COMMITTED", 1],
      ["VOID", 0],
      ["COMMITTED", 1],
    ]);
    const again = [await changesOf(two, [changeOn(rights.two, insertion("y"))])];
    await context.db.query("update identity.session set ended_at = now() where id = $1", [
      rights.two.sessionId,
    ]);
    expect(outcomes(await commit(again))).toEqual([["VOID", 0]]);
  });

  it("refuses a right that a change under way touches at once, without waiting for it, and goes on with others", async () => {
    const [one, two] = [await addDocument(context), await addDocument(context)];
    const [taken, other] = [await rightOn(one), await rightOn(two)];
    const batch = [
      await changesOf(one, [changeOn(taken, insertion("x"))]),
      await changesOf(two, [changeOn(other, insertion("y"))]),
    ];
    await context.db.transaction(async (tx) => {
      await tx.query("update identity.session set ended_at = now() where id = $1", [taken.sessionId]);
      await tx.query("select permissions.conclude()");
      expect(outcomes(await commit(batch))).toEqual([
        ["VOID", 0],
        ["COMMITTED", 1],
      ]);
    });
  });

  it("makes a change of rights wait until it has ended", async () => {
    const documentId = await addDocument(context);
    const right = await rightOn(documentId);
    const batch = [await changesOf(documentId, [changeOn(right, insertion("x"))])];
    let ended = false;
    let ending: Promise<unknown> | undefined;
    await context.db.transaction(async (tx) => {
      expect(
        outcomes(await commitChanges(tx, ledger, { action: "document.edited", documents: batch })),
      ).toEqual([["COMMITTED", 1]]);
      ending = context.db
        .query("update identity.session set ended_at = now() where id = $1", [right.sessionId])
        .then(() => {
          ended = true;
        });
      for (let waits = false; !waits; )
        waits =
          (await context.db.query("select from pg_locks where locktype = 'transactionid' and not granted"))
            .length > 0;
      expect(ended).toBe(false);
    });
    await ending;
    expect((await history.head(documentId))?.version).toBe(1);
  });

  it("does not keep what rests on a right that has ended by time", async () => {
    const documentId = await addDocument(context);
    const right = await rightOn(documentId);
    await context.db.query("update permissions.live_right set until = now() where id = $1", [right.id]);
    const batch = [await changesOf(documentId, [changeOn(right, insertion("x"))])];
    expect(outcomes(await commit(batch))).toEqual([["VOID", 0]]);
  });

  it("lets one of two win a head, and both nodes' batches pass in any order of documents", async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => addDocument(context)));
    const batch = async (from: string[]) =>
      Promise.all(from.map((id) => changesOf(id, [change(insertion(id))])));
    const [forth, back] = [await batch(ids), await batch([...ids].reverse())];
    const [a, b] = await Promise.all([forth, back].map((changes) => commit(changes)));
    for (const [index] of ids.entries())
      expect([a![index]!.outcome, b![ids.length - 1 - index]!.outcome].sort()).toEqual([
        "COMMITTED",
        "CONFLICT",
      ]);
    for (const id of ids) expect((await history.head(id))?.version).toBe(1);
  });
});

describe("at rest", () => {
  it("no word of a document is legible, and nothing sealed opens in another place", async () => {
    const [one, two] = [await addDocument(context), await addDocument(context)];
    await type(one, "UNMISTAKABLE");
    await type(one, " SECOND");
    await type(two, "OTHER");
    const { key, doc } = await history.load(one);
    await history.checkpoint(one, 1, key, encodeState(doc));
    const rows = await context.db.query<{ sealed: Buffer }>(
      "select sealed from documents.batch union all select sealed from documents.checkpoint",
    );
    expect(rows.length).toBeGreaterThan(3);
    for (const { sealed } of rows) expect(sealed.includes("UNMISTAKABLE")).toBe(false);
    for (const [from, version, to, place] of [
      [one, 1, one, 3],
      [one, 1, two, 2],
    ] as const) {
      await context.db.query(
        `insert into documents.batch select $3, $4, $4, at, entry_ids, carrier_ids, proven, relayed, bytes, sealed from documents.batch where document_id = $1 and last_version = $2`,
        [from, version, to, place],
      );
      await context.db.query("update documents.head set version = $2 where document_id = $1", [to, place]);
      await expect(history.load(to)).rejects.toThrow(/does not open: it was altered, or moved/);
    }
    await context.db.query(
      "insert into documents.checkpoint select document_id, 2, created_at, sealed from documents.checkpoint where document_id = $1 and version = 1",
      [one],
    );
    // A state that was moved is passed over, and the versions are read.
    expect((await history.load(one, 2)).replayed).toBe(1);
    expect(await textOf(one, 2)).toBe("UNMISTAKABLE SECOND");
    expect(await textOf(two, 1)).toBe("OTHER");
  });

  it("takes no more by the API than a document may have", async () => {
    const config = { ...context.config, limits: { ...context.config.limits, documentBytes: 1000 } };
    const bounded = new Edits({ ...context, config }, history);
    const documentId = await addDocument(context);
    const edit = (update: Uint8Array) =>
      bounded.commit({ documentId, by: ann, action: "document.edited", change: () => update });
    await edit(insertion("x".repeat(900)));
    await expect(edit(insertion("y".repeat(200), 8))).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
      message: expect.stringContaining("past its limit"),
    });
    expect((await history.head(documentId))?.version).toBe(1);
  });

  it("takes all of an empty document as it is, in the name of its client, within what a document may have", async () => {
    const documentId = await addDocument(context);
    const whole = (id: string, update: Uint8Array, edits: Edits, clientId: number) =>
      edits.commit({
        documentId: id,
        by: ann,
        action: "document.imported",
        change: () => update,
        whole: { clientId },
      });
    const all = insertion("all", 77);
    expect(await whole(documentId, all, edits, 77)).toEqual({ version: 1 });
    const { doc } = await history.load(documentId);
    expect(Y.encodeStateAsUpdate(doc)).toEqual(all);
    const bound = () =>
      context.db.query("select client_id, user_id from documents.client where document_id = $1", [
        documentId,
      ]);
    expect(await bound()).toEqual([{ client_id: 77, user_id: ann.actorId }]);
    // Where something stands already, it comes on top of that.
    await whole(documentId, insertion("more", 78), edits, 78);
    expect((await textOf(documentId)).length).toBe("allmore".length);
    const config = { ...context.config, limits: { ...context.config.limits, documentBytes: 1000 } };
    const bounded = new Edits({ ...context, config }, history);
    const large = insertion("x".repeat(1001), 79);
    await expect(whole(await addDocument(context), large, bounded, 79)).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
    });
  });

  it("a hole in a history is told and not read over", async () => {
    const documentId = await addDocument(context);
    await type(documentId, "x");
    await context.db.query("update documents.head set version = 3 where document_id = $1", [documentId]);
    await expect(history.load(documentId)).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringContaining("hole after version 1"),
    });
  });
});

describe("loading", () => {
  it("gives at every version what a replay gives, wherever checkpoints stand", async () => {
    for (const seed of seeds(3)) {
      const log = randomHistory(seed, 60);
      const documentId = await addDocument(context);
      const random = draws(seed + 1000);
      for (let at = 0; at < log.length; ) {
        const take = log.slice(at, at + 1 + random(8));
        const answer = await commit([
          await changesOf(
            documentId,
            take.map((update) => change(update)),
          ),
        ]);
        at += take.length;
        expect(outcomes(answer)).toEqual([["COMMITTED", at]]);
        if (random(3) === 0) {
          const { key, doc } = await history.load(documentId);
          await history.checkpoint(documentId, at, key, encodeState(doc));
        }
      }
      const replay = new Y.Doc();
      for (let version = 0; version <= log.length; version++) {
        if (version > 0) Y.applyUpdate(replay, log[version - 1]!);
        const loaded = await history.load(documentId, version);
        expect(loaded.version).toBe(version);
        expect(content(loaded.doc), `seed ${seed}, version ${version}`).toEqual(content(replay));
      }
    }
  });

  it("refuses what is no version and no document", async () => {
    const documentId = await addDocument(context);
    for (const version of [-1, 1, 1.5, Number.NaN, 1e21, Number.POSITIVE_INFINITY])
      await expect(history.load(documentId, version), String(version)).rejects.toMatchObject({
        code: "BAD_USER_INPUT",
      });
    for (const id of [newId(), "no id", ""])
      await expect(history.load(id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("an edit", () => {
  it("of two at once, both land", async () => {
    const documentId = await addDocument(context);
    const heads = await Promise.all(
      ["a", "b", "c", "d"].map((text, index) => type(documentId, text, index % 2 ? ann : ben)),
    );
    expect(heads.map((head) => head?.version).sort()).toEqual([1, 2, 3, 4]);
    expect([...(await textOf(documentId))].sort().join("")).toBe("abcd");
  });

  it("that takes its time lands on top of what was typed meanwhile, and is made only once", async () => {
    const documentId = await addDocument(context);
    await type(documentId, "a sentence that is to go. ");
    const typed: string[] = [];
    let made = 0;
    const slow = edits.commit({
      documentId,
      by: ben,
      action: "document.edited",
      change: async ({ doc }) => {
        made++;
        const draft = new Y.Doc();
        Y.applyUpdate(draft, Y.encodeStateAsUpdate(doc));
        const before = Y.encodeStateVector(draft);
        draft.getText("content").delete(0, draft.getText("content").length);
        draft.getText("content").insert(0, "Another. ");
        for (let i = 0; i < 5; i++) {
          typed.push(`${i}`);
          await type(documentId, `${i}`);
        }
        return Y.encodeStateAsUpdate(draft, before);
      },
    });
    expect(await slow).toEqual({ version: 7 });
    expect(made).toBe(1);
    expect([...(await textOf(documentId))].sort()).toEqual([..."Another. ", ...typed].sort());
    expect(await textOf(documentId, 6)).toBe(`a sentence that is to go. ${typed.join("")}`);
  });

  it("of which others leave nothing is no version", async () => {
    const documentId = await addDocument(context);
    await type(documentId, "gone");
    const clearing = (meanwhile?: () => Promise<unknown>) =>
      edits.commit({
        documentId,
        by: ben,
        action: "document.edited",
        change: async ({ doc }) => {
          const draft = new Y.Doc();
          Y.applyUpdate(draft, Y.encodeStateAsUpdate(doc));
          const before = Y.encodeStateVector(draft);
          draft.getText("content").delete(0, 4);
          await meanwhile?.();
          return Y.encodeStateAsUpdate(draft, before);
        },
      });
    let made = 0;
    const late = clearing(async () => {
      made++;
      await clearing();
    });
    expect([await late, made]).toEqual([null, 1]);
    expect((await history.head(documentId))?.version).toBe(2);
  });

  it("decides in the transaction of each try, and stops where it is refused", async () => {
    const documentId = await addDocument(context);
    let asked = 0;
    const editing = edits.commit({
      documentId,
      by: ann,
      action: "document.edited",
      authorize: async (tx) => {
        if (++asked === 2) throw new Error("no longer");
        // Another is first.
        await edits.commit({
          documentId,
          by: ben,
          action: "document.edited",
          change: () => insertion("y", 2),
        });
        await tx.query("select 1");
      },
      change: () => insertion("x"),
    });
    await expect(editing).rejects.toThrow("no longer");
    expect((await history.head(documentId))?.version).toBe(1);
  });

  it("that changes nothing leaves nothing", async () => {
    const documentId = await addDocument(context);
    await type(documentId, "x");
    const position = await newest(context.db);
    const edit = { documentId, by: ann, action: "document.edited" as const };
    expect(await edits.commit({ ...edit, change: () => null })).toBeNull();
    expect(await edits.commit({ ...edit, change: ({ doc }) => Y.encodeStateAsUpdate(doc) })).toBeNull();
    expect(await readAfter(context.db, position, 5)).toEqual([]);
  });

  it("in a transaction is announced after its commit, and gone with its rollback", async () => {
    const documentId = await addDocument(context);
    const heard: number[] = [];
    const end = context.bus.subscribe("document.committed", (message) => void heard.push(message.version));
    const edit = {
      documentId,
      by: bySystem("import"),
      action: "document.imported" as const,
      change: () => insertion("x"),
      extra: { sourceBytes: 5 },
    };
    await expect(
      context.db.transaction(async (tx) => {
        expect(await edits.commit(edit, tx)).toEqual({ version: 1 });
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(heard).toEqual([]);
    expect((await history.head(documentId))?.version).toBe(0);
    const position = await newest(context.db);
    await context.db.transaction(async (tx) => {
      await edits.commit(edit, tx);
      expect(heard).toEqual([]);
    });
    expect(heard).toEqual([1]);
    expect(await readAfter(context.db, position, 5)).toMatchObject([
      {
        action: "document.imported",
        actorKind: "SYSTEM",
        detail: { version: 1, bytes: insertion("x").length, sourceBytes: 5 },
      },
    ]);
    end();
  });
});

describe("a restore", () => {
  it("makes the content equal by a new version, on the record, and rewrites nothing", async () => {
    const log = randomHistory(77, 40);
    const documentId = await addDocument(context);
    await commit([
      await changesOf(
        documentId,
        log.map((update) => change(update)),
      ),
    ]);
    const { key, doc } = await history.load(documentId, 20);
    await history.checkpoint(documentId, 20, key, encodeState(doc));
    let head = 40;
    for (const version of [33, 20, 5, 0, 40]) {
      const position = await newest(context.db);
      const restored = await edits.restore({ documentId, version, by: ben });
      head += 1;
      expect(restored).toEqual({ version: head });
      expect(content((await history.load(documentId)).doc), `version ${version}`).toEqual(
        content((await history.load(documentId, version)).doc),
      );
      expect(await readAfter(context.db, position, 5)).toMatchObject([
        {
          action: "version.restored",
          actorId: ben.actorId,
          objectId: documentId,
          detail: { version: head, restoredVersion: version },
        },
      ]);
    }
    const replay = new Y.Doc();
    for (const update of log) Y.applyUpdate(replay, update);
    expect(content((await history.load(documentId, 40)).doc)).toEqual(content(replay));
    expect(await edits.restore({ documentId, version: head, by: ben })).toBeNull();
    await expect(edits.restore({ documentId, version: head + 1, by: ben })).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
    });
  });

  it("writes a character anew that an editor has cut, and the head that it makes is the version", async () => {
    const documentId = await addDocument(context);
    await type(documentId, "Offer 😀 open");
    await edits.commit({
      documentId,
      by: ann,
      action: "document.edited",
      change: ({ doc }) => {
        const copy = new Y.Doc();
        Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
        copy.getText("content").delete(7, 1);
        copy.getText("content").insert(7, "\ude01");
        return Y.encodeStateAsUpdate(copy);
      },
    });
    expect(await textOf(documentId)).toBe("Offer \ufffd\ufffd open");
    await edits.restore({ documentId, version: 1, by: ben });
    expect(await textOf(documentId)).toBe("Offer 😀 open");
    expect((await history.load(documentId, 1)).doc.getText("content").toString()).toBe("Offer 😀 open");
  });

  it("that would not give what was wanted commits nothing", async () => {
    const documentId = await addDocument(context);
    await type(documentId, "base");
    const position = await newest(context.db);
    const seen: string[] = [];
    const change = ({ doc }: { doc: Y.Doc }) => {
      const copy = new Y.Doc();
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
      copy.getText("content").insert(0, "another ");
      return Y.encodeStateAsUpdate(copy);
    };
    const check = (result: Y.Doc) => {
      seen.push(result.getText("content").toString());
      throw new AppError("CONFLICT", "no");
    };
    const edit = { documentId, by: ben, action: "version.restored", change, check } as const;
    await expect(edits.commit(edit)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(seen).toEqual(["another base"]);
    expect((await history.head(documentId))?.version).toBe(1);
    expect(await readAfter(context.db, position, 5)).toEqual([]);
  });

  it("keeps what someone typed at the same time, in its place", async () => {
    const documentId = await addDocument(context);
    await type(documentId, "The price is high.");
    const offline = new Y.Doc();
    Y.applyUpdate(offline, Y.encodeStateAsUpdate((await history.load(documentId)).doc));
    const before = Y.encodeStateVector(offline);
    await type(documentId, " And more.");
    offline.getText("content").insert(4, "offer ");
    await edits.restore({ documentId, version: 1, by: ben });
    await edits.commit({
      documentId,
      by: ann,
      action: "document.edited",
      change: () => Y.encodeStateAsUpdate(offline, before),
    });
    expect(await textOf(documentId)).toBe("The offer price is high.");
  });

  it("and edits at once all land", async () => {
    const documentId = await addDocument(context);
    await type(documentId, "base");
    await type(documentId, "+more");
    await Promise.all([
      edits.restore({ documentId, version: 1, by: ben }),
      type(documentId, "!"),
      type(documentId, "?"),
    ]);
    expect((await history.head(documentId))?.version).toBe(5);
    const text = await textOf(documentId);
    expect(text.startsWith("base")).toBe(true);
  });
});

const content = (doc: Y.Doc) => ({
  text: doc.getText("content").toDelta(),
  map: doc.getMap("map").toJSON(),
  list: doc.getArray("list").toJSON(),
});

/** Three peers edit at once and meet at random moments; every update in the order in which a server would commit it. */
function randomHistory(seed: number, length: number): Uint8Array[] {
  const random = draws(seed);
  const log: Uint8Array[] = [];
  const peers = [11, 22, 33].map((clientID) => {
    const doc = new Y.Doc({ gc: false });
    doc.clientID = clientID + seed * 100;
    return { doc, seen: 0 };
  });
  while (log.length < length) {
    const peer = peers[random(3)]!;
    if (random(3) === 0)
      for (; peer.seen < log.length; peer.seen++) Y.applyUpdate(peer.doc, log[peer.seen]!, "remote");
    const keep = (update: Uint8Array, origin: unknown) => void (origin !== "remote" && log.push(update));
    peer.doc.on("update", keep);
    peer.doc.transact(() => randomEdit(peer.doc, random));
    peer.doc.off("update", keep);
  }
  return log.slice(0, length);
}

function randomEdit(doc: Y.Doc, random: (below: number) => number): void {
  const text = doc.getText("content");
  const list = doc.getArray<number>("list");
  const kind = random(6);
  if (kind < 2 || text.length < 4) text.insert(random(text.length + 1), "abcdefgh".slice(0, 1 + random(7)));
  else if (kind === 2) text.delete(random(text.length - 1), 1);
  else if (kind === 3) text.format(0, 1 + random(text.length - 1), { bold: random(2) ? true : null });
  else if (kind === 4) doc.getMap<number>("map").set("abc"[random(3)]!, random(100));
  else if (list.length > 3) list.delete(random(list.length), 1);
  else list.insert(random(list.length + 1), [random(100)]);
}
