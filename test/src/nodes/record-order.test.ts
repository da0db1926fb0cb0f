import { type Node, startNode } from "@onrecord/cli/node";
import { draws, seeds } from "@onrecord/core/testing/random";
import { levelNumber } from "@onrecord/policy/levels";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRoaming, type RoamingEditor } from "./roaming-editor.js";
import { readRecorded } from "./whole-history.js";

/** The order of the record is (txid, id): nothing that somebody wrote may stand there behind what took their right away. */
let context: TestContext;
let nodes: Node[];
type Person = Awaited<ReturnType<typeof signedIn>>;
let manager: Person;
const owned = new AsyncDisposableStack();

beforeAll(async () => {
  context = owned.use(await testContext({ PORT: "0", ONRECORD_DEMO: "0" }));
  nodes = [];
  for (const on of [context, owned.use(await context.another())]) nodes.push(owned.use(await startNode(on)));
  manager = await someone();
});
afterAll(() => owned.disposeAsync());

const someone = async () => signedIn(context.db, await addPerson(context.db));

/** A document that the manager manages. */
async function document(): Promise<string> {
  const id = await addDocument(context);
  await addGrant(context, id, manager.userId, "MANAGE");
  return id;
}

async function post<T>(who: Person, query: string, variables: object = {}, node = 0): Promise<T> {
  const response = await fetch(`${nodes[node]!.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${who.token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

async function give(resourceId: string, { userId }: Person, level: string, node = 0): Promise<string> {
  const { grantAccess } = await post<{ grantAccess: { id: string } }>(
    manager,
    "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }",
    { input: { resourceId, principalId: userId, level } },
    node,
  );
  return grantAccess.id;
}
const revoke = (grantId: string, node = 0) =>
  post(manager, "mutation ($id: ID!) { revokeAccess(input: { grantId: $id }) }", { id: grantId }, node);
const signOut = (who: Person, node = 0) => post(who, "mutation { signOut }", {}, node);

interface Entry {
  readonly action: string;
  readonly actor: string | null;
  readonly session: string | null;
  readonly detail: { readonly principalId?: string; readonly level?: string };
}

/** What the record says of a document, and of sessions that ended, in its order; who may edit is followed along. Returns how many edits there are. */
async function checkOrder(documentId: string, people: readonly Person[]): Promise<number> {
  const entries = await context.db.query<Entry>(
    `select action, actor_id as actor, session_id as session, detail from audit.entry
     where action in ('document.edited', 'access.granted', 'access.revoked') and object_id = $1
       or action = 'session.ended' and actor_id = any ($2)
     order by txid, id`,
    [documentId, people.map(({ userId }) => userId)],
  );
  const levels = new Map<string, number>();
  const ended = new Set<string>();
  let edits = 0;
  for (const { action, actor, session, detail } of entries) {
    if (action === "access.granted") levels.set(detail.principalId!, levelNumber(detail.level as "VIEW"));
    else if (action === "access.revoked") levels.delete(detail.principalId!);
    else if (action === "session.ended") ended.add(session!);
    else {
      edits++;
      expect(levels.get(actor!) ?? 0, "an edit behind the revocation that forbids it").toBeGreaterThanOrEqual(
        4,
      );
      expect(ended.has(session!), "an edit behind the end of its session").toBe(false);
    }
  }
  return edits;
}

/** Backends of this database that wait for a lock in such a statement. */
const waiting = async (like: string) =>
  context.db.query(
    "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like $1",
    [like],
  );

/** Holds rows locked until it is let go. */
async function hold(statement: string, values: unknown[]) {
  const gate = context.db.dedicated("a gate");
  await gate.connect();
  await gate.query("begin");
  await gate.query(statement, values);
  return {
    open: () => gate.query("commit"),
    [Symbol.asyncDispose]: () => gate.end(),
  };
}

describe("in the order of the record", () => {
  const takings: [
    string,
    string,
    (who: Person, grant: string) => string,
    (who: Person, grant: string) => Promise<unknown>,
  ][] = [
    ["a revocation", "permissions.grant", (_, grant) => grant, (_, grant) => revoke(grant)],
    ["a sign-out", "identity.session", ({ sessionId }) => sessionId, (who) => signOut(who)],
  ];

  it.each(takings)(
    "no edit comes after %s that is held open at its first write",
    async (_, table, row, take) => {
      const documentId = await document();
      const who = await someone();
      const grant = await give(documentId, who, "EDIT");
      using editor = openRoaming([nodes[1]!.url], documentId, who.token);
      await until(() => editor.provider.synced, "the editor to be let in");
      editor.text.insert(0, "in time");
      await until(
        async () => (await readRecorded(context, documentId)).version === 1,
        "an edit that is allowed",
      );
      await using gate = await hold(`select from ${table} where id = $1 for update`, [row(who, grant)]);
      const taken = take(who, grant);
      // It has its transaction id by now, and waits for the gate.
      await until(async () => (await waiting(`update %`)).length > 0, "the revocation to write");
      editor.text.insert(0, "too late");
      const isDecided = async () =>
        (await readRecorded(context, documentId)).version > 1 ||
        (await waiting("%permissions.stand%")).length > 0;
      await until(isDecided, "the edit to be committed or refused");
      await gate.open();
      await taken;
      await until(() => editor.closes.length > 0, "the editor to be closed");
      expect(await checkOrder(documentId, [who])).toBe(1);
    },
  );

  it.each(takings)("an edit comes before %s that found it being committed", async (_, _table, _row, take) => {
    const documentId = await document();
    const who = await someone();
    const grant = await give(documentId, who, "EDIT");
    using editor = openRoaming([nodes[1]!.url], documentId, who.token);
    await until(() => editor.provider.synced, "the editor to be let in");
    await using gate = await hold("select from documents.head where document_id = $1 for update", [
      documentId,
    ]);
    editor.text.insert(0, "in time");
    await until(
      async () => (await waiting("%documents.commit_live%")).length > 0,
      "the edit to be committed",
    );
    const taken = take(who, grant);
    await until(
      async () => (await waiting("%permissions.stop%")).length > 0,
      "the revocation to wait for it",
    );
    const [change] = await context.db.query<{ xid: string | null }>(
      `select backend_xid::text as xid from pg_stat_activity
       where datname = current_database() and state = 'idle in transaction' and query like '%pg_current_xact_id_if_assigned%'`,
    );
    expect(change).toEqual({ xid: null });
    await gate.open();
    await taken;
    await until(() => editor.closes.length > 0, "the editor to be closed");
    expect(await checkOrder(documentId, [who])).toBe(1);
  });

  it("a change that fails leaves everybody what they had", async () => {
    const documentId = await document();
    const who = await someone();
    const grant = await give(documentId, who, "EDIT");
    using editor = openRoaming([nodes[1]!.url], documentId, who.token);
    await until(() => editor.provider.synced, "the editor to be let in");
    await using gate = await hold("select from permissions.grant where id = $1 for update", [grant]);
    const taken = revoke(grant).then(
      () => "revoked",
      () => "failed",
    );
    await until(async () => (await waiting(`update %`)).length > 0, "the revocation to write");
    await context.db.query(
      "select pg_cancel_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like 'update %'",
    );
    expect(await taken).toBe("failed");
    await gate.open();
    editor.text.insert(0, "still mine");
    await until(
      async () => (await readRecorded(context, documentId)).text === "still mine",
      "what is allowed to be committed",
    );
    expect(editor.closes).toEqual([]);
  });

  it("nothing stands behind what forbids it, whatever happens at once on two nodes", async () => {
    for (const seed of seeds(1)) {
      const random = draws(seed);
      const documentId = await document();
      const people: Person[] = await Promise.all(Array.from({ length: 6 }, someone));
      const grants = new Map<Person, string>();
      for (const who of people) grants.set(who, await give(documentId, who, "EDIT"));
      const editors: RoamingEditor[] = people.flatMap((who) =>
        nodes.map(({ url }) => openRoaming([url], documentId, who.token)),
      );
      await until(() => editors.every(({ provider }) => provider.synced), "everyone to be let in");
      const typing = setInterval(() => {
        for (const { text } of editors) text.insert(0, "x");
      }, 3);
      try {
        for (let n = 0; n < 20; n++) {
          await new Promise((resolve) => setTimeout(resolve, random(40)));
          const who = people[random(people.length)]!;
          const node = random(2);
          const what = random(5);
          const grant = grants.get(who);
          if (what === 0 && n > 10) {
            people.splice(people.indexOf(who), 1);
            const gone = await signOut(who, node).then(() => who);
            people.push(await signedIn(context.db, gone.userId));
            grants.set(people.at(-1)!, grant ?? "");
          } else if (what < 3 && grant) {
            await revoke(grant, node);
            grants.delete(who);
          } else grants.set(who, await give(documentId, who, what === 3 ? "VIEW" : "EDIT", node));
        }
      } finally {
        clearInterval(typing);
        for (const editor of editors) editor[Symbol.dispose]();
      }
      expect(await checkOrder(documentId, people), `seed ${seed}`).toBeGreaterThan(20);
    }
  });
});
