import { newId } from "@onrecord/core/ids";
import { type AccessLevel, levelNumber } from "@onrecord/policy/levels";
import { bumpRevision } from "@onrecord/policy/resources";
import type { Sql } from "@onrecord/postgres/database";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant, removeGrant } from "@onrecord/testing/documents";
import { until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Node, startNode } from "./nodes.js";
import { openRoaming, type RoamingEditor } from "./roaming-editor.js";
import { readRecorded } from "./whole-history.js";

let context: TestContext;
let nodes: Node[];
let ana: { token: string; userId: string };
let documentId: string;
const owned = new AsyncDisposableStack();

beforeAll(async () => {
  context = owned.use(await testContext());
  nodes = [];
  for (let n = 0; n < 2; n++) nodes.push(owned.use(await startNode(context)));
  ana = await signedIn(context.db, await addPerson(context.db, { name: "Ana Chan" }));
});
afterAll(() => owned.disposeAsync());
beforeEach(async () => {
  documentId = await addDocument(context);
  await addGrant(context, documentId, ana.userId, "EDIT");
});

/** A change of rights, but for its commit. */
type Take = (tx: Sql) => Promise<unknown>;

/** One editor of somebody on each node, and Ana on the first, whom nothing of this concerns. */
async function onEveryNode({ token }: { token: string }) {
  const opened = new DisposableStack();
  const editors = nodes.map(({ url }) => opened.use(openRoaming([url], documentId, token)));
  const witness = opened.use(openRoaming([nodes[0]!.url], documentId, ana.token));
  await until(
    () => [witness, ...editors].every(({ provider }) => provider.synced),
    "everyone to be let in on every node",
  );
  return { editors, witness, [Symbol.dispose]: () => opened.dispose() };
}

const newcomer = async () => signedIn(context.db, await addPerson(context.db, { name: "Ben Lau" }));
const soon = () => new Date(Date.now() + 1000);
const closedWith = (editors: readonly RoamingEditor[], code: number) =>
  until(() => editors.every(({ closes }) => closes.includes(code)), `every socket to be closed with ${code}`);
const told = (editors: readonly RoamingEditor[], access: string) =>
  until(() => editors.every((editor) => editor.access === access), `every editor to be told "${access}"`);

/** Puts a grant of another level in the place of one, in one transaction, as a change of level is. */
async function replaceGrant(
  grant: string,
  userId: string,
  level: AccessLevel,
  expiresAt: Date | null = null,
): Promise<string> {
  const id = newId();
  await context.db.transaction(async (tx) => {
    await tx.query(
      "insert into permissions.grant (id, resource_id, principal_id, level, granted_at, expires_at) values ($1, $2, $3, $4, now(), $5)",
      [id, documentId, userId, levelNumber(level), expiresAt],
    );
    await removeGrant(tx, grant);
    tx.onCommit(() => context.bus.publish("permissions.changed", { revision: 0 }));
  });
  return id;
}

/** Takes something away in a transaction that stays open, while every editor types; they must all lose, however it races. */
async function raceWith(editors: readonly RoamingEditor[], takeAway: Take) {
  const before = (await readRecorded(context, documentId)).version;
  const client = context.db.dedicated("a change of rights");
  await client.connect();
  try {
    await client.query("begin");
    await takeAway({ query: async (text, values = []) => (await client.query(text, [...values])).rows });
    for (const { text } of editors) text.insert(0, "too late");
    const waiting = () =>
      context.db.query(
        `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like '%commit_changes%'`,
      );
    await until(async () => (await waiting()).length === editors.length, "the edits of every node to wait");
    await client.query("commit");
  } finally {
    await client.end();
  }
  return async () => expect((await readRecorded(context, documentId)).version).toBe(before);
}

