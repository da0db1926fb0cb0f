import { draws, seeds } from "@onrecord/core/testing/random";
import { expect, describe as group, it } from "vitest";
import * as Y from "yjs";
import { plainContent, sideOfTree } from "../testing/plain.js";
import { type RandomHistory, randomHistory, replay } from "../testing/random-history.js";
import { ChangeIndex } from "./change-index.js";
import type { Piece, Root, Stamp, TreeNode } from "./content-tree.js";
import { describe } from "./describe.js";
import { joinChanges, joinVersions, sideOf } from "./joint-document.js";
import { mayHaveLost } from "./lost-work.js";
import { Stamps } from "./stamps.js";

function indexOf({ versions, owners }: RandomHistory): ChangeIndex {
  const index = new ChangeIndex();
  for (const { update, carrierId, at } of versions) index.add(update, { carrierId, at, relayed: false });
  index.bind([...owners].map(([clientId, userId]) => ({ clientId, userId, clock: 0, since: 0 })));
  return index;
}

function difference(history: RandomHistory, from: number, to: number, pause: number | null = null) {
  const stamps = new Stamps(indexOf(history), pause);
  const joined = joinVersions(replay(history.versions, from), replay(history.versions, to));
  return { roots: describe({ ...joined, stamps, maxPieces: 1e6 }), origins: stamps.origins };
}

/** The same, by way of every change, with what was lost in between. */
function differenceByChanges(history: RandomHistory, from: number, to: number) {
  const { versions } = history;
  const between = versions.slice(from, to).map(({ update }) => update);
  const joined = joinChanges(replay(versions, from), replay(versions, to), between);
  const stamps = new Stamps(indexOf(history), null);
  return describe({ ...joined, lost: true, stamps, maxPieces: 1e6 });
}

/** Every piece of a tree, those of nested types and entries included. */
function piecesOf(roots: readonly Root[]): Piece[] {
  const within = ({ entries, children }: TreeNode): Piece[] =>
    [...entries.flatMap(({ pieces }) => pieces), ...children].flatMap((piece) =>
      "node" in piece ? [piece, ...within(piece.node)] : [piece],
    );
  return roots.flatMap(({ node }) => within(node));
}

/** The characters of a document, each of which a history uses once unless a restore brings it back. */
function charactersOf(content: unknown): string[] {
  return [...JSON.stringify(content).matchAll(/[\u4e00-\uffff]/g)].map(([character]) => character);
}

/** For each character and version: since which version it has been there without a break. */
function presence({ versions }: RandomHistory): Map<string, number>[] {
  const doc = new Y.Doc();
  let last = new Map<string, number>();
  return [
    last,
    ...versions.map(({ update }, i) => {
      Y.applyUpdate(doc, update);
      const now = charactersOf(plainContent(doc));
      last = new Map(now.map((character) => [character, last.get(character) ?? i + 1]));
      return last;
    }),
  ];
}

