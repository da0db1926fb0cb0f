import { newId } from "@onrecord/core/ids";
import { bySystem } from "@onrecord/ledger/ledger";
import { unitOfWork } from "@onrecord/postgres/orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDemoDocuments, type DemoDocuments } from "./demo.js";
import { openDocumentsOrm } from "./orm.js";
import { World } from "./testing/world.js";

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world[Symbol.asyncDispose]());

it("makes the demo firm's papers, each readable by whom it is meant for, all or none of them", async () => {
  const manager = await world.person({ roles: ["manager"] });
  await using orm = await openDocumentsOrm(world.context);
  const make = (fail: boolean) =>
    world.ledger.transaction(bySystem(newId()), async (tx) => {
      const em = unitOfWork(orm.em(), tx);
      const made = await createDemoDocuments(tx, em, world, { manager: manager.userId });
      if (fail) throw new Error("stopped half-way");
      return made;
    });
  await expect(make(true)).rejects.toThrow("half-way");
  expect(await world.count("documents.document")).toBe(0);
  const made: DemoDocuments = await make(false);

  const trader = await world.person({ roles: ["trader"] });
  await world.grant(made.settlement, trader.userId, "VIEW");
  const { data } = await world.ask(
    trader,
    `{ folders { edges { node { name } } } document(id: "${made.settlementPaper}") { kind version content } }`,
  );
  expect(data).toEqual({
    folders: { edges: [{ node: { name: "Settlement" } }] },
    document: { kind: "FILING", version: 1, content: expect.stringContaining("HK$48,600,000.00") },
  });

  await world.grant(made.project, manager.userId, "MANAGE");
  await world.grant(made.riskReview, manager.userId, "MANAGE");
  for (const [id, words] of [
    [made.announcement, "Ferrymans Cold Chain"],
    [made.workingNote, "trading halt"],
    [made.questions, "external counsel"],
    [made.reviewNote, "risk control"],
  ] as const) {
    const { data } = await world.ask<{ document: { content: string } }>(
      manager,
      `{ document(id: "${id}") { content versions { edges { node { author { id } } } } } }`,
    );
    expect(data.document.content).toContain(words);
    expect(data.document).toMatchObject({ versions: { edges: [{ node: { author: null } }] } });
  }
  const [labels] = await world.db.query("select labels from permissions.resource where id = $1", [
    made.riskReview,
  ]);
  expect(labels).toEqual({ labels: ["RC-Review"] });
});
