import { closeReasons } from "@onrecord/collab-protocol/protocol";
import { newId } from "@onrecord/core/ids";
import { concludeChange } from "@onrecord/policy/change";
import { inForce } from "@onrecord/policy/in-force";
import { type AccessLevel, levelNumber } from "@onrecord/policy/levels";
import type { Sql } from "@onrecord/postgres/database";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant, removeGrant } from "@onrecord/testing/documents";
import { until } from "@onrecord/testing/editor";
import pg from "pg";
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
        `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like '%permissions.stand%'`,
      );
    await until(async () => (await waiting()).length === editors.length, "every node to ask what is left");
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
    expect(refused.map(({ detail }) => detail.reason)).toEqual([
      closeReasons.viewOnly.reason,
      closeReasons.viewOnly.reason,
    ]);
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
    await context.db.query("update identity.user set expires_at = $2 where id = $1", [guest.userId, soon()]);
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
          await tx.query("select permissions.conclude()");
        },
    ],
    [
      "a deactivated user",
      4401,
      ({ userId }) =>
        async (tx) => {
          await tx.query("update identity.user set active = false where id = $1", [userId]);
          await tx.query("select permissions.conclude()");
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

describe("whatever a right rests on, and whoever changes it, the editors of every node hear of it", () => {
  const member = async (facts: { departmentId?: string; roles?: string[] }) =>
    signedIn(context.db, await addPerson(context.db, { name: "Cho Wing", ...facts }));
  const department = async (parentId: string | null = null) => {
    const id = newId();
    await context.db.query(
      "insert into identity.department (id, name, parent_id) values ($1, 'A department', $2)",
      [id, parentId],
    );
    return id;
  };
  const roleId = async (name: string) =>
    (await context.db.query<{ id: string }>("select id from identity.role where name = $1", [name]))[0]!.id;

  it("a role that is taken away, and given again to others at once", async () => {
    const who = await member({ roles: ["writers"] });
    await addGrant(context, documentId, await roleId("writers"), "EDIT");
    using open = await onEveryNode(who);
    await told(open.editors, "edit");
    await context.db.query("delete from identity.user_role where user_id = $1", [who.userId]);
    await closedWith(open.editors, 4403);
    expect(open.witness.closes).toEqual([]);
  });

  it("a role's other name, by which policies know it", async () => {
    const name = `reviewers of ${newId()}`;
    const who = await member({ roles: [name] });
    await addGrant(context, documentId, who.userId, "EDIT");
    using open = await onEveryNode(who);
    await told(open.editors, "edit");
    await context.db.query("update identity.role set name = 'risk' where name = $1", [name]);
    await told(open.editors, "comment");
    await context.db.query("update identity.role set name = $1 where name = 'risk'", [name]);
    await told(open.editors, "edit");
  });

  it("a move to another department, and a department's move with all below it", async () => {
    const [firm, other] = [await department(), await department()];
    const below = await department(await department(firm));
    await addGrant(context, documentId, firm, "EDIT");
    const who = await member({ departmentId: below });
    const mover = await member({ departmentId: below });
    using open = await onEveryNode(who);
    using moving = await onEveryNode(mover);
    await context.db.query("update identity.user set department_id = $2 where id = $1", [
      mover.userId,
      other,
    ]);
    await closedWith(moving.editors, 4403);
    expect(open.editors.flatMap(({ closes }) => closes)).toEqual([]);
    await context.db.query("update identity.department set parent_id = $2 where parent_id = $1", [
      firm,
      other,
    ]);
    await closedWith(open.editors, 4403);
  });

  it("a deactivated account, and one that is deleted, sessions first", async () => {
    const [left, gone] = [await member({}), await member({})];
    for (const { userId } of [left, gone]) await addGrant(context, documentId, userId, "EDIT");
    using open = await onEveryNode(left);
    using opened = await onEveryNode(gone);
    await context.db.query("update identity.user set active = false where id = $1", [left.userId]);
    await closedWith(open.editors, 4401);
    await context.db.transaction(async (tx) => {
      await tx.query("delete from identity.session where user_id = $1", [gone.userId]);
      await tx.query("delete from identity.user where id = $1", [gone.userId]);
    });
    await closedWith(opened.editors, 4401);
    expect([...open.editors, ...opened.editors].every(({ closes }) => closes.length === 1)).toBe(true);
  });
});

describe("what empties a table that rights rest on, or cuts the way to a resource", () => {
  it.each([
    [
      "the way up from a document",
      "delete from permissions.resource_path where descendant_id = $1 and depth > 0",
    ],
    ["all grants", "truncate permissions.grant"],
  ])("%s: nobody who was let in by it stays", async (_name, statement) => {
    const ben = await newcomer();
    const [folder] = await context.db.query<{ parent_id: string }>(
      "select parent_id from permissions.resource where id = $1",
      [documentId],
    );
    await addGrant(context, folder!.parent_id, ben.userId, "EDIT");
    const editors = nodes.map(({ url }) => openRoaming([url], documentId, ben.token));
    await until(() => editors.every(({ provider }) => provider.synced), "everyone to be let in");
    const owner = new pg.Client({ connectionString: context.env.DATABASE_ADMIN_URL });
    await owner.connect();
    try {
      await owner.query(statement, statement.includes("$1") ? [documentId] : []);
    } finally {
      await owner.end();
    }
    await closedWith(editors, 4403);
    for (const editor of editors) editor[Symbol.dispose]();
  });
});

describe("a change of rights that is under way", () => {
  it("must be READ COMMITTED: with a snapshot of before it could not see who was let in since", async () => {
    const ben = await newcomer();
    const client = context.db.dedicated("a change of rights");
    await client.connect();
    try {
      await client.query("begin isolation level repeatable read");
      await expect(
        client.query("update identity.user set active = false where id = $1", [ben.userId]),
      ).rejects.toThrow("READ COMMITTED");
    } finally {
      await client.end();
    }
  });

  it("reaches also whoever joined a department while it was being moved", async () => {
    const [firm, team] = [newId(), newId()];
    await context.db.query("insert into identity.department (id, name) values ($1, 'Firm')", [firm]);
    await context.db.query("insert into identity.department (id, name, parent_id) values ($1, 'Team', $2)", [
      team,
      firm,
    ]);
    await addGrant(context, documentId, firm, "EDIT");
    const ben = await newcomer();
    const client = context.db.dedicated("a change of rights");
    await client.connect();
    try {
      await client.query("begin");
      await client.query("update identity.department set parent_id = null where id = $1", [team]);
      await context.db.query("update identity.user set department_id = $2 where id = $1", [ben.userId, team]);
      using open = await onEveryNode(ben);
      await told(open.editors, "edit");
      await client.query("commit");
      await closedWith(open.editors, 4403);
    } finally {
      await client.end();
    }
  });

  it("keeps nobody else from their commits, in the same document or another", async () => {
    const ben = await newcomer();
    const grant = await addGrant(context, documentId, ben.userId, "EDIT");
    const elsewhere = await addDocument(context);
    const cho = await newcomer();
    await addGrant(context, elsewhere, cho.userId, "EDIT");
    using open = await onEveryNode(ben);
    using others = new DisposableStack();
    const [writer, reader] = nodes.map(({ url }) => others.use(openRoaming([url], elsewhere, cho.token)));
    await until(() => writer!.provider.synced && reader!.provider.synced, "the others to be let in");
    const client = context.db.dedicated("a change of rights");
    await client.connect();
    try {
      await client.query("begin");
      await removeGrant(
        { query: async (text, values = []) => (await client.query(text, [...values])).rows },
        grant,
      );
      open.witness.text.insert(0, "the same document");
      writer!.text.insert(0, "another document");
      await until(
        async () => (await readRecorded(context, documentId)).text === "the same document",
        "an edit beside it to be committed",
      );
      await until(() => reader!.text.toString() === "another document", "an edit elsewhere to arrive");
      expect(open.editors.flatMap(({ closes }) => closes)).toEqual([]);
      await client.query("commit");
    } finally {
      await client.end();
    }
    await closedWith(open.editors, 4403);
  });

  it("is told to be in force when every node has acted on it", async () => {
    const ben = await newcomer();
    const grant = await addGrant(context, documentId, ben.userId, "EDIT");
    using open = await onEveryNode(ben);
    const revision = await context.db.transaction(async (tx) => {
      await tx.query("update permissions.grant set revoked_at = clock_timestamp() where id = $1", [grant]);
      return concludeChange(tx, context.bus);
    });
    expect(await inForce(context.db, revision)).toBe(true);
    const left = await context.db.query("select from permissions.live_right where user_id = $1", [
      ben.userId,
    ]);
    expect(left).toEqual([]);
    await closedWith(open.editors, 4403);
  });

  it("waits no longer than it may for a node that has died, and takes its rights away", async () => {
    const ben = await newcomer();
    await context.db.query(
      `insert into permissions.live_right (id, node_id, session_id, user_id, until)
       values ($1, $2, $3, $4, clock_timestamp() + interval '1 hour')`,
      [newId(), newId(), ben.sessionId, ben.userId],
    );
    const revision = await context.db.transaction(async (tx) => {
      await tx.query("update identity.user set active = false where id = $1", [ben.userId]);
      return concludeChange(tx, context.bus);
    });
    expect(await inForce(context.db, revision)).toBe(false);
    expect(await inForce(context.db, revision)).toBe(true);
  });

  it("finds also those whose rights the database has lost", async () => {
    const ben = await newcomer();
    const grant = await addGrant(context, documentId, ben.userId, "EDIT");
    using open = await onEveryNode(ben);
    await context.db.transaction(async (tx) => {
      // As a crash of the database does.
      await tx.query("delete from permissions.live_right where user_id = $1", [ben.userId]);
      await tx.query("update permissions.grant set revoked_at = clock_timestamp() where id = $1", [grant]);
    });
    await closedWith(open.editors, 4403);
    open.witness.text.insert(0, "goes on");
    await until(async () => (await readRecorded(context, documentId)).text === "goes on", "what is allowed");
  });
});