group("the difference of two versions", () => {
  it("has the older content on one side and the newer on the other, for random histories of every type", async () => {
    for (const seed of seeds(60)) {
      const history = randomHistory(seed, 40);
      const random = draws(seed * 11);
      for (let n = 0; n < 6; n++) {
        const to = random(history.versions.length + 1);
        const from = random(to + 1);
        const { roots } = difference(history, from, to, n % 2 ? 5 * 60_000 : null);
        const told = `ONRECORD_SEED=${seed}, ${from} to ${to}`;
        expect(sideOfTree(roots, "deleted"), told).toEqual(plainContent(replay(history.versions, from)));
        expect(sideOfTree(roots, "inserted"), told).toEqual(plainContent(replay(history.versions, to)));
        const withLost = differenceByChanges(history, from, to);
        expect(sideOfTree(withLost, "deleted"), told).toEqual(plainContent(replay(history.versions, from)));
        expect(sideOfTree(withLost, "inserted"), told).toEqual(plainContent(replay(history.versions, to)));
      }
    }
  });

  it("has both contents, in whole characters, also where stock editors cut characters of two units in the middle", () => {
    let cut = 0;
    for (const seed of seeds(60)) {
      const history = randomHistory(seed, 40, { wide: true });
      const random = draws(seed * 11);
      for (let n = 0; n < 6; n++) {
        const to = random(history.versions.length + 1);
        const from = random(to + 1);
        const { roots } = difference(history, from, to, n % 2 ? 5 * 60_000 : null);
        const told = `ONRECORD_SEED=${seed}, ${from} to ${to}`;
        expect(sideOfTree(roots, "deleted"), told).toEqual(plainContent(replay(history.versions, from)));
        expect(sideOfTree(roots, "inserted"), told).toEqual(plainContent(replay(history.versions, to)));
        const texts = piecesOf(roots).flatMap((piece) => ("text" in piece ? [piece.text] : []));
        expect(
          texts.filter((text) => /\p{Surrogate}/u.test(text)),
          told,
        ).toEqual([]);
        if (texts.some((text) => text.includes("\ufffd"))) cut++;
      }
    }
    expect(cut).toBeGreaterThan(0);
  });

  it("names who cut a character as who took it away, and who brought what is left of it", () => {
    const doc = new Y.Doc();
    const index = new ChangeIndex();
    const versions: { update: Uint8Array }[] = [];
    doc.on("update", (update: Uint8Array) => {
      versions.push({ update });
      index.add(update, {
        at: new Date(0),
        carrierId: versions.length === 1 ? "ada" : "bob",
        relayed: false,
      });
    });
    const text = doc.getText("content");
    text.insert(0, "Offer 😀 open");
    text.delete(7, 1);
    text.insert(7, "\ude01");
    const stamps = new Stamps(index, null);
    const joined = joinVersions(replay(versions, 1), replay(versions, 3));
    const pieces = piecesOf(describe({ ...joined, stamps, maxPieces: 100 }));
    expect(pieces.map((piece) => ["text" in piece && piece.text, piece.change])).toEqual([
      ["Offer ", "same"],
      ["😀", "deleted"],
      ["\ufffd", "inserted"],
      ["\ufffd", "inserted"],
      [" open", "same"],
    ]);
    expect(pieces[1]).toMatchObject({ inserted: { versions: [1, 1] }, deleted: { versions: [2, 2] } });
    expect(pieces[2]).toMatchObject({ inserted: { versions: [2, 2] } });
    expect(stamps.origins[pieces[1]!.deleted!.by]).toMatchObject({ carrierId: "bob" });
  });

  it("names for each run who inserted and who deleted it and in which version", () => {
    for (const seed of seeds(60)) {
      const history = randomHistory(seed, 40);
      const there = presence(history);
      const random = draws(seed * 13);
      const to = random(history.versions.length) + 1;
      const from = random(to + 1);
      const { roots, origins } = difference(history, from, to);
      const carrier = (version: number) => history.versions[version - 1]!.carrierId;
      for (const piece of piecesOf(roots)) {
        const told = `ONRECORD_SEED=${seed}, ${from} to ${to}, ${JSON.stringify(piece)}`;
        const made = versionOf(piece.inserted);
        for (const character of charactersOf("node" in piece ? "" : piece)) {
          const side = piece.change === "deleted" ? from : to;
          const since = there[side]!.get(character);
          if (!history.versions[made - 1]!.restored) expect(made, told).toBe(since);
          expect(made > from, told).toBe(piece.change === "inserted");
          expect(made, told).toBeGreaterThanOrEqual(since!);
        }
        if (piece.change !== "deleted") continue;
        const gone = versionOf(piece.deleted!);
        expect(origins[piece.deleted!.by], told).toMatchObject({ standing: "PROVEN", userId: carrier(gone) });
        for (const character of charactersOf("node" in piece ? "" : piece)) {
          expect(there[gone - 1]!.has(character), told).toBe(true);
          if (!history.versions[gone - 1]!.restored) expect(there[gone]!.has(character), told).toBe(false);
        }
      }
    }
  });
});

