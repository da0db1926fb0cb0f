import { setTimeout as delay } from "node:timers/promises";
import type { BusTransport } from "@onrecord/bus/bus";
import { NatsTransport } from "@onrecord/bus/nats-transport";
import { PostgresTransport } from "@onrecord/bus/postgres-transport";
import { findNats, startNats } from "@onrecord/bus/testing/nats";
import type { AppContext } from "@onrecord/context/context";
import { anySeed, Random } from "@onrecord/core/testing/random";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FaultyTransport } from "./faulty-bus.js";
import { startNode } from "./nodes.js";
import { startTyping } from "./typing.js";
import { readRecorded } from "./whole-history.js";

const NODES = 3;
const nats = findNats();

let context: TestContext;
let tokens: string[];
let users: string[];
beforeAll(async () => {
  context = await testContext();
  users = await Promise.all(["Ana", "Ben", "Eva"].map((name) => addPerson(context.db, { name })));
  tokens = await Promise.all(users.map(async (id) => (await signedIn(context.db, id)).token));
});
afterAll(() => context?.[Symbol.asyncDispose]());

/** Two people on each of three nodes type into one document; then everything must be the same everywhere, and be on the record once. */
async function typeEverywhere(makeTransport?: (context: AppContext, random: () => number) => BusTransport) {
  const chance = new Random(anySeed());
  const random = () => chance.next();
  await using opened = new AsyncDisposableStack();
  const documentId = await addDocument(context);
  for (const user of users) await addGrant(context, documentId, user, "EDIT");
  const editors: Editor[] = [];
  for (let n = 0; n < NODES; n++) {
    const node = opened.use(await startNode(context, makeTransport && ((own) => makeTransport(own, random))));
    for (const token of [tokens[n]!, tokens[(n + 1) % NODES]!])
      editors.push(opened.use(openEditor(node.url, documentId, token)));
  }
  await Promise.all(editors.map((editor) => editor.synced()));
  editors.forEach(({ provider }, index) => {
    provider.awareness.setLocalState({ cursor: index });
  });
  const typists = editors.map(({ text }, index) => startTyping(text, String(index), random, 25));
  await delay(3000);
  await Promise.all(typists.map((typist) => typist.stop()));

  const letters = typists.reduce((sum, typist) => sum + typist.letters, 0);
  await until(() => editors.every(({ text }) => text.length === letters), "every letter to be everywhere");
  await until(
    () => editors.every(({ provider }) => provider.awareness.getStates().size === editors.length),
    "everyone to see everyone",
  );
  const recorded = await readRecorded(context, documentId);
  for (const { text } of editors) expect(text.toString()).toBe(recorded.text);
  expect(recorded.version).toBe(typists.reduce((sum, typist) => sum + typist.changes, 0));
  const refused = await context.db.query(
    "select from audit.entry where object_id = $1 and outcome <> 'ALLOWED'",
    [documentId],
  );
  expect(refused).toHaveLength(0);
}

describe("three nodes that take the same document's edits", () => {
  it("have one version and one entry for each, none lost and none twice", () => typeEverywhere());

  it("agree although the bus loses, repeats, delays and reorders", async () => {
    const lines: FaultyTransport[] = [];
    await typeEverywhere((own, random) => {
      const line = new FaultyTransport(new PostgresTransport(own.db, own.log), random);
      lines.push(line);
      return line;
    });
    for (const { counts } of lines)
      for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0);
  });

  it("agree over NATS, also when that is faulty", async (test) => {
    if (!nats) return test.skip("no nats-server on this machine: nodes over NATS are NOT tested");
    await using server = await startNats(nats);
    await typeEverywhere((own) => new NatsTransport(server.url, own.log));
    await typeEverywhere(
      (own, random) => new FaultyTransport(new NatsTransport(server.url, own.log), random),
    );
  });
});
