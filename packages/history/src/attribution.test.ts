import { type TestContext, testContext } from "@onrecord/context/testing/context";
import { newId } from "@onrecord/core/ids";
import { draws, seeds } from "@onrecord/core/testing/random";
import type { By, Ledger } from "@onrecord/ledger/ledger";
import { addPerson } from "@onrecord/policy/testing/people";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { Attribution } from "./attribution/attribution.js";
import type { Origin } from "./attribution/change-index.js";
import type { Piece, Root } from "./attribution/content-tree.js";
import { Edits } from "./edit/edits.js";
import { type ClientBinding, commitChanges } from "./store/commit.js";
import { encodeState } from "./store/encoded-state.js";
import { History } from "./store/history.js";
import { addDocument } from "./testing/documents.js";
import { plainContent, sideOfTree } from "./testing/plain.js";
import { type RandomHistory, randomHistory, replay } from "./testing/random-history.js";

let context: TestContext;
let ledger: Ledger;
let history: History;
let edits: Edits;
let attribution: Attribution;
const people = new Map<string, By>();

beforeAll(async () => {
  context = await testContext({
    ONRECORD_MAX_REPLAYED_VERSIONS: "60",
    ONRECORD_MAX_ATTRIBUTED_VERSIONS: "70",
    // So little that an index gives way to the next: most answers here are made by one that was read again.
    ONRECORD_MAX_ATTRIBUTION_ENTRIES: "4000",
  });
  ledger = context.ledger;
  history = new History(context);
  edits = new Edits(context, history);
  attribution = new Attribution(context, history);
  for (const name of ["ada", "bob", "cleo"]) {
    const actorId = await addPerson(context.db, { name });
    const from = { ip: "192.0.2.1", userAgent: "test" };
    people.set(name, { actorKind: "USER", actorId, sessionId: newId(), requestId: newId(), from });
  }
});
afterAll(() => context?.[Symbol.asyncDispose]());

const idOf = (name: string | undefined) => people.get(name ?? "")?.actorId ?? null;

/** Commits a random history, in batches and with checkpoints at random places, as rooms would. */
async function committed({ versions, owners }: RandomHistory, seed: number, upTo = versions.length) {
  const documentId = await addDocument(context, "FILING");
  const random = draws(seed);
  while (true) {
    const { version: from, key, doc } = await history.load(documentId);
    if (from > 0 && random(2)) await history.checkpoint(documentId, from, key, encodeState(doc));
    const batch = versions.slice(from, Math.min(upTo, from + 1 + random(9)));
    if (batch.length === 0) return documentId;
    await commit(documentId, batch, owners);
  }
}

async function commit(documentId: string, batch: RandomHistory["versions"], owners: RandomHistory["owners"]) {
  const clients = new Set(batch.flatMap(({ update }) => [...Y.parseUpdateMeta(update).to.keys()]));
  const bindings = [...clients].map((clientId) => ({
    clientId,
    clock: 0,
    userId: idOf(owners.get(clientId)),
  }));
  await commitAll(documentId, batch, bindings);
}

async function commitAll(
  documentId: string,
  batch: readonly { update: Uint8Array; carrierId: string; relayed?: boolean }[],
  bindings: readonly ClientBinding[],
) {
  const { version: from, tip, key } = await history.load(documentId);
  const changes = batch.map(({ update, carrierId, relayed = false }) => ({
    entryId: newId(),
    right: null,
    by: people.get(carrierId)!,
    proven: false,
    relayed,
    update,
  }));
  const [outcome] = await commitChanges(context.db, ledger, {
    action: "document.edited",
    documents: [{ documentId, from, tip, key, bindings, changes }],
  });
  expect(outcome?.outcome).toBe("COMMITTED");
}

function leavesOf(roots: readonly Root[]): Piece[] {
  const within = ({ entries, children }: Root["node"]): Piece[] =>
    [...children, ...entries.flatMap(({ pieces }) => pieces)].flatMap((piece) =>
      "node" in piece ? within(piece.node) : [piece],
    );
  return roots.flatMap(({ node }) => within(node));
}

