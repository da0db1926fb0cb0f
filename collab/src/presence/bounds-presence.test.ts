import { awarenessFrame } from "@onrecord/collab-protocol/protocol";
import { until } from "@onrecord/testing/editor";
import * as encoding from "lib0/encoding";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BoundedNode } from "../testing/bounded-node.js";

let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({
    ONRECORD_MAX_AWARENESS_BYTES: "2000",
    ONRECORD_MAX_AWARENESS_CLIENTS: "4",
    ONRECORD_MAX_DOCUMENT_AWARENESS_BYTES: "9000",
  });
});
afterEach(() => node.leave());
afterAll(() => node?.[Symbol.asyncDispose]());

/** An awareness message of these states: clientID, clock, JSON. */
function states(...entries: readonly (readonly [number, number, string])[]): Uint8Array {
  return awarenessFrame(
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, entries.length);
      for (const [clientId, clock, json] of entries) {
        encoding.writeVarUint(encoder, clientId);
        encoding.writeVarUint(encoder, clock);
        encoding.writeVarString(encoder, json);
      }
    }),
  );
}

/** A state whose JSON has so many bytes. */
const sized = (bytes: number) => JSON.stringify({ c: "c".repeat(bytes - 8) });

describe("presence", () => {
  it.each<[string, Uint8Array, string]>([
    ["a state too large", states([7, 1, sized(2001)]), "a presence state is too large"],
    // 900 characters of three bytes each.
    [
      "one that is large in bytes",
      states([7, 1, JSON.stringify({ c: "本".repeat(900) })]),
      "a presence state is too large",
    ],
    [
      "a state too many",
      states(...[1, 2, 3, 4, 5].map((id) => [id, 1, "{}"] as const)),
      "too many presence states on one connection",
    ],
  ])("of %s ends in 4400 for its sender, and is shown to nobody", async (_what, frame, reason) => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const { socket, closed } = await node.raw(documentId);
    socket.send(frame);
    expect(await closed).toEqual({ code: 4400, reason });
    expect(await node.entries(documentId, "document.edit-refused")).toHaveLength(1);
    await neighbours.noticedNothing();
    const { awareness } = neighbours.pairs[0]![0].provider;
    await until(() => [1, 2, 3, 4, 7].every((id) => !awareness.getStates().has(id)), "no trace of it");
  });

  it("of which removed states of nobody are made leaves nothing behind", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const { socket } = await node.raw(documentId);
    socket.send(states(...Array.from({ length: 20_000 }, (_, i) => [i + 1, 1, "null"] as const)));
    socket.send(states([500_000, 1, "{}"]));
    const { awareness } = neighbours.pairs[0]![0].provider;
    await until(() => awareness.getStates().has(500_000), "the one that is there");
    expect(awareness.meta.has(17)).toBe(false);
    await neighbours.noticedNothing();
  });

  it("of all together is bounded: what is past it is not shown, on the record once, and its sender writes on", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const { awareness } = neighbours.pairs[0]![0].provider;
    const crowd = await node.raw(documentId);
    crowd.socket.send(states(...[1, 2, 3, 4].map((id) => [id, 1, sized(2000)] as const)));
    await until(() => awareness.getStates().has(4), "the crowd");
    const late = node.edit(documentId, node.eve);
    await late.synced();
    const cursor = (text: string) => late.provider.awareness.setLocalState({ cursor: text });
    cursor("a".repeat(1500));
    await until(
      async () => (await node.entries(documentId, "presence.crowded-out")).length === 1,
      "the refusal on the record",
    );
    expect((await node.entries(documentId, "presence.crowded-out"))[0]?.detail).toEqual({
      clientId: late.doc.clientID,
    });
    late.text.insert(0, "still writes");
    await until(() => neighbours.pairs[0]![0].text.toString().includes("still writes"), "its text");
    expect(awareness.getStates().has(late.doc.clientID)).toBe(false);
    cursor("b".repeat(1500));
    // Once the crowd has gone there is room again.
    crowd.socket.close();
    await until(() => !awareness.getStates().has(4), "the crowd to leave");
    cursor("c".repeat(1500));
    await until(() => awareness.getStates().has(late.doc.clientID), "the one who came late");
    expect(await node.entries(documentId, "presence.crowded-out")).toHaveLength(1);
    await neighbours.noticedNothing();
  });

  it("that changes all the time is sent on in ticks", async () => {
    const documentId = await node.document();
    const neighbours = await node.neighbours(documentId);
    const { awareness } = neighbours.pairs[0]![0].provider;
    let updates = 0;
    awareness.on("update", () => updates++);
    const { socket } = await node.raw(documentId);
    for (let clock = 1; clock <= 100; clock++) socket.send(states([9, clock, JSON.stringify({ clock })]));
    await until(() => awareness.getStates().get(9)?.clock === 100, "the last state");
    expect(updates).toBeLessThan(60);
    await neighbours.noticedNothing();
  });
});

describe("a stock client that only looks on", () => {
  it("is kept fed, and gives up neither its socket nor a colleague whose tab is hidden", async () => {
    const documentId = await node.document();
    const editor = node.edit(documentId, node.ben);
    const asleep = node.edit(documentId, node.eve);
    await Promise.all([editor.synced(), asleep.synced()]);
    let losses = 0;
    editor.provider.on("connection-close", () => losses++);
    // A tab that is hidden, whose timers the browser holds back.
    const { awareness } = asleep.provider;
    clearInterval(Reflect.get(awareness, "_checkInterval"));
    awareness.setLocalState({ note: "here all the time" });
    const seen = editor.provider.awareness;
    await until(() => seen.getStates().has(awareness.clientID), "the hidden tab");
    let removals = 0;
    seen.on("change", ({ removed }: { removed: number[] }) => {
      removals += removed.length;
    });
    // The client's own watchdog drops a socket on which nothing came for 30 seconds.
    await new Promise((resolve) => setTimeout(resolve, 34_000));
    expect([losses, editor.provider.wsconnected]).toEqual([0, true]);
    // So is what it knows of others, though they say nothing.
    expect([removals, seen.getStates().get(awareness.clientID)]).toEqual([0, { note: "here all the time" }]);
  });
});
