import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { idleLeft, lieUnused } from "@onrecord/policy/testing/people";
import { addPerson, signedIn } from "@onrecord/testing/database";
import { addGrant } from "@onrecord/testing/documents";
import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { BoundedNode } from "../testing/bounded-node.js";

const HOUR = 3600;
let node: BoundedNode;
let documentId: string;
beforeAll(async () => {
  node = await BoundedNode.open({});
  documentId = await node.document();
});
afterEach(() => node.leave());
afterAll(() => node?.[Symbol.asyncDispose]());

/** An editor whose session is half over if it is not used. */
async function person() {
  const who = await signedIn(node.context.db, await addPerson(node.context.db));
  await addGrant(node.context, documentId, who.userId, "EDIT");
  await lieUnused(node.context.db, who.sessionId, { seconds: HOUR, over: HOUR / 2 });
  return who;
}
const isUsed = async (sessionId: string) => ((await idleLeft(node.context.db, sessionId)) ?? 0) > HOUR - 60;
const used = (sessionId: string) => until(() => isUsed(sessionId), "the session is used");
/** A document open in a page, with a stock client. */
function openPage(who: Awaited<ReturnType<typeof person>>) {
  const editor = node.edit(documentId, who);
  // A stock client dials at once: it is hung up before it is heard.
  editor.provider.disconnect();
  editor.provider.params.session = who.sessionId;
  editor.provider.connect();
  return editor;
}
/** What was noted before this is written when it resolves: a program uses its session by coming. */
async function somebodyElseIsUsed(): Promise<void> {
  const { token, sessionId } = await person();
  await node.raw(documentId, { token });
  await used(sessionId);
}

describe("a document that is open", () => {
  it("in a page is no use of the session, and is closed as by a sign-out when that lay unused", async () => {
    const who = await person();
    const editor = openPage(who);
    await editor.synced();
    // Renewed by itself, as a stock client does four times a minute.
    const { awareness } = editor.provider;
    for (let n = 0; n < 3; n++) awareness.setLocalState(awareness.getLocalState());
    await somebodyElseIsUsed();
    expect(await isUsed(who.sessionId)).toBe(false);
    await lieUnused(node.context.db, who.sessionId, { seconds: HOUR, over: HOUR });
    expect(await editor.closed()).toBe(4401);
  });

  it("is used by whoever types in it", async () => {
    const who = await person();
    const { socket } = await node.raw(documentId, { token: who.token, session: who.sessionId });
    const doc = new Y.Doc();
    doc.getText("content").insert(0, "typed");
    socket.send(syncFrame(sync.update, Y.encodeStateAsUpdate(doc)));
    await used(who.sessionId);
  });

  it("is used by whoever moves in it", async () => {
    const who = await person();
    const editor = openPage(who);
    await editor.synced();
    let cursor = 0;
    await until(async () => {
      editor.provider.awareness.setLocalState({ cursor: ++cursor });
      return isUsed(who.sessionId);
    }, "the session is used");
  });

  it("is not closed to whoever types when the time comes at which they would have been away too long", async () => {
    const who = await person();
    await lieUnused(node.context.db, who.sessionId, { seconds: 2, over: 0 });
    const editor = openPage(who);
    const reader = node.edit(documentId, node.ben);
    await Promise.all([editor.synced(), reader.synced()]);
    const losses: unknown[] = [];
    editor.provider.on("connection-close", (event) => losses.push(event));
    const [before] = await node.context.db.query<{ at: Date }>("select clock_timestamp() as at");
    let now = before!.at;
    for (let n = 0; now.getTime() < before!.at.getTime() + 3000; n++) {
      editor.text.insert(0, `<${n}>`);
      await until(() => reader.text.toString().includes(`<${n}>`), "it is seen");
      // As another node would say of it.
      await node.context.db.query("select identity.use_sessions($1)", [[who.sessionId]]);
      now = (await node.context.db.query<{ at: Date }>("select clock_timestamp() as at"))[0]!.at;
    }
    expect(losses).toEqual([]);
  });
});