describe("rights of sockets that are open on several nodes", () => {
  it("are gained, lowered and gained again while the socket stays", async () => {
    const ben = await newcomer();
    let grant = await addGrant(context, documentId, ben.userId, "VIEW");
    using open = await onEveryNode(ben);
    const { editors, witness } = open;
    await told(editors, "view");
    for (const [level, access] of [
      ["EDIT", "edit"],
      ["COMMENT", "comment"],
      ["VIEW", "view"],
      ["EDIT", "edit"],
    ] as const) {
      grant = await replaceGrant(grant, ben.userId, level);
      await told(editors, access);
    }
    editors.forEach(({ text }, n) => {
      text.insert(0, `<${n}>`);
    });
    await until(() => witness.text.length === 6, "what is allowed again to be seen");
    expect([...editors, witness].flatMap(({ closes }) => closes)).toEqual([]);
  });

  it("leave a viewer their presence, and refuse what they write", async () => {
    const ben = await newcomer();
    const grant = await addGrant(context, documentId, ben.userId, "EDIT");
    using open = await onEveryNode(ben);
    const { editors, witness } = open;
    await replaceGrant(grant, ben.userId, "VIEW");
    await told(editors, "view");
    for (const { provider } of editors) provider.awareness.setLocalState({ user: { name: "x" } });
    await until(
      () => editors.every(({ doc }) => witness.provider.awareness.getStates().has(doc.clientID)),
      "the viewers of both nodes to be seen",
    );
    witness.text.insert(0, "read this");
    await until(() => editors.every(({ text }) => text.toString() === "read this"), "the viewers to read it");
    for (const { text } of editors) text.insert(0, "I also say: ");
    await closedWith(editors, 4403);
    expect((await readRecorded(context, documentId)).text).toBe("read this");
    const refused = await context.db.query<{ detail: { reason: string } }>(
      "select detail from audit.entry where object_id = $1 and action = 'document.edit-refused'",
      [documentId],
    );
    expect(refused.map(({ detail }) => detail.reason)).toEqual(["view only", "view only"]);
  });

  it("end with the grant, although nobody says so", async () => {
    const ben = await newcomer();
    const grant = await addGrant(context, documentId, ben.userId, "EDIT");
    using open = await onEveryNode(ben);
    await replaceGrant(grant, ben.userId, "EDIT", soon());
    await closedWith(open.editors, 4403);
    expect(open.witness.closes).toEqual([]);
  });

  it("end with a guest's account", async () => {
    const guest = await signedIn(context.db, await addPerson(context.db, { kind: "GUEST" }));
    await addGrant(context, documentId, guest.userId, "EDIT");
    using open = await onEveryNode(guest);
    await context.db.transaction(async (tx) => {
      await tx.query("update identity.user set expires_at = $2 where id = $1", [guest.userId, soon()]);
      await bumpRevision(tx);
    });
    await closedWith(open.editors, 4401);
    expect(open.witness.closes).toEqual([]);
  });
});

describe("what races with a change of rights on every node is not committed", () => {
  const causes: [string, number, (who: { userId: string; sessionId: string }, grant: string) => Take][] = [
    ["a revoked grant", 4403, (_, grant) => (tx) => removeGrant(tx, grant)],
    [
      "an ended session",
      4401,
      ({ sessionId }) =>
        async (tx) => {
          await tx.query("update identity.session set ended_at = clock_timestamp() where id = $1", [
            sessionId,
          ]);
          await tx.query("select permissions.bump_revision()");
        },
    ],
    [
      "a deactivated user",
      4401,
      ({ userId }) =>
        async (tx) => {
          await tx.query("update identity.user set active = false where id = $1", [userId]);
          await tx.query("select permissions.bump_revision()");
        },
    ],
  ];
  it.each(causes)("%s", async (_name, code, takeAway) => {
    const ben = await newcomer();
    const grant = await addGrant(context, documentId, ben.userId, "EDIT");
    using open = await onEveryNode(ben);
    const expectNothingNew = await raceWith(open.editors, takeAway(ben, grant));
    await closedWith(open.editors, code);
    await expectNothingNew();
    open.witness.text.insert(0, "and on it goes");
    await until(
      async () => (await readRecorded(context, documentId)).text === "and on it goes",
      "what is allowed to be committed",
    );
  });

  it("a lowered level, which leaves the socket to read on or be refused", async () => {
    const ben = await newcomer();
    const grant = await addGrant(context, documentId, ben.userId, "EDIT");
    using open = await onEveryNode(ben);
    const expectNothingNew = await raceWith(open.editors, async (tx) => {
      await tx.query(
        "insert into permissions.grant (id, resource_id, principal_id, level, granted_at) values ($1, $2, $3, 1, now())",
        [newId(), documentId, ben.userId],
      );
      await removeGrant(tx, grant);
    });
    await closedWith(open.editors, 4403);
    await expectNothingNew();
  });
});
