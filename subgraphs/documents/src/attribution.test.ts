import type { Principal } from "@onrecord/policy/principal";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World } from "./testing/world.js";

let world: World;
let manager: Principal;
let analyst: Principal;
let folderId: string;
let id: string;
beforeAll(async () => {
  world = await World.open({ ONRECORD_MAX_REPLAYED_VERSIONS: "5", ONRECORD_MAX_DIFF_PIECES: "4" });
  ({ manager, folderId } = await world.manager());
  analyst = await world.person();
  await world.grant(folderId, analyst.userId, "VIEW");
  id = await world.document(manager, folderId);
  await world.type(id, "one", manager.userId);
  await world.type(id, " two", analyst.userId);
  await world.type(id, " three", manager.userId);
  await world.type(id, " four");
});
afterAll(() => world[Symbol.asyncDispose]());

const origins = "origins { standing author { id } carrier { id } }";
const diff = (args: string, documentId = id) =>
  `{ document(id: "${documentId}") { diff(${args}) { from to ${origins} roots } } }`;
const attribution = (args: string) =>
  `{ document(id: "${id}") { attribution${args} { version ${origins} roots } } }`;

interface Told {
  origins: { standing: string; author: { id: string } | null; carrier: { id: string } | null }[];
  roots: { name: string; node: { type: string; children: Record<string, unknown>[] } }[];
}

describe("the difference of two versions", () => {
  it("tells what was inserted, by whom and when, and that both versions were read", async () => {
    const { data, codes } = await world.ask<{ document: { diff: Told & { from: number; to: number } } }>(
      analyst,
      diff("from: 1, to: 3"),
    );
    expect(codes).toEqual([]);
    const { from, to, roots, origins } = data.document.diff;
    expect([from, to]).toEqual([1, 3]);
    const at = [expect.any(String), expect.any(String)];
    expect(roots).toEqual([
      {
        name: "content",
        node: {
          type: "text",
          entries: [],
          children: [
            { change: "same", text: "one", inserted: { by: 0, versions: [1, 1], at } },
            { change: "inserted", text: " two", inserted: { by: 1, versions: [2, 2], at } },
            { change: "inserted", text: " three", inserted: { by: 0, versions: [3, 3], at } },
          ],
        },
      },
    ]);
    const proven = ({ userId }: Principal) => ({
      standing: "PROVEN",
      author: { id: userId },
      carrier: { id: userId },
    });
    expect(origins).toEqual([proven(manager), proven(analyst)]);
    const opened = (await world.entries(id)).filter(({ action }) => action === "document.opened");
    expect(opened.map(({ actor_id, detail }) => [actor_id, detail.version])).toEqual([
      [analyst.userId, 1],
      [analyst.userId, 3],
    ]);
  });

  it("of versions that are not there, or the wrong way round, is a fault of the request", async () => {
    for (const args of ["from: 0, to: 5", "from: -1, to: 1", "from: 2, to: 1"]) {
      const { codes } = await world.ask(manager, diff(args));
      expect([args, codes]).toEqual([args, ["BAD_USER_INPUT"]]);
    }
  });

  it("passes the decision point: a stranger knows of nothing, and the refusal is on the record", async () => {
    const stranger = await world.person();
    for (const text of [diff("from: 0, to: 1"), attribution("")]) {
      const { codes } = await world.ask(stranger, text);
      expect(codes).toEqual(["NOT_FOUND"]);
    }
    const denied = (await world.entries(id)).filter(({ outcome }) => outcome === "DENIED");
    expect(denied.map(({ actor_id }) => actor_id)).toEqual([stranger.userId, stranger.userId]);
  });

  it("is refused where one request asks for too many, or where there is too much to tell", async () => {
    const many = Array.from({ length: 5 }, (_, n) => `d${n}: diff(from: 0, to: 1) { to }`).join(" ");
    const { codes } = await world.ask(manager, `{ document(id: "${id}") { ${many} } }`);
    expect(codes).toEqual(["BAD_USER_INPUT"]);
    const long = await world.document(manager, folderId);
    for (let n = 0; n < 6; n++) await world.type(long, `${n}`, n % 2 ? manager.userId : analyst.userId);
    expect((await world.ask(manager, diff("from: 0, to: 6", long))).codes).toEqual(["BAD_USER_INPUT"]);
    expect((await world.ask(manager, diff("from: 0, to: 4", long))).codes).toEqual([]);
  });
});

describe("attribution", () => {
  it("tells who wrote each run of the head or of a version, Onrecord's own too", async () => {
    const { data, codes } = await world.ask<{ document: { attribution: Told & { version: number } } }>(
      manager,
      attribution(""),
    );
    expect(codes).toEqual([]);
    const { version, roots, origins } = data.document.attribution;
    expect(version).toBe(4);
    const runs = roots[0]!.node.children.map(({ text, inserted }) => [
      text,
      origins[(inserted as { by: number }).by]?.author?.id ?? null,
    ]);
    expect(runs).toEqual([
      ["one", manager.userId],
      [" two", analyst.userId],
      [" three", manager.userId],
      [" four", null],
    ]);
    expect(origins.at(-1)).toEqual({ standing: "SYSTEM", author: null, carrier: null });
    const second = await world.ask<{ document: { attribution: Told } }>(manager, attribution("(version: 1)"));
    expect(second.data.document.attribution.roots[0]?.node.children).toMatchObject([{ text: "one" }]);
  });

  it("tells what was deleted since a version, and is refused over too many", async () => {
    const doc = await world.document(manager, folderId);
    await world.type(doc, "kept", manager.userId);
    await world.type(doc, " gone", analyst.userId);
    const restore = `mutation { restoreVersion(input: { documentId: "${doc}", version: 1 }) { version } }`;
    expect((await world.ask(manager, restore)).codes).toEqual([]);
    const { data } = await world.ask<{ document: { attribution: Told } }>(
      manager,
      `{ document(id: "${doc}") { attribution(deletedSince: 0) { ${origins} roots } } }`,
    );
    const { roots, origins: by } = data.document.attribution;
    expect(roots[0]?.node.children).toMatchObject([
      { text: "kept", change: "same" },
      { text: " gone", change: "deleted", deleted: { versions: [3, 3] } },
    ]);
    const { deleted } = roots[0]!.node.children[1] as { deleted: { by: number } };
    expect(by[deleted.by]?.author?.id).toBe(manager.userId);
    for (let n = 0; n < 4; n++) await world.type(doc, "!", manager.userId);
    const late = await world.ask(
      manager,
      `{ document(id: "${doc}") { attribution(deletedSince: 0) { version } } }`,
    );
    expect(late.codes).toEqual(["BAD_USER_INPUT"]);
    expect(late.errors[0]?.message).toContain("from version 2 on");
  });
});
