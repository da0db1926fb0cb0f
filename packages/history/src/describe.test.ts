import { expect, describe as group, it } from "vitest";
import * as Y from "yjs";
import { ChangeIndex } from "./change-index.js";
import type { Piece, Root, Stamp, TreeNode } from "./content-tree.js";
import { describe } from "./describe.js";
import { joinVersions, sideOf } from "./joint-document.js";
import { Stamps } from "./stamps.js";
import { plainContent, sideOfTree } from "./testing/plain.js";
import { prng, seeds } from "./testing/prng.js";
import { type RandomHistory, randomHistory, replay } from "./testing/random-history.js";

function indexOf({ versions, owners }: RandomHistory): ChangeIndex {
  const index = new ChangeIndex();
  for (const { update, carrierId, at } of versions) index.add(update, { carrierId, at, relayed: false });
  index.bind([...owners].map(([clientId, userId]) => ({ clientId, userId, clock: 0 })));
  return index;
}

function difference(history: RandomHistory, from: number, to: number, pause: number | null = null) {
  const stamps = new Stamps(indexOf(history), pause);
  const joined = joinVersions(replay(history.versions, from), replay(history.versions, to));
  return { roots: describe({ ...joined, stamps, maxPieces: 1e6 }), origins: stamps.origins };
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
  it("has the older content on one side and the newer on the other, for random histories of every type", () => {
    for (const seed of seeds(60)) {
      const history = randomHistory(seed, 40);
      const random = prng(seed * 11);
      for (let n = 0; n < 6; n++) {
        const to = random(history.versions.length + 1);
        const from = random(to + 1);
        const { roots } = difference(history, from, to, n % 2 ? 5 * 60_000 : null);
        const told = `ONRECORD_SEED=${seed}, ${from} to ${to}`;
        expect(sideOfTree(roots, "deleted"), told).toEqual(plainContent(replay(history.versions, from)));
        expect(sideOfTree(roots, "inserted"), told).toEqual(plainContent(replay(history.versions, to)));
      }
    }
  });

  it("has both contents, in whole characters, also where stock editors cut characters of two units in the middle", () => {
    let cut = 0;
    for (const seed of seeds(60)) {
      const history = randomHistory(seed, 40, { wide: true });
      const random = prng(seed * 11);
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
      const random = prng(seed * 13);
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

group("attribution at a version", () => {
  it("covers every character exactly once and names the right peer, whoever carried it", () => {
    let carried = 0;
    for (const seed of seeds(60)) {
      const history = randomHistory(seed, 40);
      const index = indexOf(history);
      const there = presence(history);
      const version = prng(seed * 17)(history.versions.length) + 1;
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
        if (origin.userId !== origin.carrierId) carried++;
        for (const character of charactersOf(piece)) {
          if (!history.versions[made - 1]!.restored) expect(made, told).toBe(there[version]!.get(character));
          expect(origin.userId, told).toBe(writerOf(history, character, made));
        }
      }
    }
    expect(carried).toBeGreaterThan(0);
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
