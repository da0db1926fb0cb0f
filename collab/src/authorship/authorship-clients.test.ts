import { sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { Attribution } from "@onrecord/history/attribution/attribution";
import { History } from "@onrecord/history/store/history";
import { loadDocument } from "@onrecord/history/store/load";
import { HttpServer } from "@onrecord/http/http-server";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import * as Y from "yjs";
import { Collab } from "../collab.js";

type Person = { readonly token: string; readonly userId: string };

let context: TestContext;
let http: HttpServer;
let collab: Collab;
let url: string;
let ana: Person;
let ben: Person;
let eva: Person;
let documentId: string;
const editors: Editor[] = [];

beforeAll(async () => {
  context = await testContext();
  http = new HttpServer(context.log);
  collab = new Collab(context);
  collab.mount(http);
  await collab.start();
  url = await http.listen(0, "127.0.0.1");
  const person = async (name: string) => signedIn(context.db, await addPerson(context.db, { name }));
  [ana, ben, eva] = await Promise.all([person("Ana Chan"), person("Ben Lau"), person("Eva Ho")]);
});

beforeEach(async () => {
  documentId = await addDocument(context);
  for (const { userId } of [ana, ben, eva]) await addGrant(context, documentId, userId, "EDIT");
});

afterEach(() => {
  for (const editor of editors.splice(0)) editor[Symbol.dispose]();
});

afterAll(async () => {
  await collab?.drain();
  await collab?.[Symbol.asyncDispose]();
  await http?.[Symbol.asyncDispose]();
  await context?.[Symbol.asyncDispose]();
});

/** A stock editor of somebody; `tabs` tells the other tabs of this browser, as y-websocket does unless it is told not to. */
const edit = async (who: Person, options: { clientID?: number; doc?: Y.Doc; tabs?: boolean } = {}) => {
  const editor = openEditor(url, documentId, who.token, options);
  editors.push(editor);
  await editor.synced();
  return editor;
};
const raw = async (who: Person) => {
  const socket = new WebSocket(`${url.replace("http", "ws")}/collab/${documentId}?token=${who.token}`);
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return { socket, closed };
};
/** Takes the line away and leaves the tab open, still talking to the other tabs of its browser. */
const cut = async ({ provider }: Editor) => {
  provider.shouldConnect = false;
  provider.ws?.close();
  await until(() => !provider.wsconnected, "the line to be cut");
  await until(
    () => (collab.rooms.get(documentId)?.connections.size ?? 0) < editors.length,
    "the server to see it",
  );
};
const mend = async (editor: Editor) => {
  editor.provider.connect();
  await editor.synced();
};
/** A second node on the same database. */
const anotherNode = async () => {
  const other = await context.another();
  const itsHttp = new HttpServer(other.log);
  const itsCollab = new Collab(other);
  itsCollab.mount(itsHttp);
  await itsCollab.start();
  return {
    url: await itsHttp.listen(0, "127.0.0.1"),
    [Symbol.asyncDispose]: async () => {
      await itsCollab.drain();
      await itsCollab[Symbol.asyncDispose]();
      await itsHttp[Symbol.asyncDispose]();
    },
  };
};
const versions = () =>
  context.db.query<{ author_id: string | null; carrier_id: string; relayed: boolean }>(
    "select author_id, carrier_id, relayed from documents.change where document_id = $1 order by version",
    [documentId],
  );
const entries = (action: string) =>
  context.db.query<{ actor_id: string; detail: Record<string, unknown> }>(
    "select actor_id, detail from audit.entry where object_id = $1 and action = $2 order by txid, id",
    [documentId, action],
  );
/** The committed text in runs, each with whose it is: null where that is not proven. */
const runs = async () => {
  const history = new History(context);
  const { roots, origins } = await new Attribution(context, history).at(documentId);
  const result: [text: string, userId: string | null][] = [];
  for (const piece of roots.find(({ name }) => name === "content")?.node.children ?? []) {
    if (!("text" in piece) || piece.inserted === null) continue;
    const { userId } = origins[piece.inserted.by]!;
    const last = result.at(-1);
    if (last?.[1] === userId) last[0] += piece.text;
    else result.push([piece.text, userId]);
  }
  return result;
};
const committed = (text: string) =>
  until(
    async () =>
      (await loadDocument(context.db, context.keys, documentId)).doc.getText("content").toString() === text,
    `"${text}" to be committed`,
  );
/** One struct that takes the next clocks of somebody's editor and has no content. */
const forgedGc = ({ clientID, store }: Y.Doc, length: number) => {
  const clock = Y.getState(store, clientID);
  return Uint8Array.from([1, 1, ...varUint(clientID), ...varUint(clock), 0, ...varUint(length), 0]);
};

describe("in another's name", () => {
  it.each([
    ["typed", sync.update],
    ["synced", sync.step2],
  ])("the 12-byte forgery, %s, is refused, recorded and harmless", async (_how, step) => {
    const [a, c] = [await edit(ana), await edit(eva)];
    a.text.insert(0, "Ana's");
    await until(() => c.text.toString() === "Ana's", "the bystander to see it");
    const { socket, closed } = await raw(ben);
    const forgery = forgedGc(a.doc, 1000);
    expect(forgery.length).toBeLessThan(16);
    socket.send(syncFrame(step, forgery));
    expect(await closed).toBe(4400);
    a.text.insert(5, " later work");
    await until(() => c.text.toString() === "Ana's later work", "the bystander to see her later work");
    expect(await runs()).toEqual([["Ana's later work", ana.userId]]);
    expect(await entries("document.edit-refused")).toMatchObject([
      { actor_id: ben.userId, detail: { reason: "the update writes in the name of another user" } },
    ]);
  });

  it("the 12-byte forgery while she is away takes nothing from her", async () => {
    const a = await edit(ana);
    a.text.insert(0, "Ana's");
    await committed("Ana's");
    await cut(a);
    const { socket, closed } = await raw(ben);
    socket.send(syncFrame(sync.step2, forgedGc(a.doc, 1000)));
    expect(await closed).toBe(4400);
    a.text.insert(5, " offline work");
    await mend(a);
    await committed("Ana's offline work");
    expect(await runs()).toEqual([["Ana's offline work", ana.userId]]);
    expect(await entries("document.edit-refused")).toHaveLength(1);
  });

  it("a second writer with her clientID is refused, and what she writes stands", async () => {
    const [a, c] = [await edit(ana), await edit(eva)];
    a.text.insert(0, "Ana's");
    await committed("Ana's");
    const b = await edit(ben, { clientID: a.doc.clientID });
    // Its editor would take another clientID if it had seen hers at work since it opened.
    b.doc.clientID = a.doc.clientID;
    b.text.insert(0, "Ben's ");
    expect(await b.closed()).toBe(4400);
    a.text.insert(5, " still");
    await until(() => c.text.toString() === "Ana's still", "the bystander");
    expect(await runs()).toEqual([["Ana's still", ana.userId]]);
    expect((await entries("document.edit-refused")).map(({ actor_id }) => actor_id)).toEqual([ben.userId]);
  });

  it("what was written under her clocks while she was away is shown as relayed, and she is told when she returns", async () => {
    const [a, c] = [await edit(ana), await edit(eva)];
    a.text.insert(0, "Ana's");
    await until(() => c.text.toString() === "Ana's", "the bystander");
    await cut(a);
    const forged = new Y.Doc();
    Y.applyUpdate(forged, Y.encodeStateAsUpdate(a.doc));
    forged.clientID = a.doc.clientID;
    forged.getText("content").insert(5, " consent");
    a.text.insert(0, "Not ");
    const { socket } = await raw(ben);
    socket.send(syncFrame(sync.step2, Y.encodeStateAsUpdate(forged)));
    await until(() => c.text.toString() === "Ana's consent", "the forgery to be seen");
    expect((await runs()).at(-1)).toEqual([" consent", null]);
    expect((await versions()).at(-1)).toEqual({ author_id: null, carrier_id: ben.userId, relayed: true });
    a.provider.connect();
    expect(await a.closed()).toBe(4400);
    expect(await entries("document.edit-refused")).toMatchObject([
      { actor_id: ana.userId, detail: { reason: expect.stringContaining("reload the page") } },
    ]);
    const again = await edit(ana);
    again.text.insert(0, "Not ");
    await until(() => c.text.toString() === "Not Ana's consent", "her work after the reload");
    expect((await runs())[0]).toEqual(["Not Ana's", ana.userId]);
    socket.close();
    // Yjs has given her a new clientID by now, and y-websocket fails to end without the presence of the one that its document has.
    a.doc.clientID = a.provider.awareness.clientID;
  });

  it("what took the place of her offline work without having content is noticed too, by a node that has just opened it", async () => {
    const a = await edit(ana);
    a.text.insert(0, "Ana's");
    await committed("Ana's");
    await cut(a);
    const { socket } = await raw(ben);
    socket.send(syncFrame(sync.step2, forgedGc(a.doc, 8)));
    await until(async () => (await versions()).length === 2, "the forgery to be kept");
    a.text.insert(5, " offline work");
    const other = await anotherNode();
    try {
      const back = openEditor(other.url, documentId, ana.token, { doc: a.doc });
      editors.push(back);
      expect(await back.closed()).toBe(4400);
      expect(await entries("document.edit-refused")).toMatchObject([
        { actor_id: ana.userId, detail: { reason: expect.stringContaining("reload the page") } },
      ]);
      expect((await versions()).at(-1)).toEqual({ author_id: null, carrier_id: ben.userId, relayed: true });
    } finally {
      for (const editor of editors.splice(0)) editor[Symbol.dispose]();
      await other[Symbol.asyncDispose]();
      socket.close();
    }
  });

  it("presence is neither shown nor kept from its owner, and recorded once", async () => {
    const [a, c] = [await edit(ana), await edit(eva)];
    a.provider.awareness.setLocalStateField("user", { name: "Ana" });
    const shown = () =>
      c.provider.awareness.getStates().get(a.doc.clientID) as
        | { user: { name: string }; at?: number }
        | undefined;
    await until(() => shown() !== undefined, "Ana to be shown");
    const b = await edit(ben, { clientID: a.doc.clientID });
    for (let i = 0; i < 20; i++) b.provider.awareness.setLocalStateField("user", { name: `Ana ${i}` });
    await until(async () => (await entries("presence.refused")).length > 0, "the entry");
    a.provider.awareness.setLocalStateField("at", 7);
    await until(() => shown()?.at === 7, "Ana to move");
    expect(shown()?.user.name).toBe("Ana Chan");
    expect(await entries("presence.refused")).toMatchObject([
      { actor_id: ben.userId, detail: { clientId: a.doc.clientID } },
    ]);
  });
});

describe("what no editor may bring", () => {
  it("a skipped clock is asked for, never kept, and ends after a few answers without it", async () => {
    const c = await edit(eva);
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on("update", (update: Uint8Array) => updates.push(update));
    doc.getText("content").insert(0, "withheld ");
    doc.getText("content").insert(9, "shown");
    const { socket, closed } = await raw(ben);
    let asked = 0;
    socket.on("message", (data: Buffer) => {
      if (data[0] !== 0 || data[1] !== 0) return;
      asked++;
      socket.send(syncFrame(sync.step2, updates[1]!));
    });
    expect(await closed).toBe(4400);
    expect(asked).toBeGreaterThan(1);
    c.text.insert(0, "calm");
    await committed("calm");
    expect(await entries("document.edit-refused")).toMatchObject([{ actor_id: ben.userId }]);
  });

  it("a subdocument is refused with a reason, and nobody else sees it", async () => {
    const [b, c] = [await edit(ben), await edit(eva)];
    b.doc.getMap("files").set("annex", new Y.Doc());
    expect(await b.closed()).toBe(4400);
    expect(await entries("document.edit-refused")).toMatchObject([
      { detail: { reason: expect.stringContaining("subdocuments are not supported") } },
    ]);
    expect(c.doc.getMap("files").size).toBe(0);
    expect(await versions()).toEqual([]);
  });
});

describe("honest editors", () => {
  it("several tabs of one user are all that user's", async () => {
    const tabs = [await edit(ana, { tabs: true }), await edit(ana, { tabs: true })];
    tabs[0]!.text.insert(0, "one ");
    await committed("one ");
    tabs[1]!.text.insert(4, "two ");
    await cut(tabs[0]!);
    tabs[0]!.text.insert(8, "offline");
    // The tab with a line has heard of it and brings it when it is asked.
    await cut(tabs[1]!);
    await mend(tabs[1]!);
    await committed("one two offline");
    expect(await runs()).toEqual([["one two offline", ana.userId]]);
    expect((await versions()).every(({ author_id }) => author_id === ana.userId)).toBe(true);
    expect((await versions()).at(-1)?.relayed).toBe(true);
  });

  it("a reload that restores offline edits keeps them their author's; what the server never met is nobody's", async () => {
    const a = await edit(ana);
    a.text.insert(0, "online ");
    await committed("online ");
    await cut(a);
    a.text.insert(7, "offline ");
    const fresh = new Y.Doc();
    fresh.getText("content").insert(0, "unmet ");
    const store = new Y.Doc();
    Y.applyUpdate(store, Y.encodeStateAsUpdate(a.doc));
    Y.applyUpdate(store, Y.encodeStateAsUpdate(fresh));
    const restored = await edit(ana, { doc: store });
    restored.text.insert(restored.text.length, "new");
    await until(() => restored.text.toString().length === "online offline unmet new".length, "all of it");
    await committed(restored.text.toString());
    const byUser = new Map<unknown, string>();
    for (const [text, user] of await runs()) byUser.set(user, (byUser.get(user) ?? "") + text);
    expect(byUser).toEqual(
      new Map([
        [null, "unmet "],
        [ana.userId, restored.text.toString().replace("unmet ", "")],
      ]),
    );
  });

  it("a tab that writes offline before it ever had a line is its user's", async () => {
    const doc = new Y.Doc();
    doc.getText("content").insert(0, "written on the train");
    await edit(ana, { doc });
    await committed("written on the train");
    expect(await runs()).toEqual([["written on the train", ana.userId]]);
  });

  it("of two users' tabs in one browser, one relays what the other writes offline; it returns and goes on", async () => {
    const [a, b] = [await edit(ana, { tabs: true }), await edit(ben, { tabs: true })];
    a.text.insert(0, "A1 ");
    await committed("A1 ");
    await cut(a);
    a.text.insert(3, "A2 ");
    await until(() => b.text.toString() === "A1 A2 ", "the tabs to tell each other");
    b.text.insert(6, "B1 ");
    await committed("A1 A2 B1 ");
    expect(await runs()).toEqual([
      ["A1 ", ana.userId],
      ["A2 ", null],
      ["B1 ", ben.userId],
    ]);
    expect((await versions()).at(-1)).toMatchObject({
      carrier_id: ben.userId,
      author_id: null,
      relayed: true,
    });
    await mend(a);
    a.text.insert(9, "A3");
    await committed("A1 A2 B1 A3");
    expect((await runs()).at(-1)).toEqual(["A3", ana.userId]);
    expect(await entries("document.edit-refused")).toEqual([]);
  });

  it("of two users' tabs in one browser, both with a line, each keeps its own, however often the line breaks", async () => {
    const [a, b] = [await edit(ana, { tabs: true }), await edit(ben, { tabs: true })];
    for (let i = 0; i < 40; i++) {
      a.text.insert(a.text.length, "a");
      if (i % 4 === 0) {
        b.provider.ws?.close();
        await until(() => b.provider.synced, "the line to be mended");
      }
      b.text.insert(0, "b");
    }
    await committed("b".repeat(40) + "a".repeat(40));
    expect(await runs()).toEqual([
      ["b".repeat(40), ben.userId],
      ["a".repeat(40), ana.userId],
    ]);
    expect(await entries("document.edit-refused")).toEqual([]);
    expect([a.provider.wsconnected, b.provider.wsconnected]).toEqual([true, true]);
  });

  it("what its owner, who is here, does not bring waits for the owner to bring it or to leave", async () => {
    const [a, b] = [await edit(ana), await edit(ben)];
    a.text.insert(0, "A1 ");
    await until(() => b.text.toString() === "A1 ", "Ben to hear of it");
    // A tab of Ana's that has written this and is stuck: her line is there, and nothing comes.
    const stuck = new Y.Doc();
    Y.applyUpdate(stuck, Y.encodeStateAsUpdate(a.doc));
    stuck.clientID = a.doc.clientID;
    stuck.getText("content").insert(3, "A2 ");
    Y.applyUpdate(b.doc, Y.encodeStateAsUpdate(stuck), b.provider);
    let asked = 0;
    const before = b.provider.ws;
    before?.close();
    await until(() => b.provider.wsconnected && b.provider.ws !== before, "Ben to come back");
    b.provider.ws?.addEventListener("message", ({ data }) => {
      const [type, step] = new Uint8Array(data as ArrayBuffer);
      if (type === 0 && step === 0) asked++;
    });
    await until(() => asked >= 3, "Ben to be asked again and again");
    expect(await versions()).toHaveLength(1);
    a.provider.disconnect();
    await committed("A1 A2 ");
    expect(await runs()).toEqual([
      ["A1 ", ana.userId],
      ["A2 ", null],
    ]);
    expect(await entries("document.edit-refused")).toEqual([]);
  });

  it("what one node took for relayed, another knows when its owner goes on there", async () => {
    const other = await anotherNode();
    try {
      const a = await edit(ana);
      const b = openEditor(other.url, documentId, ben.token);
      editors.push(b);
      a.text.insert(0, "A1 ");
      await until(() => b.text.toString() === "A1 ", "the other node to hear of it");
      a.provider.shouldConnect = false;
      a.provider.ws?.close();
      await until(() => collab.rooms.get(documentId)?.connections.size === 0, "Ana to be away");
      a.text.insert(3, "A2 ");
      Y.applyUpdate(b.doc, Y.encodeStateAsUpdate(a.doc), b.provider);
      b.provider.ws?.close();
      await committed("A1 A2 ");
      await mend(a);
      a.text.insert(6, "A3");
      await until(() => b.text.toString() === "A1 A2 A3", "the nodes to agree");
      expect(await runs()).toEqual([
        ["A1 ", ana.userId],
        ["A2 ", null],
        ["A3", ana.userId],
      ]);
    } finally {
      for (const editor of editors.splice(0)) editor[Symbol.dispose]();
      await other[Symbol.asyncDispose]();
    }
  });

  it("two hundred reconnects with everyone's deletes write no version and no entry", async () => {
    const open = [await edit(ana), await edit(ben), await edit(eva), await edit(ana)];
    for (const [i, { text }] of open.entries()) {
      text.insert(0, `paragraph ${i} `);
      text.delete(0, 4);
    }
    await until(
      () => open.every(({ text }) => text.toString() === open[0]!.text.toString() && text.length === 32),
      "everyone to agree",
    );
    await committed(open[0]!.text.toString());
    const before = [await versions(), await entries("document.edited")];
    for (let round = 0; round < 50; round++) {
      for (const { provider } of open) provider.disconnect();
      for (const { provider } of open) provider.connect();
      await Promise.all(open.map((editor) => editor.synced()));
    }
    expect(await entries("document.opened")).toHaveLength(204);
    expect([await versions(), await entries("document.edited")]).toEqual(before);
    expect(await entries("document.edit-refused")).toEqual([]);
  });
});

function varUint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