function versionOf(stamp: Stamp | null): number {
  expect(stamp).not.toBeNull();
  const [first, last] = stamp!.versions;
  expect(first).toBe(last);
  return first;
}

group("what is lost between two versions", () => {
  const paragraph = (words: string) => {
    const element = new Y.XmlElement("paragraph");
    element.insert(0, [new Y.XmlText(words)]);
    return element;
  };
  const page = (doc: Y.Doc) => doc.getXmlFragment("default");
  const textIn = (doc: Y.Doc, index: number) => {
    const element = page(doc).get(index);
    const text = element instanceof Y.XmlElement ? element.get(0) : undefined;
    if (!(text instanceof Y.XmlText)) throw new Error("no text");
    return text;
  };
  const replaced = (doc: Y.Doc) =>
    doc.transact(() => {
      page(doc).delete(0, 1);
      const heading = new Y.XmlElement("heading");
      heading.insert(0, [new Y.XmlText("Terms")]);
      page(doc).insert(0, [heading]);
    });

  /** Ada and Bob begin with the same page, do something without having seen what the other does, and their changes come in this order. */
  async function between(order: "ada" | "bob", ada: (doc: Y.Doc) => void, bob: (doc: Y.Doc) => void) {
    const start = new Y.Doc();
    start.clientID = 1;
    page(start).insert(0, [paragraph("Terms"), paragraph("Second")]);
    const first = Y.encodeStateAsUpdate(start);
    const work = (clientID: number, act: (doc: Y.Doc) => void) => {
      const doc = new Y.Doc();
      doc.clientID = clientID;
      Y.applyUpdate(doc, first);
      const updates: Uint8Array[] = [];
      doc.on("update", (update: Uint8Array) => void updates.push(update));
      act(doc);
      return updates;
    };
    const changes = [
      ...work(2, ada).map((update) => ({ update, carrierId: "ada" })),
      ...work(3, bob).map((update) => ({ update, carrierId: "bob" })),
    ].sort((a, b) => Number(b.carrierId === order) - Number(a.carrierId === order));
    const versions = [{ update: first, carrierId: "ada" }, ...changes].map((one, i) => ({
      ...one,
      at: new Date(i),
      restored: false,
    }));
    const owners = new Map([
      [1, "ada"],
      [2, "ada"],
      [3, "bob"],
    ]);
    const history: RandomHistory = { versions, owners };
    const roots = differenceByChanges(history, 1, versions.length);
    const may = mayHaveLost(replay(versions, versions.length), replay(versions, 1));
    return { roots, may, lost: lostIn(roots) };
  }

  function lostIn(roots: readonly Root[]): string[] {
    const within = ({ lost = [], children, entries }: TreeNode): string[] => [
      ...lost.flatMap((one) => ("text" in one ? [one.text] : within(one.node))),
      ...[...children, ...entries.flatMap(({ pieces }) => pieces)].flatMap((piece) =>
        "node" in piece ? within(piece.node) : [],
      ),
    ];
    return roots.flatMap(({ node }) => within(node));
  }

  it.each(["ada", "bob"] as const)(
    "are the words that somebody writes into a paragraph while a colleague replaces it, where %s's change comes first",
    async (order) => {
      const { roots, may, lost } = await between(
        order,
        (doc) => textIn(doc, 0).insert(2, " and more 😀"),
        replaced,
      );
      expect([may, lost]).toEqual([true, [" and more 😀"]]);
      const gone = roots[0]!.node.children.find(({ change }) => change === "deleted");
      expect(gone && "node" in gone && gone.node.children[0]).toMatchObject({
        node: {
          children: [
            { text: "Te", change: "deleted" },
            { text: "rms", change: "deleted" },
          ],
          lost: [{ at: 1, inserted: { versions: order === "ada" ? [2, 2] : [3, 3] } }],
        },
      });
    },
  );

  it("are elements that are put into what is gone, with their words", async () => {
    const into = (doc: Y.Doc) => {
      const first = page(doc).get(0);
      if (first instanceof Y.XmlElement) first.insert(1, [paragraph("nested words")]);
    };
    expect((await between("bob", into, replaced)).lost).toEqual(["nested words"]);
    expect((await between("ada", into, replaced)).lost).toEqual(["nested words"]);
  });

  it("are not what its writer took back, nor what goes where it stands", async () => {
    const typo = (doc: Y.Doc) => {
      textIn(doc, 1).insert(0, "typo");
      textIn(doc, 1).delete(0, 4);
    };
    expect((await between("ada", typo, replaced)).lost).toEqual([]);
    const own = (doc: Y.Doc) => {
      page(doc).insert(0, [paragraph("draft")]);
      page(doc).delete(0, 1);
    };
    expect((await between("bob", own, (doc) => textIn(doc, 1).delete(0, 2))).lost).toEqual([]);
  });
});

