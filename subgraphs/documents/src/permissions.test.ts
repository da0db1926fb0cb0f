import { newId } from "@onrecord/core/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World } from "./testing/world.js";

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world[Symbol.asyncDispose]());

const createFolder =
  "mutation ($input: CreateFolderInput!) { createFolder(input: $input) { id name parent { id } } }";

describe("a folder at the top", () => {
  it("is for those whose role opens projects; whoever opens it manages it, and all of it is on the record", async () => {
    const manager = await world.person({ roles: ["manager"] });
    const { data, codes } = await world.ask<{ createFolder: { id: string } }>(manager, createFolder, {
      input: { name: "  Project Jade " },
    });
    expect(codes).toEqual([]);
    expect(data.createFolder).toMatchObject({ name: "Project Jade", parent: null });
    const { id } = data.createFolder;
    const entries = await world.entries(id);
    expect(entries.map(({ action, actor_id }) => [action, actor_id])).toEqual([
      ["folder.created", manager.userId],
      ["access.granted", manager.userId],
    ]);
    expect(entries[1]?.detail).toMatchObject({ level: "MANAGE", principalId: manager.userId });
    expect((await world.ask(manager, `{ folder(id: "${id}") { name } }`)).codes).toEqual([]);
  });

  it("is given to somebody whose account ends until then, and the record says so", async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    const manager = await world.person({ roles: ["manager"], expiresAt });
    const { data } = await world.ask<{ createFolder: { id: string } }>(manager, createFolder, {
      input: { name: "For an hour" },
    });
    const { id } = data.createFolder;
    expect(
      await world.db.query("select level, expires_at from permissions.grant where resource_id = $1", [id]),
    ).toEqual([{ level: 5, expires_at: expiresAt }]);
    expect((await world.entries(id))[1]?.detail).toMatchObject({ expiresAt: expiresAt.toISOString() });
  });

  it("is refused to others with reasons, on the record", async () => {
    const analyst = await world.person();
    const answer = await world.ask(analyst, createFolder, { input: { name: "Mine" } });
    expect(answer.codes).toEqual(["FORBIDDEN"]);
    expect(answer.errors[0]?.extensions.reasons).toEqual([
      { id: "role", text: "None of your roles allows this." },
    ]);
    const [denied] = await world.db.query(
      "select action from audit.entry where actor_id = $1 and outcome = 'DENIED'",
      [analyst.userId],
    );
    expect(denied).toEqual({ action: "access.denied" });
    expect((await world.ask(null, createFolder, { input: { name: "Mine" } })).codes).toEqual([
      "UNAUTHENTICATED",
    ]);
  });
});