describe("a history in the database", () => {
  it.each([
    ["", false],
    [", also where editors cut characters of two units", true],
  ])("loads, differs and restores as its replay does, at every version%s", async (_, wide) => {
    for (const seed of seeds(3)) {
      const random = draws(seed * 3);
      const random40 = randomHistory(seed, 40, { wide });
      const documentId = await committed(random40, seed);
      const { versions } = random40;
      for (let version = 0; version <= versions.length; version++) {
        const told = `ONRECORD_SEED=${seed}, version ${version}`;
        const content = plainContent(replay(versions, version));
        expect(plainContent((await history.load(documentId, version)).doc), told).toEqual(content);
        const from = random(version + 1);
        const { roots } = await attribution.diff(documentId, from, version);
        expect(sideOfTree(roots, "deleted"), `${told} from ${from}`).toEqual(
          plainContent(replay(versions, from)),
        );
        expect(sideOfTree(roots, "inserted"), told).toEqual(content);
      }
      for (let n = 0; n < 5; n++) {
        const version = random(versions.length);
        const by = people.get("ada")!;

        await edits.restore({ documentId, version, by });
        expect(plainContent((await history.load(documentId)).doc), `ONRECORD_SEED=${seed}`).toEqual(
          plainContent(replay(versions, version)),
        );
      }
    }
  });

  it("names the peer of each clientID and the carrier, also after the history has grown", async () => {
    const random = randomHistory(seeds(1)[0]!, 50);
    const documentId = await committed(random, 1, 20);
    const before = await attribution.at(documentId, { exact: true });
    expect(before.version).toBe(20);
    await commit(documentId, random.versions.slice(20), random.owners);
    const { version, origins, roots } = await attribution.at(documentId, { exact: true });
    expect(version).toBe(50);
    const authors = new Set<string | null>();
    for (const { inserted } of leavesOf(roots)) {
      const [made] = inserted!.versions;
      const origin: Origin = origins[inserted!.by]!;
      expect(origin).toMatchObject({
        standing: "PROVEN",
        carrierId: idOf(random.versions[made - 1]!.carrierId),
      });
      authors.add(origin.userId);
    }
    expect(authors.size).toBeGreaterThan(1);
    expect(await attribution.at(documentId, { exact: true, version: 20 })).toEqual(before);
  });

  it("tells in a difference what was written and lost in between, within the same bound", async () => {
    const documentId = await addDocument(context, "FILING");
    const made = (doc: Y.Doc, act: (page: Y.XmlFragment) => void) => {
      const before = Y.encodeStateVector(doc);
      doc.transact(() => act(doc.getXmlFragment("default")));
      return Y.encodeStateAsUpdate(doc, before);
    };
    const [ada, bob] = [new Y.Doc(), new Y.Doc()];
    const start = made(ada, (page) => {
      const paragraph = new Y.XmlElement("paragraph");
      page.insert(0, [paragraph]);
      paragraph.insert(0, [new Y.XmlText("Terms")]);
    });
    Y.applyUpdate(bob, start);
    const typed = made(ada, (page) => {
      const paragraph = page.get(0);
      const text = paragraph instanceof Y.XmlElement ? paragraph.get(0) : null;
      if (text instanceof Y.XmlText) text.insert(5, " and more");
    });
    const replaced = made(bob, (page) => {
      page.delete(0, 1);
      page.insert(0, [new Y.XmlElement("heading")]);
    });
    const bindings = [
      { clientId: ada.clientID, clock: 0, userId: idOf("ada") },
      { clientId: bob.clientID, clock: 0, userId: idOf("bob") },
    ];
    const changes = [
      { update: start, carrierId: "ada" },
      { update: typed, carrierId: "ada" },
      { update: replaced, carrierId: "bob" },
    ];
    await commitAll(documentId, changes, bindings);
    const { key, doc } = await history.load(documentId);
    await history.checkpoint(documentId, 3, key, encodeState(doc));
    const { roots, origins } = await attribution.diff(documentId, 1, 3);
    const gone = roots[0]!.node.children.find(({ change }) => change === "deleted");
    const text = gone && "node" in gone ? gone.node.children[0] : undefined;
    expect(text).toMatchObject({ node: { lost: [{ at: 1, text: " and more" }] } });
    const [lost] = text && "node" in text ? (text.node.lost ?? []) : [];
    expect([origins[lost!.inserted!.by]!.userId, origins[lost!.deleted!.by]!.userId]).toEqual([
      idOf("ada"),
      idOf("bob"),
    ]);
    const more = Array.from({ length: 60 }, () => ({
      update: made(bob, (page) => page.insert(0, [new Y.XmlText("x")])),
      carrierId: "bob",
    }));
    await commitAll(documentId, more, []);
    expect(JSON.stringify((await attribution.diff(documentId, 1, 61)).roots)).toContain(" and more");
    const beyond = JSON.stringify((await attribution.diff(documentId, 1, 62)).roots);
    expect(beyond).toContain("Terms");
    expect(beyond).not.toContain(" and more");
  });

  it("tells what was deleted since a version, within its bound", async () => {
    const documentId = await addDocument(context);
    const doc = new Y.Doc();
    const versions: { update: Uint8Array; carrierId: string; at: Date; restored: boolean }[] = [];
    doc.on("update", (update: Uint8Array) =>
      versions.push({ update, carrierId: "bob", at: new Date(), restored: false }),
    );
    const text = doc.getText("content");
    text.insert(0, "kept");
    text.insert(4, " gone");
    text.delete(4, 5);
    for (let n = 0; n < 60; n++) text.insert(text.length, "!");
    await commit(documentId, versions, new Map([[doc.clientID, "ada"]]));
    const { roots, origins } = await attribution.at(documentId, { version: 4, deletedSince: 0 });
    expect(leavesOf(roots)).toMatchObject([
      { text: "kept", change: "same" },
      { text: " gone", change: "deleted", inserted: { versions: [2, 2] }, deleted: { versions: [3, 3] } },
      { text: "!", change: "same", inserted: { versions: [4, 4] } },
    ]);
    const [, gone] = leavesOf(roots);
    expect(origins[gone!.inserted!.by]?.userId).toBe(idOf("ada"));
    expect(origins[gone!.deleted!.by]?.userId).toBe(idOf("bob"));
    await expect(attribution.at(documentId, { deletedSince: 0 })).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
    });
    await expect(attribution.diff(documentId, 2, 1)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    for (let n = 0; n < 10; n++) text.insert(0, "!");
    await commit(documentId, versions.slice(63), new Map([[doc.clientID, "ada"]]));
    await expect(attribution.at(documentId)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    await expect(attribution.diff(documentId, 0, 99)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  });

  it("is refused for a history in more parts than are kept, and answers below", async () => {
    const documentId = await addDocument(context);
    const doc = new Y.Doc();
    const versions: { update: Uint8Array; carrierId: string }[] = [];
    doc.on("update", (update: Uint8Array) => versions.push({ update, carrierId: "bob" }));
    const text = doc.getText("content");
    text.insert(0, "x".repeat(9000));
    doc.transact(() => {
      for (let at = 0; at < 4500; at++) text.delete(at, 1);
    });
    text.insert(0, "y");
    await commitAll(documentId, versions, [{ clientId: doc.clientID, clock: 0, userId: idOf("bob") }]);
    for (let n = 0; n < 2; n++)
      await expect(attribution.at(documentId)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    expect(leavesOf((await attribution.at(documentId, { version: 1 })).roots)).toHaveLength(1);
  });

  it("says relayed of what is not proven of a bound clientID, and unknown of one that is nobody's", async () => {
    const documentId = await addDocument(context);
    const doc = new Y.Doc();
    doc.clientID = 7;
    doc.getText("content").insert(0, "proven relayed");
    const stranger = new Y.Doc();
    stranger.clientID = 8;
    stranger.getText("content").insert(0, "unknown ");
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(stranger));
    doc.getText("content").delete(0, 2);
    await commitAll(
      documentId,
      [{ update: Y.encodeStateAsUpdate(doc), carrierId: "bob", relayed: true }],
      [
        { clientId: 7, clock: 0, userId: idOf("ada") },
        { clientId: 7, clock: 7, userId: null },
        { clientId: 8, clock: 0, userId: null },
      ],
    );
    const carrierId = idOf("bob");
    const { roots, origins } = await attribution.at(documentId);
    const told = leavesOf(roots).map((piece) => ["text" in piece && piece.text, origins[piece.inserted!.by]]);
    expect(told.sort()).toEqual([
      ["oven ", { standing: "PROVEN", userId: idOf("ada"), carrierId }],
      ["relayed", { standing: "RELAYED", userId: null, carrierId }],
      ["unknown ", { standing: "UNKNOWN", userId: null, carrierId }],
    ]);

    // Whoever gets at the table says afterwards whose it was: nobody is proven by that, and what was proven stays so.
    await context.db.query(
      `insert into documents.client (document_id, client_id, clock, user_id, since)
       values ($1, 8, 1, $2, 0), ($1, 7, 9, $2, 0), ($1, 7, 3, null, 0)`,
      [documentId, idOf("cleo")],
    );
    const again = await new Attribution(context, history).at(documentId);
    expect({ roots: again.roots, origins: again.origins }).toEqual({ roots, origins });
  });
});
