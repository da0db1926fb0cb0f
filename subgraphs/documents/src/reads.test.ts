import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import type { Principal } from "@onrecord/policy/principal";
import { Database } from "@onrecord/postgres/database";
import { callerOf, follow } from "@onrecord/testing/database";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { World } from "./testing/world.js";

let world: World;
let manager: Principal;
let reader: Principal;
let folderId: string;
let id: string;

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world?.[Symbol.asyncDispose]());
beforeEach(async () => {
  ({ manager, folderId } = await world.manager());
  reader = await world.person();
  id = await world.document(manager, folderId, "Harbour");
  await world.type(id, "x");
  await world.grant(folderId, reader.userId, "VIEW");
});

/** What the reader has read, by the record. */
const read = async (objectId = id) =>
  (await world.entries(objectId))
    .filter(({ actor_id }) => actor_id === reader.userId)
    .map(({ action }) => action);

describe("what is told of a document", () => {
  it.each([
    [
      "its title in a list",
      (f: string) => `{ folder(id: "${f}") { documents { edges { node { title } } } } }`,
    ],
    ["its title by its id", (_: string, d: string) => `{ document(id: "${d}") { title } }`],
    ["its head", (_: string, d: string) => `{ document(id: "${d}") { version } }`],
    ["who made it", (_: string, d: string) => `{ document(id: "${d}") { createdBy { id } } }`],
    ["under another name", (_: string, d: string) => `{ _entities: document(id: "${d}") { id: title } }`],
  ])("%s, is on the record as read", async (_name, query) => {
    const { codes } = await world.ask(reader, query(folderId, id));
    expect(codes).toEqual([]);
    expect(await read()).toEqual(["document.listed"]);
  });

  it.each([
    ["versions(last: 5) { edges { node { at } } }"],
    ["versions { totalCount }"],
    ["versionAt(number: 1) { at }"],
    ["namedVersions { name }"],
  ])("as %s, is on the record as its versions", async (field) => {
    const { codes } = await world.ask(reader, `{ document(id: "${id}") { ${field} } }`);
    expect(codes).toEqual([]);
    expect(await read()).toEqual(["version.listed"]);
  });

  it("is nothing where only ids are asked for, or how many there are", async () => {
    await world.ask(
      reader,
      `{ folder(id: "${folderId}") { documents { totalCount edges { node { id } } } } }`,
    );
    expect(await read()).toEqual([]);
  });

  it("is on the record once for a page that asks again and again, and once for each other reader", async () => {
    const list = `{ folder(id: "${folderId}") { name documents { edges { node { title kind version } } } } }`;
    for (let n = 0; n < 5; n++) await world.ask(reader, list);
    expect(await read()).toEqual(["document.listed"]);
    expect(await read(folderId)).toEqual(["folder.listed"]);
    await world.ask(manager, list);
    expect(await read()).toEqual(["document.listed"]);
    expect((await world.actions(id)).filter((action) => action === "document.listed")).toHaveLength(2);
  });

  it("is not told when it cannot be put on the record", async () => {
    await using owner = new Database(world.context.env.DATABASE_ADMIN_URL, {
      log: createLogger("silent"),
      max: 1,
    });
    await owner.query("revoke execute on function audit.sit from onrecord_documents");
    try {
      const { data, codes } = await world.ask<{ document: null }>(
        reader,
        `{ document(id: "${id}") { title } }`,
      );
      expect(data.document).toBeNull();
      expect(codes).toEqual(["INTERNAL"]);
    } finally {
      await owner.query("grant execute on function audit.sit to onrecord_documents");
    }
  });

  it("is on the record when its versions are followed", async () => {
    const stream = await follow(
      world.subgraph,
      callerOf(reader),
      "subscription ($id: ID!) { documentChanged(documentId: $id) { number } }",
      { id },
    );
    expect(await read()).toEqual(["document.followed"]);
    await stream.return();
  });
});

describe("a refusal", () => {
  const denied = (actorId: string | null) =>
    world.db.query<{ object_id: string | null; detail: unknown }>(
      "select object_kind, object_id, detail from audit.entry where action = 'access.denied' and actor_id is not distinct from $1 order by id",
      [actorId],
    );

  it("of an id that is none is on the record, without its words", async () => {
    const { codes } = await world.ask(reader, `{ document(id: "no id; it says anything") { title } }`);
    expect(codes).toEqual(["NOT_FOUND"]);
    expect(await denied(reader.userId)).toEqual([
      { object_kind: "DOCUMENT", object_id: null, detail: { permission: "view", reasons: ["malformed-id"] } },
    ]);
  });

  it("of an id of another kind of thing, or of nothing, is on the record", async () => {
    await world.ask(reader, `{ document(id: "${folderId}") { title } }`);
    const nothing = newId();
    await world.ask(reader, `{ folder(id: "${nothing}") { name } }`);
    expect(await denied(reader.userId)).toEqual([
      { object_kind: null, object_id: null, detail: { permission: "document", reasons: ["unknown"] } },
      { object_kind: "FOLDER", object_id: nothing, detail: { permission: "view", reasons: ["unknown"] } },
    ]);
  });

  it("of the folder of a document that is seen alone is on the record, once", async () => {
    const guest = await world.person({ kind: "GUEST" });
    const second = await world.document(manager, folderId, "Second");
    for (const one of [id, second]) await world.grant(one, guest.userId, "VIEW");
    const { codes } = await world.ask(
      guest,
      `{ a: document(id: "${id}") { folder { name } } b: document(id: "${second}") { folder { name } } }`,
    );
    expect(codes).toEqual(["NOT_FOUND", "NOT_FOUND"]);
    const entries = await world.entries(folderId);
    expect(entries.filter(({ actor_id }) => actor_id === guest.userId)).toEqual([
      { action: "folder.withheld", outcome: "DENIED", actor_id: guest.userId, detail: {} },
    ]);
    expect(await denied(guest.userId)).toEqual([]);
  });

  it("of somebody who is not signed in is on the record with what they asked for, and not with their words", async () => {
    const before = (await denied(null)).length;
    const { codes } = await world.ask(
      null,
      `{ itsMine: document(id: "${id}") { title } folders { totalCount } }`,
    );
    expect(codes).toEqual(["UNAUTHENTICATED", "UNAUTHENTICATED"]);
    expect((await denied(null)).slice(before).map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([
        { permission: "document", reasons: ["unauthenticated"] },
        { permission: "folders", reasons: ["unauthenticated"] },
      ]),
    );
    expect(await denied(null)).toHaveLength(before + 2);
  });
});
