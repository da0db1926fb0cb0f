import { newId } from "@onrecord/core/ids";
import { commitChanges } from "@onrecord/history/store/commit";
import { bySystem } from "@onrecord/ledger/ledger";
import type { Principal } from "@onrecord/policy/principal";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { World } from "./testing/world.js";

let world: World;
let manager: Principal;
let id: string;
beforeAll(async () => {
  world = await World.open();
  const made = await world.manager();
  manager = made.manager;
  id = await world.document(manager, made.folderId);
  for (let i = 1; i <= 7; i++) await world.type(id, `${i}`, i === 3 ? undefined : manager.userId);
});
afterAll(() => world[Symbol.asyncDispose]());

interface Page {
  document: {
    versions: {
      edges: { cursor: string; node: { number: number } }[];
      pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
      totalCount: number;
    };
  };
}
const page = async (args: string) => {
  const { data, codes } = await world.ask<Page>(
    manager,
    `{ document(id: "${id}") { versions(${args}) { totalCount edges { cursor node { number } }
       pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`,
  );
  expect(codes).toEqual([]);
  const { edges, pageInfo, totalCount } = data.document.versions;
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo;
  return {
    numbers: edges.map(({ node }) => node.number),
    more: [hasPreviousPage, hasNextPage],
    startCursor,
    endCursor,
    totalCount,
  };
};

describe("versions", () => {
  it("page forward and backward, always ascending", async () => {
    const head = await page("first: 3");
    expect(head).toMatchObject({ numbers: [1, 2, 3], more: [false, true], totalCount: 7 });
    const next = await page(`first: 3, after: "${head.endCursor}"`);
    expect(next).toMatchObject({ numbers: [4, 5, 6], more: [true, true] });
    const newest = await page("last: 2");
    expect(newest).toMatchObject({ numbers: [6, 7], more: [true, false] });
    const older = await page(`last: 9, before: "${newest.startCursor}"`);
    expect(older).toMatchObject({ numbers: [1, 2, 3, 4, 5], more: [false, true] });
  });

  it("name their author where it is proven, and their entry on the record", async () => {
    const { data } = await world.ask<{
      document: {
        versions: {
          edges: { node: { author: object | null; standing: string; auditEntry: { id: string } } }[];
        };
      };
    }>(
      manager,
      `{ document(id: "${id}") { versions { edges { node { author { id } standing auditEntry { id } } } } } }`,
    );
    const nodes = data.document.versions.edges.map(({ node }) => node);
    expect(nodes[2]).toMatchObject({ author: null, standing: "SYSTEM" });
    expect(nodes[3]).toMatchObject({ author: { id: manager.userId }, standing: "PROVEN" });
    const entries = await world.db.query<{ id: string }>(
      "select id from audit.entry where object_id = $1 and action = 'document.edited' order by (detail->>'version')::int",
      [id],
    );
    expect(nodes.map(({ auditEntry }) => auditEntry.id)).toEqual(entries.map((entry) => entry.id));
  });

  it("name who brought what is not proven to be theirs, and that it is not", async () => {
    const folder = await world.db.query<{ folder_id: string }>(
      "select folder_id from documents.document where id = $1",
      [id],
    );
    const carried = await world.document(manager, folder[0]!.folder_id);
    const { key, tip } = await world.history.load(carried);
    const by = { ...bySystem(newId()), actorKind: "USER" as const, actorId: manager.userId };
    const changes = [true, false].map((relayed) => {
      const doc = new Y.Doc();
      doc.getText("content").insert(0, "somebody's");
      return {
        entryId: newId(),
        right: null,
        by,
        proven: false,
        relayed,
        update: Y.encodeStateAsUpdate(doc),
      };
    });
    await commitChanges(world.db, world.ledger, {
      action: "document.edited",
      documents: [{ documentId: carried, from: 0, tip, key, bindings: [], changes }],
    });
    const { data } = await world.ask<{ document: { versions: { edges: { node: object }[] } } }>(
      manager,
      `{ document(id: "${carried}") { versions { edges { node { author { id } carrier { id } standing } } } } }`,
    );
    const carrier = { id: manager.userId };
    expect(data.document.versions.edges.map(({ node }) => node)).toEqual([
      { author: null, carrier, standing: "RELAYED" },
      { author: null, carrier, standing: "UNKNOWN" },
    ]);
  });

  it("refuse cursors of other lists and both directions at once", async () => {
    for (const args of ['after: "x"', "first: 1, last: 1", "first: -1", 'after: "WyJmb2xkZXJzIiwxXQ"']) {
      const { codes } = await world.ask(
        manager,
        `{ document(id: "${id}") { versions(${args}) { totalCount } } }`,
      );
      expect([args, codes]).toEqual([args, ["BAD_USER_INPUT"]]);
    }
  });

  it("can be named and named again, on the record without the name", async () => {
    const name = `mutation ($input: NameVersionInput!) { nameVersion(input: $input) { number name } }`;
    for (const given of ["First draft", "Board draft"]) {
      const { data } = await world.ask(manager, name, { input: { documentId: id, version: 2, name: given } });
      expect(data).toEqual({ nameVersion: { number: 2, name: given } });
    }
    const { data } = await world.ask(
      manager,
      `{ document(id: "${id}") { namedVersions { number name } versionAt(number: 2) { name } none: versionAt(number: 8) { name } } }`,
    );
    expect(data).toEqual({
      document: {
        namedVersions: [{ number: 2, name: "Board draft" }],
        versionAt: { name: "Board draft" },
        none: null,
      },
    });
    const named = (await world.entries(id)).filter(({ action }) => action === "version.named");
    expect(named.map(({ detail }) => detail)).toEqual([{ version: 2 }, { version: 2 }]);
    for (const version of [0, 8, -1]) {
      const { codes } = await world.ask(manager, name, { input: { documentId: id, version, name: "x" } });
      expect(codes).toEqual(["BAD_USER_INPUT"]);
    }
  });
});

describe("a restore", () => {
  it("is a new version with the old content, and each of two in one request sees its own head", async () => {
    const made = await world.manager();
    const doc = await world.document(made.manager, made.folderId);
    for (const text of ["a", "b", "c"]) await world.type(doc, text, made.manager.userId);
    const restore = (alias: string, version: number) =>
      `${alias}: restoreVersion(input: { documentId: "${doc}", version: ${version} }) {
         version content versions(last: 1) { totalCount edges { node { number author { id } } } } }`;
    const { data, codes } = await world.ask(
      made.manager,
      `mutation { ${restore("x", 1)} ${restore("y", 2)} }`,
    );
    expect(codes).toEqual([]);
    const author = { id: made.manager.userId };
    const versions = (number: number) => ({ totalCount: number, edges: [{ node: { number, author } }] });
    expect(data).toEqual({
      x: { version: 4, content: "a", versions: versions(4) },
      y: { version: 5, content: "ab", versions: versions(5) },
    });
    const restored = (await world.entries(doc)).filter(({ action }) => action === "version.restored");
    expect(restored.map(({ detail }) => [detail.version, detail.restoredVersion])).toEqual([
      [4, 1],
      [5, 2],
    ]);
    const gone = await world.ask(made.manager, `mutation { ${restore("x", 99)} }`);
    expect(gone.codes).toEqual(["BAD_USER_INPUT"]);
  });
});