group("attribution at a version", () => {
  it("covers every character exactly once and names the right peer, whoever relayed it", () => {
    let relayed = 0;
    for (const seed of seeds(60)) {
      const history = randomHistory(seed, 40);
      const index = indexOf(history);
      const there = presence(history);
      const version = draws(seed * 17)(history.versions.length) + 1;
      const doc = replay(history.versions, version);
      const stamps = new Stamps(index, null);
      const roots = describe({ doc, before: sideOf(doc), stamps, maxPieces: 1e6 });
      const told = `ONRECORD_SEED=${seed}, version ${version}`;
      const pieces = piecesOf(roots).filter((piece) => !("node" in piece));
      expect(charactersOf(pieces).sort(), told).toEqual(charactersOf(plainContent(doc)).sort());
      for (const piece of pieces) {
        const made = versionOf(piece.inserted);
        const origin = stamps.origins[piece.inserted!.by]!;
        expect(origin.standing, told).toBe("PROVEN");
        expect(origin.carrierId, told).toBe(history.versions[made - 1]!.carrierId);
        if (origin.userId !== origin.carrierId) relayed++;
        for (const character of charactersOf(piece)) {
          if (!history.versions[made - 1]!.restored) expect(made, told).toBe(there[version]!.get(character));
          expect(origin.userId, told).toBe(writerOf(history, character, made));
        }
      }
    }
    expect(relayed).toBeGreaterThan(0);
  });

  it("tells of everything deleted since a version too, also of what neither version shows", () => {
    const doc = new Y.Doc({ gc: false });
    doc.clientID = 7;
    const index = new ChangeIndex();
    const at = new Date(0);
    doc.on("update", (update: Uint8Array) => index.add(update, { at, carrierId: "ada", relayed: false }));
    const text = doc.getText("content");
    text.insert(0, "one two");
    text.insert(3, " and a half");
    text.delete(3, 6);
    const stamps = new Stamps(index, null);
    const roots = describe({ doc, before: sideOf(doc), stamps, everything: true, maxPieces: 100 });
    const shape = piecesOf(roots).map((piece) => ["text" in piece && piece.text, piece.change]);
    expect(shape).toEqual([
      ["one", "same"],
      [" and a", "deleted"],
      [" half", "same"],
      [" two", "same"],
    ]);
    expect(piecesOf(roots)[1]).toMatchObject({
      inserted: { versions: [2, 2] },
      deleted: { versions: [3, 3] },
    });
  });
});

/** Whose clientID the character has in the update that brought it. */
function writerOf(
  { versions, owners }: RandomHistory,
  character: string,
  version: number,
): string | undefined {
  const { structs } = Y.decodeUpdate(versions[version - 1]!.update);
  const made = structs.find(
    (struct) =>
      struct instanceof Y.Item &&
      !(struct.content instanceof Y.ContentType) &&
      JSON.stringify(struct.content.getContent()).includes(character),
  );
  return made && owners.get(made.id.client);
}
