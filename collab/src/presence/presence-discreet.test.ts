import { addGrant } from "@onrecord/policy/testing/grants";
import { addPerson, signedIn } from "@onrecord/policy/testing/people";
import { type Editor, until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { BoundedNode } from "../testing/bounded-node.js";

let node: BoundedNode;
beforeAll(async () => {
  node = await BoundedNode.open({});
});
afterEach(() => node.leave());
afterAll(() => node?.[Symbol.asyncDispose]());

const awarenessOf = (editor: Editor) => editor.provider.awareness;
const shown = (viewer: Editor, owner: Editor) => awarenessOf(viewer).getStates().get(owner.doc.clientID);

it.each(["compliance", "admin"])(
  "whoever has the role %s looks on unseen, and is seen once they write",
  async (role) => {
    const officer = await signedIn(node.context.db, await addPerson(node.context.db, { roles: [role] }));
    const documentId = await node.document();
    await addGrant(node.context, documentId, officer.userId, "EDIT");
    const [eve, ben] = [node.edit(documentId, node.eve), node.edit(documentId, node.ben)];
    const watcher = node.edit(documentId, officer);
    await Promise.all([eve.synced(), ben.synced(), watcher.synced()]);
    awarenessOf(watcher).setLocalState({ note: "looks" });
    awarenessOf(ben).setLocalState({ note: "Ben" });
    await until(() => shown(watcher, ben) !== undefined && shown(eve, ben) !== undefined, "Ben to be seen");
    // What the watcher said came before this, on a line that keeps its order.
    awarenessOf(watcher).setLocalState({ note: "still looks" });
    watcher.provider.ws?.send(new Uint8Array([3]));
    awarenessOf(ben).setLocalState({ note: "Ben again" });
    await until(() => shown(eve, ben)?.note === "Ben again", "Ben's next move");
    expect(shown(eve, watcher)).toBeUndefined();
    expect(node.collab.rooms.get(documentId)!.presence.userOf(watcher.doc.clientID)).toBeUndefined();

    watcher.text.insert(0, "Compliance was here. ");
    await until(() => eve.text.toString().startsWith("Compliance"), "the words to arrive");
    awarenessOf(watcher).setLocalState({ note: "writes" });
    await until(() => shown(eve, watcher)?.note === "writes", "the writer to be seen");
  },
);
