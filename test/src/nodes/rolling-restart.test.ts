import { setTimeout as delay } from "node:timers/promises";
import { anySeed, Random } from "@onrecord/core/testing/random";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NodeProcess } from "./node-process.js";
import { openRoaming } from "./roaming-editor.js";
import { startTyping } from "./typing.js";
import { readRecorded } from "./whole-history.js";

const NODES = 3;

let context: TestContext;
let tokens: string[];
let documents: string[];
beforeAll(async () => {
  context = await testContext();
  documents = [await addDocument(context), await addDocument(context)];
  const users = await Promise.all(["Ana", "Ben", "Eva"].map((name) => addPerson(context.db, { name })));
  for (const user of users) for (const id of documents) await addGrant(context, id, user, "EDIT");
  tokens = await Promise.all(users.map(async (id) => (await signedIn(context.db, id)).token));
});
afterAll(() => context?.[Symbol.asyncDispose]());

describe("a rolling restart while people type", () => {
  it("loses nothing, sends everyone away with 1012, and ends each node in order", {
    timeout: 300_000,
  }, async () => {
    const chance = new Random(anySeed());
    const random = () => chance.next();
    await using opened = new AsyncDisposableStack();
    const nodes = await Promise.all(
      Array.from({ length: NODES }, async () => opened.use(await NodeProcess.start(context))),
    );
    const urls = nodes.map(({ url }) => url);
    const desks = documents.map((documentId) => {
      const editors = Array.from({ length: NODES }, (_, n) =>
        opened.use(openRoaming(urls, documentId, tokens[n]!, n)),
      );
      return { documentId, editors };
    });
    const everyone = desks.flatMap(({ editors }) => editors);
    await until(() => everyone.every(({ provider }) => provider.synced), "everyone to be there");
    const teams = desks.map(({ documentId, editors }) => ({
      documentId,
      editors,
      typists: editors.map(({ text }, n) => startTyping(text, String(n), random, 60)),
    }));
    for (const node of nodes) {
      await delay(300 + random() * 1000);
      expect(await node.stop("SIGTERM")).toBe(0);
      await node.restart();
    }
    await Promise.all(teams.flatMap(({ typists }) => typists.map((typist) => typist.stop())));

    for (const { documentId, editors, typists } of teams) {
      const letters = typists.reduce((sum, typist) => sum + typist.letters, 0);
      await until(
        () => editors.every(({ text, provider }) => provider.synced && text.length === letters),
        "every letter to be everywhere",
      );
      const recorded = await readRecorded(context, documentId);
      for (const { text, durable, closes } of editors) {
        expect(text.toString()).toBe(recorded.text);
        expect(new Set(closes)).toEqual(new Set([1012]));
        for (const [client, clock] of durable)
          expect(recorded.clocks.get(client) ?? 0).toBeGreaterThanOrEqual(clock);
      }
    }
  });
});
