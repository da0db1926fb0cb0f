import { awarenessFrame, closeReasons, sync, syncFrame } from "@onrecord/collab-protocol/protocol";
import { HttpServer } from "@onrecord/http/http-server";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant, removeGrant } from "@onrecord/testing/documents";
import { type Editor, openEditor, until } from "@onrecord/testing/editor";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import * as Y from "yjs";
import { Collab } from "./collab.js";

let context: TestContext;
let http: HttpServer;
let collab: Collab;
let url: string;
let ana: { token: string; userId: string };
let ben: { token: string; userId: string };
const editors: Editor[] = [];

beforeAll(async () => {
  context = await testContext();
  http = new HttpServer(context.log);
  collab = new Collab(context);
  collab.mount(http);
  await collab.start();
  url = await http.listen(0, "127.0.0.1");
  ana = await signedIn(context.db, await addPerson(context.db, { name: "Ana Chan", roles: ["analyst"] }));
  ben = await signedIn(context.db, await addPerson(context.db, { name: "Ben Lau", roles: ["analyst"] }));
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

const edit = (documentId: string, who: { token: string }, clientID?: number) => {
  const editor = openEditor(url, documentId, who.token, clientID === undefined ? {} : { clientID });
  editors.push(editor);
  return editor;
};
const versions = (documentId: string) =>
  context.db.query<{ version: number; author_id: string; bytes: number }>(
    "select version, author_id, bytes from documents.change where document_id = $1 order by version",
    [documentId],
  );
const entries = (documentId: string, action: string) =>
  context.db.query<{ actor_id: string; detail: Record<string, unknown> }>(
    "select actor_id, detail from audit.entry where object_id = $1 and action = $2 order by txid, id",
    [documentId, action],
  );
const shared = async () => {
  const documentId = await addDocument(context);
  const grants = [
    await addGrant(context, documentId, ana.userId, "EDIT"),
    await addGrant(context, documentId, ben.userId, "EDIT"),
  ];
  return { documentId, grants };
};
/** A socket without a client library, for what no honest client sends. */
const raw = async (documentId: string, token: string) => {
  const socket = new WebSocket(`${url.replace("http", "ws")}/collab/${documentId}?token=${token}`);
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return { socket, closed };
};

describe("co-editing with stock clients", () => {
  it("gives one version and one entry for each effective change, by its author", async () => {
    const { documentId } = await shared();
    const a = edit(documentId, ana);
    const b = edit(documentId, ben);
    await Promise.all([a.synced(), b.synced()]);
    a.text.insert(0, "The offer");
    await until(() => b.text.toString() === "The offer", "Ben to see it");
    b.text.insert(9, " price");
    await until(() => a.text.toString() === "The offer price", "Ana to see it");
    a.text.delete(0, 4);
    await until(() => b.text.toString() === "offer price", "Ben to see the deletion");
    expect((await versions(documentId)).map((v) => v.author_id)).toEqual([
      ana.userId,
      ben.userId,
      ana.userId,
    ]);
    expect((await entries(documentId, "document.edited")).map((e) => [e.actor_id, e.detail.version])).toEqual(
      [
        [ana.userId, 1],
        [ben.userId, 2],
        [ana.userId, 3],
      ],
    );
  });

  it("shows nobody a change that is not committed", async () => {
    const { documentId } = await shared();
    const a = edit(documentId, ana);
    const b = edit(documentId, ben);
    await Promise.all([a.synced(), b.synced()]);
    let seen = 0;
    b.doc.on("update", () => seen++);
    const gate = context.db.dedicated("gate");
    await gate.connect();
    await gate.query("begin");
    await gate.query("select from documents.head where document_id = $1 for update", [documentId]);
    a.text.insert(0, "held back");
    const c = edit(documentId, ben);
    await until(
      async () =>
        (
          await context.db.query(
            "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like '%documents.commit_live%'",
          )
        ).length > 0,
      "the commit to wait for the lock",
    );
    // Whoever comes now is told what is committed, and no more.
    await c.synced();
    expect([seen, c.text.toString()]).toEqual([0, ""]);
    await gate.query("commit");
    await gate.end();
    await until(
      () => b.text.toString() === "held back" && c.text.toString() === "held back",
      "everyone to see it after the commit",
    );
  });

  it("takes up offline edits on reconnect, and writes nothing for what it knows", async () => {
    const { documentId } = await shared();
    const a = edit(documentId, ana);
    await a.synced();
    a.text.insert(0, "one two");
    a.text.delete(3, 4);
    await until(async () => (await versions(documentId)).length === 2, "two versions");
    for (let i = 0; i < 20; i++) {
      a.provider.disconnect();
      a.provider.connect();
      await a.synced();
    }
    expect(await versions(documentId)).toHaveLength(2);
    a.provider.disconnect();
    a.text.insert(0, "offline ");
    a.text.insert(0, "more ");
    a.provider.connect();
    const b = edit(documentId, ben);
    await until(() => b.text.toString() === "more offline one", "the offline edit to arrive");
    expect(await versions(documentId)).toHaveLength(3);
  });

  it("keeps two hundred concurrent edits of two writers in step with the history", async () => {
    const { documentId } = await shared();
    const a = edit(documentId, ana);
    const b = edit(documentId, ben);
    await Promise.all([a.synced(), b.synced()]);
    for (let i = 0; i < 100; i++) {
      a.text.insert(a.text.length, `a${i} `);
      b.text.insert(0, `b${i} `);
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await until(
      async () => (await versions(documentId)).length === 200 && a.text.toString() === b.text.toString(),
      "200 versions",
    );
    const c = edit(documentId, ana);
    await c.synced();
    expect(c.text.toString()).toBe(a.text.toString());
    expect(await entries(documentId, "document.edited")).toHaveLength(200);
  });

  it("shows presence under the authenticated name, and takes it away on close", async () => {
    const { documentId } = await shared();
    const a = edit(documentId, ana);
    const b = edit(documentId, ben);
    await Promise.all([a.synced(), b.synced()]);
    b.provider.awareness.setLocalStateField("user", { name: "Ana Chan", color: "#123456" });
    const seen = () =>
      a.provider.awareness.getStates().get(b.doc.clientID) as
        | { user?: { name: string; id: string } }
        | undefined;
    await until(() => seen()?.user !== undefined, "Ana to see Ben");
    expect(seen()?.user).toEqual({ name: "Ben Lau", id: ben.userId, color: "#123456" });
    b.provider.disconnect();
    await until(() => seen() === undefined, "Ben to be gone");
  });
});

describe("rights of open sockets", () => {
  it("turns away the unauthenticated, the stranger and the viewer who writes, each with its code and an entry", async () => {
    const { documentId } = await shared();
    const carl = await signedIn(context.db, await addPerson(context.db));
    const dora = await signedIn(context.db, await addPerson(context.db, { roles: ["trader"] }));
    await addGrant(context, documentId, dora.userId, "VIEW");
    expect(await edit(documentId, { token: "forged-token-forged-token" }).closed()).toBe(4401);
    expect(await edit(documentId, carl).closed()).toBe(4404);
    expect(await edit("0197ffff-0000-7000-8000-000000000000", ana).closed()).toBe(4404);
    const a = edit(documentId, ana);
    const d = edit(documentId, dora);
    await Promise.all([a.synced(), d.synced()]);
    a.text.insert(0, "for eyes only");
    await until(() => d.text.toString() === "for eyes only", "the viewer to see it");
    d.provider.awareness.setLocalStateField("user", { name: "x" });
    await until(() => a.provider.awareness.getStates().has(d.doc.clientID), "the viewer's presence");
    d.text.insert(0, "not ");
    expect(await d.closed()).toBe(4403);
    expect((await entries(documentId, "document.edit-refused"))[0]).toMatchObject({
      actor_id: dora.userId,
      detail: { reason: closeReasons.viewOnly.reason },
    });
    expect((await entries(documentId, "access.denied"))[0]).toMatchObject({
      actor_id: carl.userId,
      detail: { permission: "view", reasons: ["level"] },
    });
    expect(await versions(documentId)).toHaveLength(1);
  });

  it("closes the socket of a revoked grant, and commits nothing of it afterwards, even in the race", async () => {
    const { documentId, grants } = await shared();
    const a = edit(documentId, ana);
    const b = edit(documentId, ben);
    await Promise.all([a.synced(), b.synced()]);
    const revoke = context.db.dedicated("revoke");
    await revoke.connect();
    await revoke.query("begin");
    await removeGrant(
      { query: async (text, values = []) => (await revoke.query(text, [...values])).rows },
      grants[1]!,
    );
    // The revocation is decided and not yet committed: this edit must wait for it, and lose.
    b.text.insert(0, "too late");
    await until(
      async () =>
        (
          await context.db.query(
            "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like '%permissions.stand%'",
          )
        ).length > 0,
      "the edit to wait",
    );
    await revoke.query("commit");
    await revoke.end();
    expect(await b.closed()).toBe(4403);
    a.text.insert(0, "still here");
    await until(async () => (await versions(documentId)).length === 1, "Ana's version");
    expect((await versions(documentId))[0]?.author_id).toBe(ana.userId);
    const c = edit(documentId, ana);
    await c.synced();
    expect(c.text.toString()).toBe("still here");
  });

  it("tells a joiner nothing of a change that was dropped before it was committed", async () => {
    const { documentId, grants } = await shared();
    const a = edit(documentId, ana);
    const b = edit(documentId, ben);
    const c = edit(documentId, ana);
    await Promise.all([a.synced(), b.synced(), c.synced()]);
    const revoke = context.db.dedicated("revoke");
    await revoke.connect();
    await revoke.query("begin");
    await removeGrant(
      { query: async (text, values = []) => (await revoke.query(text, [...values])).rows },
      grants[1]!,
    );
    b.text.insert(0, "never committed");
    await until(
      async () =>
        (
          await context.db.query(
            "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like '%permissions.stand%'",
          )
        ).length > 0,
      "the edit to wait",
    );
    // Nobody is let in while rights are being changed, but whoever is there may ask for the whole.
    c.provider.ws!.send(syncFrame(sync.step1, Uint8Array.of(0)));
    await revoke.query("commit");
    await revoke.end();
    expect(await b.closed()).toBe(4403);
    const d = edit(documentId, ana);
    await d.synced();
    expect([c.text.toString(), d.text.toString()]).toEqual(["", ""]);
    c.text.insert(0, "goes on");
    await until(() => a.text.toString() === "goes on", "the joiner's edit to be accepted");
    expect(await entries(documentId, "document.edit-refused")).toHaveLength(1);
  });

  it("closes every socket of an ended session, without being told", async () => {
    const { documentId } = await shared();
    const who = await signedIn(context.db, ben.userId);
    const e = edit(documentId, who);
    await e.synced();
    await context.db.query("update identity.session set ended_at = now() where id = $1", [who.sessionId]);
    await context.db.query("select permissions.bump_revision()");
    expect(await e.closed()).toBe(4401);
  });
});

describe("what no honest client sends", () => {
  const hostile: [string, (doc: Y.Doc) => Uint8Array | string, number][] = [
    ["a text frame", () => "hello", 4400],
    ["an empty frame", () => new Uint8Array(), 4400],
    [
      "random bytes",
      () => Uint8Array.from({ length: 64 }, (_, i) => (i < 2 ? 0 : (i * 73 + 41) % 256)),
      4400,
    ],
    ["a truncated update", () => syncFrame(sync.update, updateOf("truncated").subarray(0, 9)), 4400],
    [
      "a change in another's name",
      (doc) =>
        syncFrame(
          sync.update,
          Uint8Array.from([
            1,
            1,
            ...varUint(doc.clientID),
            ...varUint(Y.getState(doc.store, doc.clientID)),
            0,
            200,
            1,
            0,
          ]),
        ),
      4400,
    ],
    ["presence that is not JSON", () => awarenessFrame(Uint8Array.of(1, 5, 1, 3, 0x7b, 0x7b, 0x7b)), 4400],
    ["a frame past the limit", () => new Uint8Array(17 * 1024 * 1024), 4413],
  ];

  it.each(hostile)(
    "%s closes its sender, is recorded, and nobody else notices",
    async (_name, make, code) => {
      const { documentId } = await shared();
      const a = edit(documentId, ana);
      await a.synced();
      a.text.insert(0, "untouched");
      await until(async () => (await versions(documentId)).length === 1, "a version");
      const { socket, closed } = await raw(documentId, ben.token);
      socket.send(make(a.doc));
      expect(await closed).toBe(code);
      a.text.insert(9, " indeed");
      const b = edit(documentId, ben);
      await until(() => b.text.toString() === "untouched indeed", "life to go on");
      expect(await versions(documentId)).toHaveLength(2);
      if (code === 4400) expect(await entries(documentId, "document.edit-refused")).toHaveLength(1);
    },
  );

  it("an update that builds on what was never sent is asked for again and never parked", async () => {
    const { documentId } = await shared();
    const whole = new Y.Doc();
    const updates: Uint8Array[] = [];
    whole.on("update", (update: Uint8Array) => updates.push(update));
    whole.getText("content").insert(0, "first ");
    whole.getText("content").insert(6, "second");
    const { socket } = await raw(documentId, ana.token);
    const asked = new Promise<void>((resolve) => {
      let steps = 0;
      socket.on("message", (data: Buffer) => data[0] === 0 && data[1] === 0 && ++steps === 2 && resolve());
    });
    socket.send(syncFrame(sync.step2, Uint8Array.of(0, 0)));
    socket.send(syncFrame(sync.update, updates[1]!));
    await asked;
    expect(await versions(documentId)).toHaveLength(0);
    socket.send(syncFrame(sync.step2, Y.encodeStateAsUpdate(whole)));
    const b = edit(documentId, ben);
    await until(() => b.text.toString() === "first second", "both parts");
    expect(await versions(documentId)).toHaveLength(1);
    socket.close();
  });

  it("presence for another's clientID changes nothing and is recorded", async () => {
    const { documentId } = await shared();
    const a = edit(documentId, ana);
    await a.synced();
    a.provider.awareness.setLocalStateField("user", { name: "Ana" });
    const b = edit(documentId, ben);
    await until(() => b.provider.awareness.getStates().has(a.doc.clientID), "Ana's presence");
    const { socket } = await raw(documentId, ben.token);
    const json = JSON.stringify({ user: { name: "Mallory" } });
    socket.send(
      awarenessFrame(Uint8Array.from([1, ...varUint(a.doc.clientID), 99, json.length, ...Buffer.from(json)])),
    );
    await until(async () => (await entries(documentId, "presence.refused")).length === 1, "the entry");
    expect(
      (b.provider.awareness.getStates().get(a.doc.clientID) as { user: { name: string } }).user.name,
    ).toBe("Ana Chan");
    socket.close();
  });
});

describe("two nodes on one database", () => {
  it("lose nothing and write nothing twice when both take edits of one document", async () => {
    const other = await context.another();
    const otherHttp = new HttpServer(other.log);
    const otherCollab = new Collab(other);
    otherCollab.mount(otherHttp);
    await otherCollab.start();
    const otherUrl = await otherHttp.listen(0, "127.0.0.1");
    try {
      const { documentId } = await shared();
      const a = edit(documentId, ana);
      const b = openEditor(otherUrl, documentId, ben.token);
      editors.push(b);
      await Promise.all([a.synced(), b.synced()]);
      for (let i = 0; i < 60; i++) {
        a.text.insert(a.text.length, `a${i} `);
        b.text.insert(0, `b${i} `);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await until(
        () =>
          a.text.toString() === b.text.toString() &&
          a.text.toString().includes("a59") &&
          a.text.toString().includes("b59"),
        "both nodes to agree",
      );
      expect(await versions(documentId)).toHaveLength(120);
      const c = edit(documentId, ben);
      await c.synced();
      expect(c.text.toString()).toBe(b.text.toString());
    } finally {
      for (const editor of editors.splice(0)) editor[Symbol.dispose]();
      await otherCollab.drain();
      await otherCollab[Symbol.asyncDispose]();
      await otherHttp[Symbol.asyncDispose]();
    }
  });
});

function updateOf(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText("content").insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

function varUint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
