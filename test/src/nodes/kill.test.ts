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
let documentId: string;
beforeAll(async () => {
  context = await testContext();
  documentId = await addDocument(context);
  const users = await Promise.all(["Ana", "Ben", "Eva"].map((name) => addPerson(context.db, { name })));
  for (const user of users) await addGrant(context, documentId, user, "EDIT");
  tokens = await Promise.all(users.map(async (id) => (await signedIn(context.db, id)).token));
});
afterAll(() => context?.[Symbol.asyncDispose]());

describe("nodes that are killed while people type", () => {
  it("lose nothing that was acknowledged, and their people go on at another node", {
    timeout: 300_000,
  }, async () => {
    const chance = new Random(anySeed());
    const random = () => chance.next();
    await using opened = new AsyncDisposableStack();
    const nodes = await Promise.all(
      Array.from({ length: NODES }, async () => opened.use(await NodeProcess.start(context))),
    );
    const urls = nodes.map(({ url }) => url);
    const editors = Array.from({ length: 2 * NODES }, (_, n) =>
      opened.use(openRoaming(urls, documentId, tokens[n % tokens.length]!, n % NODES)),
    );
    await until(() => editors.every(({ provider }) => provider.synced), "everyone to be there");
    const typists = editors.map(({ text }, n) => startTyping(text, String(n), random, 60));
    for (const node of nodes) {
      await delay(500 + random() * 1000);
      await node.stop("SIGKILL");
      // What anyone was told is durable is in the table now, whatever happens to the clients.
      const told = editors.map(({ durable }) => new Map(durable));
      const { clocks } = await readRecorded(context, documentId);
      for (const [index, durable] of told.entries())
        for (const [client, clock] of durable)
          expect(clocks.get(client) ?? 0, `told to editor ${index}`).toBeGreaterThanOrEqual(clock);
      await delay(300);
      await node.restart();
    }
    await Promise.all(typists.map((typist) => typist.stop()));

    const letters = typists.reduce((sum, typist) => sum + typist.letters, 0);
    await until(
      () => editors.every(({ text, provider }) => provider.synced && text.length === letters),
      "every letter to be everywhere",
    );
    const recorded = await readRecorded(context, documentId);
    for (const { text, durable, closes } of editors) {
      expect(text.toString()).toBe(recorded.text);
      expect(durable.size).toBeGreaterThan(0);
      expect(new Set(closes)).toEqual(new Set([1006]));
    }
  });
});
