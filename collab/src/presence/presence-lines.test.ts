import { closeCode } from "@onrecord/collab-protocol/protocol";
import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BoundedNode } from "../testing/bounded-node.js";
import { StuckLine } from "../testing/stuck-line.js";

let node: BoundedNode;

beforeAll(async () => {
  node = await BoundedNode.open({});
});
afterEach(() => node.leave());
afterAll(() => node?.[Symbol.asyncDispose]());

const awarenessOf = (editor: Editor) => editor.provider.awareness;
/** What `viewer` is shown of the state of `owner`. */
const shown = (viewer: Editor, owner: Editor) => awarenessOf(viewer).getStates().get(owner.doc.clientID);
const clockOf = (viewer: Editor, owner: Editor) => awarenessOf(viewer).meta.get(owner.doc.clientID)!.clock;
/** Ends the timer with which a client renews its state and drops those of others: as good as a tab that sleeps. */
const sleep = (editor: Editor) => clearInterval(Reflect.get(awarenessOf(editor), "_checkInterval"));
/** Cuts the line of somebody without a word, for the client to find out and come back. */
const cut = (documentId: string, { userId }: { userId: string }) => {
  for (const { principal, socket } of node.collab.rooms.get(documentId)!.connections)
    if (principal.userId === userId) socket.terminate();
};

/** Eve, whose timers sleep, and Ben, each with a state. */
async function together() {
  const documentId = await node.document();
  const [eve, ben] = [node.edit(documentId, node.eve), node.edit(documentId, node.ben)];
  sleep(eve);
  await Promise.all([eve.synced(), ben.synced()]);
  awarenessOf(eve).setLocalState({ note: "Eve" });
  awarenessOf(ben).setLocalState({ note: "Ben" });
  await until(() => shown(ben, eve) !== undefined && shown(eve, ben) !== undefined, "both to see each other");
  return { documentId, eve, ben };
}

/** Waits until a client has lost its line and come back. */
async function back(editor: Editor, lose: () => void): Promise<void> {
  const lost = new Promise((resolve) => editor.provider.once("connection-close", resolve));
  lose();
  await lost;
  await editor.synced();
}

describe("stock clients, of which one says nothing more of itself", () => {
  it("see each other again after its line broke, with nothing new to say", async () => {
    const { documentId, eve, ben } = await together();
    const clock = clockOf(eve, eve);
    for (let n = 0; n < 3; n++) {
      await back(eve, () => cut(documentId, node.eve));
      await until(() => shown(ben, eve) !== undefined && shown(eve, ben) !== undefined, "both to be seen");
    }
    expect(shown(ben, eve)).toEqual({ note: "Eve" });
    expect(clockOf(eve, eve)).toBe(clock);
    awarenessOf(eve).setLocalState({ note: "moved" });
    await until(() => shown(ben, eve)?.note === "moved", "the next move");
    expect(awarenessOf(eve).getLocalState()).toEqual({ note: "moved" });
  });

  it("see each other again after the other's line broke", async () => {
    const { documentId, eve, ben } = await together();
    await back(ben, () => cut(documentId, node.ben));
    await until(() => shown(ben, eve) !== undefined && shown(eve, ben) !== undefined, "both to be seen");
    // At once, and within the same tenth of a second.
    await back(ben, () => {
      ben.provider.disconnect();
      ben.provider.connect();
    });
    await until(() => shown(ben, eve) !== undefined && shown(eve, ben) !== undefined, "both to be seen");
  });

  it("see each other again after their room was given up, or everyone was sent away", async () => {
    const { documentId, eve, ben } = await together();
    const room = node.collab.rooms.get(documentId)!;
    node.collab.rooms.forget(room);
    const all = [eve, ben].map((editor) => back(editor, () => undefined));
    room.close({ code: closeCode.tryLater, reason: "for a test" });
    await Promise.all(all);
    expect(node.collab.rooms.get(documentId)).not.toBe(room);
    await until(() => shown(ben, eve) !== undefined && shown(eve, ben) !== undefined, "both to be seen");
  });

  it("hear of it anew while it is connected", async () => {
    const { documentId, eve, ben } = await together();
    const before = clockOf(ben, eve);
    const own = clockOf(eve, eve);
    node.collab.rooms.get(documentId)!.presence.renew(performance.now() + 20_000);
    await until(() => clockOf(ben, eve) > before, "a renewal by the server");
    expect(shown(ben, eve)).toEqual({ note: "Eve" });
    expect(clockOf(eve, eve)).toBe(own);
  });

  it("see it on its new line, while the server still holds the dead one", async () => {
    const { documentId, ben } = await together();
    await using line = await StuckLine.to(node.url);
    const old = node.edit(documentId, node.eve, { url: line.url });
    await old.synced();
    awarenessOf(old).setLocalState({ note: "old" });
    awarenessOf(old).setLocalState({ note: "old line" });
    await until(() => shown(ben, old)?.note === "old line", "the old line");
    using again = openEditor(node.url, documentId, node.eve.token, { clientID: old.doc.clientID });
    awarenessOf(again).setLocalState({ note: "new line" });
    await until(() => shown(ben, old)?.note === "new line", "the new line");
    // What the server knew of the old line is news to nobody, the new line itself among them.
    awarenessOf(ben).setLocalState({ note: "Ben again" });
    await until(() => shown(again, ben)?.note === "Ben again", "a move of Ben's");
    awarenessOf(again).setLocalStateField("cursor", 1);
    await until(() => shown(ben, old)?.cursor === 1, "a move on the new line");
    expect(shown(ben, old)).toEqual({ note: "new line", cursor: 1 });
    let removals = 0;
    awarenessOf(ben).on("change", ({ removed }: { removed: number[] }) => {
      if (removed.includes(old.doc.clientID)) removals++;
    });
    const open = () => node.collab.rooms.get(documentId)!.connections.size;
    const connections = open();
    old.provider.destroy();
    await until(() => open() === connections - 1, "the old line to end");
    awarenessOf(again).setLocalState({ note: "goes on" });
    await until(() => shown(ben, old)?.note === "goes on", "the new line to go on");
    expect(removals).toBe(0);
  });

  it("in two tabs of one browser, each telling the other what it is told, come to rest with what was set last", async () => {
    const documentId = await node.document();
    const ben = node.edit(documentId, node.ben);
    using one = openEditor(node.url, documentId, node.eve.token, { tabs: true });
    using two = openEditor(node.url, documentId, node.eve.token, { tabs: true });
    await Promise.all([ben, one, two].map((editor) => editor.synced()));
    for (const [n, editor] of [one, two, one, two].entries()) {
      awarenessOf(editor).setLocalState({ note: `<${n}>` });
      await until(() => shown(ben, editor)?.note === `<${n}>`, "each move");
    }
    node.collab.rooms.get(documentId)!.presence.renew(performance.now() + 20_000);
    let heard = 0;
    awarenessOf(ben).on("update", () => heard++);
    for (let n = 0; n < 20; n++) {
      one.text.insert(0, "x");
      await until(() => ben.text.length === n + 1, "a message there and back");
    }
    // One renewal, and nothing that goes round.
    expect(heard).toBeLessThan(6);
    expect([shown(ben, one), shown(ben, two)]).toEqual([{ note: "<2>" }, { note: "<3>" }]);
    expect([awarenessOf(one).getLocalState(), awarenessOf(two).getLocalState()]).toEqual([
      { note: "<2>" },
      { note: "<3>" },
    ]);
  });
});
