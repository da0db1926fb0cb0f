import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asCaller, World } from "../testing/world.js";
import { createDocument } from "./create-document.js";
import { createFolder } from "./create-folder.js";
import { importDocument } from "./import-document.js";
import { nameVersion } from "./name-version.js";
import { restoreVersion } from "./restore-version.js";

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world[Symbol.asyncDispose]());

const tables = [
  "documents.folder",
  "documents.document",
  "documents.head",
  "documents.change",
  "documents.version_name",
  "permissions.resource",
  "permissions.resource_path",
  "permissions.grant",
];

describe("a right that ends between the question and the commit", () => {
  it.each([
    ["the right", "FORBIDDEN"],
    ["the session", "UNAUTHENTICATED"],
  ])(
    "keeps nothing of any command when %s has ended: no row, and no entry that says it was done",
    async (what, refusal) => {
      const { manager, folderId } = await world.manager();
      const documentId = await world.document(manager, folderId);
      for (const text of ["a", "b"]) await world.type(documentId, text);
      const viewer = await world.person(what === "the session" ? { roles: ["manager"] } : {});
      await world.grant(folderId, viewer.userId, what === "the session" ? "MANAGE" : "VIEW");
      if (what === "the session")
        await world.db.query("update identity.session set ended_at = now() where id = $1", [
          viewer.sessionId,
        ]);
      // What the resolver allowed a moment ago: the command begins without asking it again.
      const context = () => world.subgraph.context(asCaller(viewer));
      const commands = {
        folder: () => createFolder(context(), { parentId: folderId, name: "x" }),
        topFolder: () => createFolder(context(), { parentId: null, name: "x" }),
        document: () => createDocument(context(), { folderId, title: "x", kind: "TEXT" }),
        import: () => importDocument(context(), { folderId, title: "x", html: "<p>x</p>" }),
        name: () => nameVersion(context(), { documentId, version: 1, name: "x" }),
        restore: () => restoreVersion(context(), { documentId, version: 1 }),
      };
      const state = async () => ({
        rows: await Promise.all(tables.map((table) => world.count(table))),
        done: await world.count("audit.entry where outcome = 'ALLOWED'"),
        revision: await world.db.query("select revision from permissions.revision"),
      });
      const before = await state();
      for (const [name, command] of Object.entries(commands)) {
        const code = await command().then(
          () => "done",
          (error: { code?: string }) => error.code,
        );
        expect([name, code]).toEqual([name, refusal]);
      }
      expect(await state()).toEqual(before);
    },
  );

  it("commits under the lock that permission changes take: a command under way makes them wait", async () => {
    const { manager, folderId } = await world.manager();
    const analyst = await world.person();
    const grant = await world.grant(folderId, analyst.userId, "EDIT");
    const outcomes = await Promise.all([
      ...Array.from({ length: 10 }, () =>
        createDocument(world.subgraph.context(asCaller(analyst)), {
          folderId,
          title: "x",
          kind: "TEXT",
        }).then(
          () => "done",
          (error: { code?: string }) => error.code,
        ),
      ),
      world.revoke(grant),
    ]);
    const done = outcomes.filter((outcome) => outcome === "done").length;
    const { data } = await world.ask<{ folder: { documents: { totalCount: number } } }>(
      manager,
      `{ folder(id: "${folderId}") { documents { totalCount } } }`,
    );
    expect(data.folder.documents.totalCount).toBe(done);
    expect(outcomes.slice(0, 10).filter((outcome) => outcome !== "done" && outcome !== "FORBIDDEN")).toEqual(
      [],
    );
  });
});