describe("every mutation", () => {
  it("answers NOT_FOUND to a stranger, FORBIDDEN to who may only view, and records both", async () => {
    const { manager, folderId } = await world.manager();
    const documentId = await world.document(manager, folderId);
    await world.type(documentId, "text");
    const stranger = await world.person();
    const viewer = await world.person();
    await world.grant(folderId, viewer.userId, "VIEW");

    const attempts: [string, string, object, string][] = [
      ["createFolder", "{ id }", { parentId: folderId, name: "x" }, folderId],
      ["createDocument", "{ id }", { folderId, title: "x", kind: "TEXT" }, folderId],
      ["importDocument", "{ id }", { folderId, title: "x", html: "<p>x</p>" }, folderId],
      ["restoreVersion", "{ id }", { documentId, version: 0 }, documentId],
      ["nameVersion", "{ number }", { documentId, version: 1, name: "x" }, documentId],
      ["download", "{ url }", { documentId, format: "TEXT" }, documentId],
    ];
    for (const [name, selection, input, objectId] of attempts) {
      const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
      const text = `mutation ($input: ${type}!) { ${name}(input: $input) ${selection} }`;
      const expected = name === "download" ? "document.download-refused" : "access.denied";
      for (const [who, code] of [
        [stranger, "NOT_FOUND"],
        [viewer, "FORBIDDEN"],
      ] as const) {
        const before = (await world.entries(objectId)).length;
        const answer = await world.ask(who, text, { input });
        expect([name, answer.codes]).toEqual([name, [code]]);
        const written = (await world.entries(objectId)).slice(before);
        expect(written).toMatchObject([{ action: expected, outcome: "DENIED", actor_id: who.userId }]);
      }
      const unknown = { ...input, folderId: newId(), documentId: newId(), parentId: newId() };
      const known = Object.fromEntries(Object.entries(unknown).filter(([key]) => key in input));
      expect((await world.ask(manager, text, { input: known })).codes).toEqual(["NOT_FOUND"]);
      expect((await world.ask(null, text, { input })).codes).toEqual(["UNAUTHENTICATED"]);
    }
    expect(await world.actions(documentId)).not.toContain("version.restored");
  });

  it("takes an id of another kind for none", async () => {
    const { manager, folderId } = await world.manager();
    const documentId = await world.document(manager, folderId);
    const create = "mutation ($input: CreateDocumentInput!) { createDocument(input: $input) { id } }";
    const input = { folderId: documentId, title: "x", kind: "TEXT" };
    expect((await world.ask(manager, create, { input })).codes).toEqual(["NOT_FOUND"]);
    expect(
      (await world.ask(manager, createFolder, { input: { parentId: documentId, name: "x" } })).codes,
    ).toEqual(["NOT_FOUND"]);
    expect((await world.ask(manager, `{ document(id: "${folderId}") { id } }`)).codes).toEqual(["NOT_FOUND"]);
    expect((await world.ask(manager, `{ folder(id: "not-an-id") { id } }`)).codes).toEqual(["NOT_FOUND"]);
  });
});

describe("names and titles", () => {
  it.each([
    ["", "empty"],
    ["   ", "empty"],
    ["x".repeat(201), "200"],
    ["x".repeat(10_000_000), "200"],
    ["a\u0000b", "NUL"],
    ["a\nb", "control"],
    ["a\u2028b", "U+2028, a line separator"],
    ["a\u202egnp.exe", "U+202E, the right-to-left override"],
    ["Pay\u200broll", "U+200B"],
    ["\ud800", "half of a character"],
  ])("refuse %j with a sentence", async (name, word) => {
    const { manager } = await world.manager();
    const { codes, errors } = await world.ask(manager, createFolder, { input: { name } });
    expect(codes).toEqual(["BAD_USER_INPUT"]);
    expect(errors[0]?.message).toContain(word);
  });

  it("that turn a line around are refused wherever something is named, and what a page brings along loses them", async () => {
    const { manager, folderId } = await world.manager();
    const documentId = await world.document(manager, folderId);
    await world.type(documentId, "text");
    const bad = "invoice\u202Egnp.exe";
    const mutations: [string, object][] = [
      ["createFolder(input: $input) { id } }", { parentId: folderId, name: bad }],
      ["createDocument(input: $input) { id } }", { folderId, title: bad, kind: "TEXT" }],
      ["importDocument(input: $input) { id } }", { folderId, title: bad, html: "<p>x" }],
      ["nameVersion(input: $input) { number } }", { documentId, version: 1, name: bad }],
    ];
    for (const [mutation, input] of mutations) {
      const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1, mutation.indexOf("("))}Input!`;
      const asked = await world.ask(manager, `mutation ($input: ${type}) { ${mutation}`, { input });
      expect([mutation, asked.codes]).toEqual([mutation, ["BAD_USER_INPUT"]]);
      expect(asked.errors[0]?.extensions.reasons).toMatchObject([{ id: "U+202E" }]);
    }
    const imported = await world.ask<{ importDocument: { title: string } }>(
      manager,
      "mutation ($input: ImportDocumentInput!) { importDocument(input: $input) { title } }",
      { input: { folderId, html: `<title>${bad}</title><p>x` } },
    );
    expect(imported.data.importDocument.title).toBe("invoicegnp.exe");
  });

  it("count characters as people do", async () => {
    const { manager } = await world.manager();
    const name = "📈".repeat(200);
    const { data } = await world.ask<{ createFolder: { name: string } }>(manager, createFolder, {
      input: { name },
    });
    expect(data.createFolder.name).toBe(name);
  });
});
