import { newId } from "@onrecord/core/ids";
import type { Principal } from "@onrecord/policy/principal";
import { placeResource } from "@onrecord/policy/resources";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World } from "./testing/world.js";

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world[Symbol.asyncDispose]());

interface List {
  edges: { cursor: string; node: { id: string; name?: string; title?: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  totalCount: number | null;
}
const selection = "edges { cursor node { id name } } pageInfo { hasNextPage endCursor } totalCount";
const top = async (who: Principal, args = "") => {
  const { data, codes } = await world.ask<{ folders: List }>(who, `{ folders${args} { ${selection} } }`);
  expect(codes).toEqual([]);
  return data.folders;
};
const names = ({ edges }: List) => edges.map(({ node }) => node.name ?? node.title);

describe("the top level", () => {
  it("is what the caller may see, by name, paged and counted", async () => {
    const manager = await world.person({ roles: ["manager"] });
    for (const name of ["delta", "alpha", "charlie", "bravo", "echo"])
      await world.folder(manager, null, name);
    const first = await top(manager, "(first: 2)");
    expect(names(first)).toEqual(["alpha", "bravo"]);
    expect(first).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true } });
    const second = await top(manager, `(first: 2, after: "${first.pageInfo.endCursor}")`);
    expect(names(second)).toEqual(["charlie", "delta"]);
    const third = await top(manager, `(first: 2, after: "${second.pageInfo.endCursor}")`);
    expect(names(third)).toEqual(["echo"]);
    expect(third.pageInfo.hasNextPage).toBe(false);
    expect((await top(await world.person())).edges).toEqual([]);
  });

  it("of a guest is the folders whose parent is hidden, and their parent stays null", async () => {
    const { manager, folderId } = await world.manager();
    const inner = await world.folder(manager, folderId, "For the consultant");
    const innermost = await world.folder(manager, inner, "Annexes");
    await world.folder(manager, folderId, "Not for the consultant");
    const guest = await world.person({ kind: "GUEST" });
    await world.grant(inner, guest.userId, "VIEW");
    await world.grant(innermost, guest.userId, "EDIT");
    const seen = await top(guest);
    expect(names(seen)).toEqual(["For the consultant"]);
    expect(seen.totalCount).toBe(1);
    const { data } = await world.ask(
      guest,
      `{ folder(id: "${inner}") { parent { id } folders { totalCount edges { node { name parent { name } } } } } }`,
    );
    expect(data).toEqual({
      folder: {
        parent: null,
        folders: {
          totalCount: 1,
          edges: [{ node: { name: "Annexes", parent: { name: "For the consultant" } } }],
        },
      },
    });
    expect((await world.ask(guest, `{ folder(id: "${folderId}") { name } }`)).codes).toEqual(["NOT_FOUND"]);
  });

  it("ends with the grant that shows it", async () => {
    const { folderId } = await world.manager();
    const analyst = await world.person();
    const grant = await world.grant(folderId, analyst.userId, "VIEW");
    const expired = await world.manager();
    await world.grant(expired.folderId, analyst.userId, "VIEW", new Date(Date.now() - 1000));
    expect((await top(analyst)).edges).toHaveLength(1);
    await world.revoke(grant);
    expect(await top(analyst)).toMatchObject({ edges: [], totalCount: 0 });
  });

  it("is no oracle for names that the caller may not see", async () => {
    const { folderId } = await world.manager("Project Hidden");
    const spy = await world.person({ roles: ["manager"] });
    await world.folder(spy, null, "Project Aaa");
    await world.folder(spy, null, "Project Zzz");
    const forged = Buffer.from(JSON.stringify(["top-folders", folderId])).toString("base64url");
    expect((await top(spy, `(after: "${forged}")`)).edges).toEqual([]);
  });
});

