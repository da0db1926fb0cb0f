import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Server } from "./server.js";

/** How often the server is killed while three people type. */
const KILLS = 5;

let server: Server;
const editors: Editor[] = [];

beforeAll(async () => {
  server = await Server.create();
  await server.start();
});

afterAll(async () => {
  for (const editor of editors) editor[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
});

describe("a server that is killed while people type", () => {
  it("still has every change that anyone had received, and loses nothing that was typed", async () => {
    const people = ["analyst1", "analyst2", "analyst3"];
    const tokens = await Promise.all(people.map((person) => server.signIn(person)));
    const documentId = await server.createText(tokens[0]!, "Killed while typing");
    editors.push(...tokens.map((token) => openEditor(server.url, documentId, token)));
    await Promise.all(editors.map((editor) => editor.synced()));
    const words: string[] = [];
    let typing = true;
    const typists = editors.map(async ({ text }, person) => {
      for (let n = 0; typing; n++) {
        const word = `<${person}.${n}>`;
        text.insert(Math.floor(Math.random() * text.length), word);
        words.push(word);
        await new Promise((resolve) => setTimeout(resolve, 3 + Math.random() * 12));
      }
    });
    for (let kill = 0; kill < KILLS; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 600));
      await server.stop("SIGKILL");
      // What a client received from others at that moment was durable, or it would not have been told.
      const received = editors.map((editor) => foreign(editor));
      await server.start();
      const stored = await server.ask<{ document: { content: string } }>(
        "query ($id: ID!) { document(id: $id) { content } }",
        { id: documentId },
        tokens[0],
      );
      for (const [index, clocks] of received.entries()) {
        const there = await storedClocks(documentId, tokens[0]!);
        for (const [client, clock] of clocks)
          expect(there.get(client) ?? 0, `client ${index} after kill ${kill}`).toBeGreaterThanOrEqual(clock);
      }
      expect(stored.document.content.length).toBeGreaterThan(0);
    }
    typing = false;
    await Promise.all(typists);
    await until(() => editors.every(({ provider }) => provider.synced), "everyone to be back");
    await until(
      () => new Set(editors.map(({ text }) => text.toString())).size === 1 && inOrder(words, editors[0]!),
      "everyone to agree",
    );
    const { document } = await server.ask<{ document: { content: string; version: number } }>(
      "query ($id: ID!) { document(id: $id) { content version } }",
      { id: documentId },
      tokens[0],
    );
    expect(document.content).toBe(editors[0]!.text.toString());
    expect(words.length).toBeGreaterThan(50);
  }, 240_000);
});

/** The clocks of other people's changes that an editor has received. */
function foreign({ doc }: Editor): Map<number, number> {
  const own = doc.clientID;
  return new Map(
    [...doc.store.clients.keys()]
      .filter((client) => client !== own)
      .map((client) => [client, lastClock(doc, client)]),
  );
}

function lastClock(doc: Editor["doc"], client: number): number {
  const last = doc.store.clients.get(client)?.at(-1);
  return last ? last.id.clock + last.length : 0;
}

/** The clocks that the restarted server has, as a newcomer is told them. */
async function storedClocks(documentId: string, token: string): Promise<Map<number, number>> {
  using newcomer = openEditor(server.url, documentId, token);
  await newcomer.synced();
  return new Map(
    [...newcomer.doc.store.clients.keys()].map((client) => [client, lastClock(newcomer.doc, client)]),
  );
}

/** Whether every typed word is there; a word may be cut by another typed into its middle, but none of its letters may be lost. */
function inOrder(words: readonly string[], { text }: Editor): boolean {
  return text.length === words.reduce((sum, word) => sum + word.length, 0);
}
