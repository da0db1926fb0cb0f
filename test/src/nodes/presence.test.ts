import { PostgresTransport } from "@onrecord/bus/postgres-transport";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Node, startNode } from "./nodes.js";

let context: TestContext;
let ana: { token: string; userId: string };
let ben: { token: string; userId: string };
beforeAll(async () => {
  context = await testContext();
  ana = await signedIn(context.db, await addPerson(context.db, { name: "Ana Chan" }));
  ben = await signedIn(context.db, await addPerson(context.db, { name: "Ben Lau" }));
});
afterAll(() => context?.[Symbol.asyncDispose]());

const shared = async () => {
  const documentId = await addDocument(context);
  for (const { userId } of [ana, ben]) await addGrant(context, documentId, userId, "EDIT");
  return documentId;
};
interface Shown {
  readonly user?: { readonly name: string; readonly id: string };
  readonly note?: string;
}
/** What `viewer` is shown of the state of `owner`. */
const shown = (viewer: Editor, owner: Editor) =>
  viewer.provider.awareness.getStates().get(owner.doc.clientID) as Shown | undefined;
const refusals = (documentId: string) =>
  context.db.query<{ actor_id: string }>(
    "select actor_id from audit.entry where object_id = $1 and action = 'presence.refused'",
    [documentId],
  );

describe("presence on two nodes", () => {
  it("shows who is on the other under their authenticated name, moves with them, and goes with them", async () => {
    await using one = await startNode(context);
    await using two = await startNode(context);
    const documentId = await shared();
    using a = openEditor(one.url, documentId, ana.token);
    await a.synced();
    a.provider.awareness.setLocalState({ user: { name: "Somebody Else", color: "#123456" } });
    // Whoever comes to another node later is told who is there.
    using b = openEditor(two.url, documentId, ben.token);
    await until(() => shown(b, a) !== undefined, "Ben to see Ana");
    expect(shown(b, a)?.user).toEqual({ name: "Ana Chan", id: ana.userId, color: "#123456" });
    b.provider.awareness.setLocalState({ user: { name: "Ana Chan" } });
    await until(() => shown(a, b) !== undefined, "Ana to see Ben");
    expect(shown(a, b)?.user).toEqual({ name: "Ben Lau", id: ben.userId });
    a.provider.awareness.setLocalStateField("note", "moved");
    await until(() => shown(b, a)?.note === "moved", "Ben to see Ana move");
    expect(two.collab.rooms.get(documentId)?.presence.userOf(a.doc.clientID)).toBe(ana.userId);
    a.provider.destroy();
    await until(() => shown(b, a) === undefined, "Ana to be gone");
    expect(two.collab.rooms.get(documentId)?.presence.userOf(a.doc.clientID)).toBeUndefined();
  });

  it("lets nobody take the clientID of someone on the other node, and records the attempt", async () => {
    await using one = await startNode(context);
    await using two = await startNode(context);
    const documentId = await shared();
    using a = openEditor(one.url, documentId, ana.token);
    using witness = openEditor(two.url, documentId, ana.token);
    await Promise.all([a.synced(), witness.synced()]);
    a.provider.awareness.setLocalState({ user: { name: "Ana Chan" } });
    await until(() => shown(witness, a) !== undefined, "Ana to be seen");
    using thief = openEditor(two.url, documentId, ben.token, { clientID: a.doc.clientID });
    await thief.synced();
    for (let n = 0; n < 20; n++) thief.provider.awareness.setLocalState({ user: { name: "Ana Chan" }, n });
    await until(async () => (await refusals(documentId)).length === 1, "the attempt to be recorded");
    expect((await refusals(documentId))[0]?.actor_id).toBe(ben.userId);
    expect(shown(witness, a)?.user?.id).toBe(ana.userId);
  });

  it("lets a user who changes nodes keep the clientID", async () => {
    await using one = await startNode(context);
    await using two = await startNode(context);
    const documentId = await shared();
    using a = openEditor(one.url, documentId, ana.token);
    using b = openEditor(two.url, documentId, ben.token);
    await Promise.all([a.synced(), b.synced()]);
    a.provider.awareness.setLocalState({ note: "before" });
    await until(() => shown(b, a)?.note === "before", "Ben to see Ana");
    a.provider.disconnect();
    a.provider.serverUrl = `${two.url.replace("http", "ws")}/collab`;
    a.provider.connect();
    await until(() => a.provider.synced, "Ana to be on the other node");
    a.provider.awareness.setLocalState({ note: "after" });
    await until(() => shown(b, a)?.note === "after", "Ben to see Ana again");
    expect(await refusals(documentId)).toHaveLength(0);
  });

  it("shows a user who comes from another node, or after all were restarted, with nothing new to say", async () => {
    await using two = await startNode(context);
    const one = await startNode(context);
    const documentId = await shared();
    using a = openEditor(one.url, documentId, ana.token);
    using b = openEditor(one.url, documentId, ben.token);
    using near = openEditor(two.url, documentId, ben.token);
    await Promise.all([a, b, near].map((editor) => editor.synced()));
    for (const { provider } of [a, b]) clearInterval(Reflect.get(provider.awareness, "_checkInterval"));
    a.provider.awareness.setLocalState({ note: "Ana" });
    b.provider.awareness.setLocalState({ note: "Ben" });
    await until(() => [b, near].every((viewer) => shown(viewer, a) !== undefined), "Ana to be seen");
    const move = async (editor: Editor, { url }: Node) => {
      editor.provider.disconnect();
      editor.provider.serverUrl = `${url.replace("http", "ws")}/collab`;
      editor.provider.connect();
      await until(() => editor.provider.synced, "an editor to be on another node");
    };
    await move(a, two);
    await until(() => [b, near].every((viewer) => shown(viewer, a)?.note === "Ana"), "Ana to be seen again");
    await move(a, one);
    await until(() => [b, near].every((viewer) => shown(viewer, a)?.note === "Ana"), "and once more");
    await one[Symbol.asyncDispose]();
    await two[Symbol.asyncDispose]();
    await using three = await startNode(context);
    await Promise.all([move(a, three), move(b, three)]);
    await until(() => shown(b, a)?.note === "Ana" && shown(a, b)?.note === "Ben", "both to be seen");
    expect([a, b].map(({ provider }) => provider.awareness.getLocalState())).toEqual([
      { note: "Ana" },
      { note: "Ben" },
    ]);
  });

  it("is told to no node that does not hold the document", async () => {
    await using one = await startNode(context);
    await using two = await startNode(context);
    const [documentId, another] = [await shared(), await shared()];
    using a = openEditor(one.url, documentId, ana.token);
    using near = openEditor(one.url, documentId, ben.token);
    using far = openEditor(two.url, another, ben.token);
    await Promise.all([a, near, far].map((editor) => editor.synced()));
    let published = 0;
    one.context.bus.subscribe("presence.changed", () => void published++);
    for (let n = 0; n < 20; n++) {
      a.provider.awareness.setLocalState({ note: String(n) });
      await until(() => shown(near, a)?.note === String(n), "the neighbour to see it");
    }
    expect(published).toBe(0);
    using late = openEditor(two.url, documentId, ben.token);
    await until(() => shown(late, a)?.note === "19", "the newcomer on the other node to see it");
    expect(published).toBeGreaterThan(0);
  });

  it("tells of somebody whose state is too large for the bus who it is", async () => {
    await using one = await startNode(context);
    await using two = await startNode(context);
    const documentId = await shared();
    using a = openEditor(one.url, documentId, ana.token);
    using b = openEditor(two.url, documentId, ben.token);
    await Promise.all([a.synced(), b.synced()]);
    a.provider.awareness.setLocalState({ user: { name: "" }, note: "é".repeat(7000) });
    await until(() => shown(b, a) !== undefined, "Ben to see Ana");
    expect(shown(b, a)).toEqual({ user: { name: "Ana Chan", id: ana.userId } });
  });
});