describe("a folder's documents", () => {
  it("are listed by title, page by page, each once", async () => {
    const { manager, folderId } = await world.manager();
    const titles = ["same", "same", "same", "other", "zulu"];
    for (const title of titles) await world.document(manager, folderId, title);
    const seen: (string | undefined)[] = [];
    const ids = new Set<string>();
    let after = "";
    for (let page = 0; page < 3; page++) {
      const { data } = await world.ask<{ folder: { documents: List } }>(
        manager,
        `{ folder(id: "${folderId}") { documents(first: 2${after}) { totalCount edges { node { id title } } pageInfo { hasNextPage endCursor } } } }`,
      );
      const list = data.folder.documents;
      expect(list.totalCount).toBe(5);
      expect(list.pageInfo.hasNextPage).toBe(page < 2);
      seen.push(...list.edges.map(({ node }) => node.title));
      for (const { node } of list.edges) ids.add(node.id);
      after = `, after: "${list.pageInfo.endCursor}"`;
    }
    expect(seen).toEqual(["other", "same", "same", "same", "zulu"]);
    expect(ids.size).toBe(5);
    const elsewhere = await world.manager();
    const { codes } = await world.ask(
      elsewhere.manager,
      `{ folder(id: "${elsewhere.folderId}") { documents(first: 2${after}) { totalCount } } }`,
    );
    expect(codes).toEqual(["BAD_USER_INPUT"]);
  });

  it("cost as many statements for fifty as for one, with folder, head, versions and content's author", async () => {
    const statements = async (documents: number) => {
      const { manager, folderId } = await world.manager();
      await world.db.transaction(async (tx) => {
        for (let i = 0; i < documents; i++) {
          const id = newId();
          await tx.query(
            "insert into documents.document (id, folder_id, title, kind, created_by) values ($1, $2, $3, 'TEXT', $4)",
            [id, folderId, `Note ${i}`, manager.userId],
          );
          await placeResource(tx, { id, parentId: folderId, kind: "DOCUMENT" });
          await world.history.create(tx, id);
        }
      });
      const before = world.db.statements;
      const { data, codes } = await world.ask<{ folder: { documents: List } }>(
        manager,
        `{ folder(id: "${folderId}") { documents(first: 50) { totalCount edges { node {
           id title kind version createdBy { id } folder { name parent { name } }
           versions(last: 1) { totalCount edges { node { number author { id } } } } } } } } }`,
      );
      expect(codes).toEqual([]);
      expect(data.folder.documents.edges).toHaveLength(documents);
      return world.db.statements - before;
    };
    const one = await statements(1);
    const fifty = await statements(50);
    expect(fifty).toBe(one);
    expect(fifty).toBeLessThanOrEqual(9);
  });

  it("of many folders cost one statement, each folder's page its own", async () => {
    const { manager, folderId } = await world.manager();
    for (const name of ["a", "b", "c"]) {
      const inner = await world.folder(manager, folderId, name);
      for (const n of [1, 2, 3]) await world.document(manager, inner, `${name}${n}`);
    }
    const before = world.db.statements;
    const { data } = await world.ask<{ folder: { folders: { edges: { node: { documents: List } }[] } } }>(
      manager,
      `{ folder(id: "${folderId}") { folders { edges { node { documents(first: 2) { totalCount pageInfo { hasNextPage } edges { node { title } } } } } } } }`,
    );
    expect(world.db.statements - before).toBeLessThanOrEqual(6);
    const lists = data.folder.folders.edges.map(({ node }) => node.documents);
    expect(lists.map(names)).toEqual([
      ["a1", "a2"],
      ["b1", "b2"],
      ["c1", "c2"],
    ]);
    expect(lists.every(({ totalCount, pageInfo }) => totalCount === 3 && pageInfo.hasNextPage)).toBe(true);
  });
});

describe("references from other subgraphs", () => {
  const entities =
    "query ($refs: [_Any!]!) { _entities(representations: $refs) { __typename ... on Document { id title version } ... on Folder { id name } ... on Version { documentId number } } }";

  it("resolve in one batch, those the caller may not see to null and without a refusal", async () => {
    const mine = await world.manager();
    const theirs = await world.manager();
    const visible = await world.document(mine.manager, mine.folderId, "Mine");
    const hidden = await world.document(theirs.manager, theirs.folderId, "Theirs");
    await world.type(visible, "x");
    await world.type(hidden, "x");
    const recorded = await world.count("audit.entry where outcome = 'DENIED'");
    const before = world.db.statements;
    const { data, codes } = await world.ask<{ _entities: unknown[] }>(mine.manager, entities, {
      refs: [
        { __typename: "Document", id: visible },
        { __typename: "Document", id: hidden },
        { __typename: "Document", id: mine.folderId },
        { __typename: "Document", id: "nonsense" },
        { __typename: "Folder", id: mine.folderId },
        { __typename: "Folder", id: theirs.folderId },
        { __typename: "Version", documentId: visible, number: 1 },
        { __typename: "Version", documentId: visible, number: 2 },
        { __typename: "Version", documentId: hidden, number: 1 },
      ],
    });
    expect(codes).toEqual([]);
    expect(data._entities).toEqual([
      { __typename: "Document", id: visible, title: "Mine", version: 1 },
      null,
      null,
      null,
      { __typename: "Folder", id: mine.folderId, name: expect.any(String) },
      null,
      { __typename: "Version", documentId: visible, number: 1 },
      null,
      null,
    ]);
    expect(world.db.statements - before).toBeLessThanOrEqual(8);
    expect(await world.count("audit.entry where outcome = 'DENIED'")).toBe(recorded);
    expect((await world.actions(visible)).filter((action) => action.endsWith(".listed"))).toEqual([
      "version.listed",
    ]);
  });

  it("resolve to null for nobody", async () => {
    const { folderId } = await world.manager();
    const { data } = await world.ask<{ _entities: unknown[] }>(null, entities, {
      refs: [{ __typename: "Folder", id: folderId }],
    });
    expect(data._entities).toEqual([null]);
  });
});
