import type { Principal } from "@onrecord/policy/principal";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World } from "./testing/world.js";

let world: World;
let manager: Principal;
let folderId: string;

beforeAll(async () => {
  world = await World.open();
  ({ manager, folderId } = await world.manager());
});
afterAll(() => world?.[Symbol.asyncDispose]());

const SHRED = `mutation ($input: ShredDocumentInput!) {
  shredDocument(input: $input) { id title version shreddedAt versions(last: 1) { totalCount edges { node { number } } } }
}`;

/** A document of two versions, and somebody of this role who may manage it. */
async function document(roles: string[], title = "Side letter") {
  const id = await world.document(manager, folderId, title);
  await world.type(id, "one ", manager.userId);
  await world.type(id, "two", manager.userId);
  const person = await world.person({ roles });
  await world.grant(id, person.userId, "MANAGE");
  const shred = (who: Principal = person, confirmTitle = title) =>
    world.ask<{ shredDocument: { version: number; shreddedAt: string } }>(who, SHRED, {
      input: { documentId: id, confirmTitle },
    });
  return { id, person, shred };
}

describe("shredDocument", () => {
  it.each(["admin", "compliance"])(
    "destroys for %s: the text is GONE, versions and trail remain",
    async (role) => {
      const { id, person, shred } = await document([role]);
      const ticket = await world.ask<{ download: { url: string } }>(
        person,
        `mutation { download(input: { documentId: "${id}", format: TEXT }) { url } }`,
      );
      expect(ticket.codes).toEqual([]);
      const before = (await world.actions(id)).length;
      const { data, codes } = await shred();
      expect(codes).toEqual([]);
      expect(data.shredDocument).toMatchObject({
        version: 2,
        versions: { totalCount: 2, edges: [{ node: { number: 2 } }] },
      });
      const { shreddedAt } = data.shredDocument;
      expect((await world.entries(id)).slice(before)).toMatchObject([
        { action: "document.shredded", outcome: "ALLOWED", actor_id: person.userId, detail: { version: 2 } },
      ]);
      for (const question of [
        `{ document(id: "${id}") { content } }`,
        `{ document(id: "${id}") { content(version: 1, format: HTML) } }`,
        `mutation { restoreVersion(input: { documentId: "${id}", version: 1 }) { id } }`,
        `mutation { download(input: { documentId: "${id}", format: TEXT }) { url } }`,
      ]) {
        const { codes, errors } = await world.ask(person, question);
        expect([question, codes]).toEqual([question, ["GONE"]]);
        expect(errors[0]?.message).toContain(shreddedAt);
      }
      const lists = await world.ask<{
        folder: { documents: { totalCount: number; edges: { node: { id: string } }[] } };
      }>(
        manager,
        `{ folder(id: "${folderId}") { documents(first: 100) { totalCount edges { node { id } } } } }`,
      );
      const listed = lists.data.folder.documents;
      expect(listed.edges.map(({ node }) => node.id)).not.toContain(id);
      expect(listed.totalCount).toBe(listed.edges.length);
      const again = await shred();
      expect(again.codes).toEqual(["GONE"]);
      const kept = await world.ask<{ document: object }>(
        person,
        `{ document(id: "${id}") { title version shreddedAt versions { edges { node { number bytes author { id } } } } } }`,
      );
      expect(kept.data.document).toMatchObject({
        title: "Side letter",
        version: 2,
        shreddedAt,
        versions: {
          edges: [{ node: { number: 1, author: { id: manager.userId } } }, { node: { number: 2 } }],
        },
      });
    },
  );

  it("is for nobody else, however much they may: refused with reasons, on the record, and nothing is destroyed", async () => {
    const { id, person: analyst, shred } = await document(["analyst"]);
    const viewer = await world.person({ roles: ["compliance"] });
    await world.grant(id, viewer.userId, "EDIT");
    const risk = await world.person({ roles: ["risk", "admin"] });
    await world.grant(id, risk.userId, "MANAGE");
    const guest = await world.person({ roles: ["admin"], kind: "GUEST" });
    await world.grant(id, guest.userId, "MANAGE");
    const cases: [Principal, string][] = [
      [analyst, "destroyers"],
      [viewer, "level"],
      [risk, "risk-reads-only"],
      [guest, "destroyers"],
    ];
    for (const [who, reason] of cases) {
      const { codes, errors } = await shred(who);
      expect([reason, codes]).toEqual([reason, ["FORBIDDEN"]]);
      expect(errors[0]?.extensions.reasons).toContainEqual(expect.objectContaining({ id: reason }));
      expect((await world.entries(id)).at(-1)).toMatchObject({
        action: "access.denied",
        actor_id: who.userId,
        detail: { permission: "shred" },
      });
    }
    expect((await shred(await world.person({ roles: ["admin"] }))).codes).toEqual(["NOT_FOUND"]);
    expect((await world.history.load(id)).version).toBe(2);
  });

  it("asks for the document's own title", async () => {
    const { id, shred, person } = await document(["admin"]);
    for (const title of ["side letter", "", "Side letter "])
      expect((await shred(person, title)).codes).toEqual(["BAD_USER_INPUT"]);
    expect((await world.history.load(id)).version).toBe(2);
  });

  it("is not done on a right that ended meanwhile", async () => {
    const { id, person, shred } = await document(["admin"]);
    const gate = world.db.dedicated("gate");
    await gate.connect();
    await gate.query("begin");
    await gate.query(
      "update permissions.grant set revoked_at = now() where resource_id = $1 and principal_id = $2",
      [id, person.userId],
    );
    await gate.query("select permissions.bump_revision()");
    const shredding = shred();
    await expect
      .poll(
        async () =>
          (
            await world.db.query(
              "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like '%advisory_xact_lock_shared%'",
            )
          ).length,
        { timeout: 30_000 },
      )
      .toBe(1);
    await gate.query("commit");
    await gate.end();
    expect((await shredding).codes).toEqual(["FORBIDDEN"]);
    expect((await world.history.load(id)).version).toBe(2);
  });
});