describe("a node that is no more", () => {
  /** Ana on the first node, Ben on the second sees her. */
  async function together(one: Node, two: Node) {
    const documentId = await shared();
    const a = openEditor(one.url, documentId, ana.token);
    const b = openEditor(two.url, documentId, ben.token);
    await Promise.all([a.synced(), b.synced()]);
    a.provider.awareness.setLocalState({ note: "here" });
    await until(() => shown(b, a) !== undefined, "Ben to see Ana");
    return { a, b };
  }

  it("takes its people with it at once when it drains", async () => {
    await using two = await startNode(context);
    const one = await startNode(context);
    const { a, b } = await together(one, two);
    using _a = a;
    using _b = b;
    await one[Symbol.asyncDispose]();
    await until(() => shown(b, a) === undefined, "Ana to be gone");
  });

  it("takes its people with it after a while when it falls silent", async () => {
    await using two = await startNode(context);
    let muted = false;
    await using one = await startNode(context, (own) => {
      const line = new PostgresTransport(own.db, own.log);
      const send = line.send.bind(line);
      line.send = async (envelopes) => (muted ? undefined : send(envelopes));
      return line;
    });
    const { a, b } = await together(one, two);
    using _a = a;
    using _b = b;
    muted = true;
    await until(() => shown(b, a) === undefined, "Ana to be gone");
    muted = false;
    a.provider.awareness.setLocalState({ note: "heard again" });
    await until(() => shown(b, a)?.note === "heard again", "Ana to be back");
  });
});
