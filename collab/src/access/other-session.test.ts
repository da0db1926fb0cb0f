import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { addPerson, signedIn } from "@onrecord/testing/database";
import { until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import * as Y from "yjs";
import { BoundedNode } from "../testing/bounded-node.js";

let node: BoundedNode;
beforeAll(async () => {
  node = await BoundedNode.open({});
});
afterEach(() => node.leave());
afterAll(() => node?.[Symbol.asyncDispose]());

const refusals = () =>
  node.context.db.query<{ actor_id: string; session_id: string }>(
    "select actor_id, session_id from audit.entry where action = 'session.refused' and detail->>'reason' = 'other-session'",
  );
const typed = (text: string) => {
  const doc = new Y.Doc();
  doc.getText("content").insert(0, text);
  return syncFrame(sync.update, Y.encodeStateAsUpdate(doc));
};

describe("an editor of Eve's page, whose browser has become Ben's", () => {
  it("is let in, heard and seen as nobody: 4401, an entry, and no version", async () => {
    const documentId = await node.document();
    const { socket, closed, frames } = await node.raw(documentId, {
      token: node.ben.token,
      session: node.eve.sessionId,
    });
    socket.send(typed("Eve's words"));
    expect(await closed).toEqual({ code: 4401, reason: "another session is signed in" });
    expect(frames).toEqual([]);
    expect(await refusals()).toEqual([{ actor_id: node.ben.userId, session_id: node.ben.sessionId }]);
    expect(await node.versions(documentId)).toEqual([]);
    expect(await node.entries(documentId, "document.opened")).toEqual([]);
  });

  it("is refused with the cookie too", async () => {
    const documentId = await node.document();
    const socket = new WebSocket(
      `${node.url.replace("http", "ws")}/collab/${documentId}?ack=1&session=${node.eve.sessionId}`,
      { headers: { cookie: `onrecord_session=${node.ben.token}` } },
    );
    const code = await new Promise((resolve) => socket.once("close", resolve));
    expect(code).toBe(4401);
  });

  it("is taken again with a new session of Eve's that it names, and with what it had typed", async () => {
    const documentId = await node.document();
    const doc = new Y.Doc();
    doc.getText("content").insert(0, "Typed while away");
    const editor = node.edit(documentId, node.ben, { doc });
    // A stock client dials at once: it is hung up before it is heard.
    editor.provider.disconnect();
    editor.provider.params.session = node.eve.sessionId;
    editor.provider.connect();
    expect(await editor.closed()).toBe(4401);
    expect(await node.versions(documentId)).toEqual([]);
    const anew = await signedIn(node.context.db, node.eve.userId);
    Object.assign(editor.provider.params, { token: anew.token, session: anew.sessionId });
    editor.provider.connect();
    await until(async () => (await node.versions(documentId)).length === 1, "it to be kept");
    expect(await node.versions(documentId)).toMatchObject([{ author_id: node.eve.userId }]);
  });

  it("may name nothing, as programs do, or its own session", async () => {
    const documentId = await node.document();
    const stranger = await signedIn(node.context.db, await addPerson(node.context.db));
    const before = (await refusals()).length;
    const { frames } = await node.raw(documentId, { session: node.eve.sessionId });
    await until(() => frames.length > 0, "the server to speak");
    const { closed } = await node.raw(documentId, { token: stranger.token });
    expect((await closed).code).toBe(4404);
    expect((await refusals()).length).toBe(before);
  });
});
