import { newId } from "@onrecord/core/ids";
import type { Ledger } from "@onrecord/ledger/ledger";
import { concludeChange } from "@onrecord/policy/change";
import { levelNumber } from "@onrecord/policy/levels";
import { byCaller, type Principal } from "@onrecord/policy/principal";
import { placeResource } from "@onrecord/policy/resources";
import {
  type Answer,
  addPerson,
  ask,
  callerOf,
  follow,
  signedIn,
  type TestContext,
  testContext,
} from "@onrecord/testing/database";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AuditSubgraph, createAuditSubgraph } from "../subgraph.js";

const resources = new AsyncDisposableStack();
let context: TestContext;
let subgraph: AuditSubgraph;
let ledger: Ledger;
let officer: Principal;
let open: AsyncDisposableStack;

beforeAll(async () => {
  context = resources.use(await testContext());
  subgraph = resources.use(await createAuditSubgraph(context));
  ledger = context.ledger;
  officer = await someone({ roles: ["compliance"] });
});
afterAll(() => resources.disposeAsync());
beforeEach(() => {
  open = new AsyncDisposableStack();
});
afterEach(() => open.disposeAsync());

const someone = async (facts: Parameters<typeof addPerson>[1] = {}) =>
  signedIn(context.db, await addPerson(context.db, facts));
const FOLLOW = /* GraphQL */ `
  subscription ($filter: AuditFilter, $after: String) {
    auditEntryAppended(filter: $filter, after: $after) { id action cursor detail actor { id } }
  }
`;
const WITH_ADDRESS = FOLLOW.replace("detail", "ip");
interface Appended {
  auditEntryAppended: { id: string; cursor: string };
}
type Stream = AsyncGenerator<Answer<Appended>, void, void>;
async function following(
  who: Principal,
  variables: Record<string, unknown> = {},
  text = FOLLOW,
): Promise<Stream> {
  const stream = await follow<Appended>(subgraph, callerOf(who), text, variables);
  open.defer(() => void stream.return());
  return stream;
}
async function next(stream: Stream): Promise<Answer<Appended> | "ended"> {
  const { value, done } = await stream.next();
  return done || value === undefined ? "ended" : value;
}
async function take(stream: Stream, n: number): Promise<Appended["auditEntryAppended"][]> {
  const taken: Appended["auditEntryAppended"][] = [];
  while (taken.length < n) {
    const answer = await next(stream);
    if (answer === "ended") throw new Error("the stream ended");
    expect(answer.codes).toEqual([]);
    taken.push(answer.data.auditEntryAppended);
  }
  return taken;
}
async function newDocument(...readers: Principal[]): Promise<string> {
  const id = newId();
  await context.db.transaction(async (tx) => {
    await placeResource(tx, { id, parentId: null, kind: "DOCUMENT" });
    for (const { userId } of readers)
      await tx.query(
        "insert into permissions.grant (id, resource_id, principal_id, level, granted_at) values ($1, $2, $3, $4, now())",
        [newId(), id, userId, levelNumber("VIEW")],
      );
  });
  return id;
}
const edit = (id: string, version = 1) =>
  ledger.record({
    action: "document.edited",
    by: byCaller(callerOf(officer)),
    object: { kind: "DOCUMENT", id },
    detail: { version, bytes: 1 },
  });
/** Many edits in one transaction, without a hint on the bus. */
async function editOften(id: string, times: number): Promise<string[]> {
  const rows = await context.db.query<{ id: string }>(
    `insert into audit.entry (id, action, actor_kind, request_id, object_kind, object_id, outcome, detail)
     select e.id, 'document.edited', 'SYSTEM', 'many', 'DOCUMENT', $1, 'ALLOWED', jsonb_build_object('version', e.n)
     from unnest($2::uuid[]) with ordinality e (id, n) returning id`,
    [id, Array.from({ length: times }, newId)],
  );
  return rows.map((row) => row.id);
}
const changePermissions = (sql: string, values: unknown[]) =>
  context.db.transaction(async (tx) => {
    await tx.query(sql, values);
    await concludeChange(tx, context.bus);
  });

describe("following the record", () => {
  it("brings what passes the filter as it is recorded, and is itself on the record", async () => {
    const [mine, other] = [await newDocument(), await newDocument()];
    const stream = await following(
      officer,
      { filter: { objectId: mine, actions: ["document.edited"] } },
      WITH_ADDRESS,
    );
    const ids = [await edit(mine), await edit(other), await edit(mine, 2)];
    const [first, second] = await take(stream, 2);
    expect([first!.id, second!.id]).toEqual([ids[0], ids[2]]);
    expect(first).toMatchObject({ ip: "192.0.2.7", actor: { id: `user:${officer.userId}` } });
    const queries = await context.db.query<{ detail: unknown }>(
      "select detail from audit.entry where action = 'audit.queried' and actor_id = $1",
      [officer.userId],
    );
    expect(queries.map(({ detail }) => detail)).toContainEqual({
      filter: { objectId: mine, actions: ["document.edited"] },
      returned: 0,
    });
  });

  it("resumes behind a cursor with nothing missed, however far behind, and goes on live", async () => {
    const id = await newDocument();
    const filter = { objectId: id, actions: ["document.edited"] };
    const stream = await following(officer, { filter });
    await edit(id);
    const [seen] = await take(stream, 1);
    await stream.return();
    const missed = await editOften(id, 1200);
    const resumed = await following(officer, { filter, after: seen!.cursor });
    const live = edit(id, 5000);
    const caught = await take(resumed, 1201);
    expect(caught.map((entry) => entry.id)).toEqual([...missed, await live]);
  });

  it("misses nothing of transactions that commit in another order than they began", async () => {
    const id = await newDocument();
    const filter = { objectId: id, actions: ["document.edited"] };
    const page = /* GraphQL */ `
      query ($filter: AuditFilter) { auditEntries(filter: $filter, first: 1) { edges { cursor node { id } } } }
    `;
    const stream = await following(officer, { filter });
    let early = "";
    let late = "";
    let cursor = "";
    await context.db.transaction(async (tx) => {
      early = await ledger.append(tx, {
        action: "document.edited",
        by: byCaller(callerOf(officer)),
        object: { kind: "DOCUMENT", id },
        detail: { version: 1, bytes: 1 },
      });
      // Begun later, committed first: it is listed, and is not yet where it will stand.
      late = await edit(id, 2);
      const { data } = await ask<{ auditEntries: { edges: { cursor: string; node: { id: string } }[] } }>(
        subgraph,
        callerOf(officer),
        page,
        { filter },
      );
      expect(data.auditEntries.edges[0]?.node.id).toBe(late);
      cursor = data.auditEntries.edges[0]!.cursor;
    });
    expect((await take(stream, 2)).map((entry) => entry.id)).toEqual([early, late]);
    const resumed = await following(officer, { filter, after: cursor });
    expect((await take(resumed, 1))[0]?.id).toBe(early);
  });

  it("serves a reader who sleeps from the table, with all that it slept through", async () => {
    const id = await newDocument();
    const filter = { objectId: id, actions: ["document.edited"] };
    const [awake, asleep] = [await following(officer, { filter }), await following(officer, { filter })];
    // More than the shared reader keeps.
    const ids = await editOften(id, 2600);
    expect((await take(awake, 2600)).map((entry) => entry.id)).toEqual(ids);
    expect((await take(asleep, 2600)).map((entry) => entry.id)).toEqual(ids);
  });

  it("of one document is for those who may read its trail; of everything, for the officers", async () => {
    const analyst = await someone({ roles: ["analyst"] });
    const guest = await someone({ kind: "GUEST" });
    const id = await newDocument(analyst, guest);
    const refusal = async (who: Principal, variables: Record<string, unknown> = {}) => {
      const answer = await next(await following(who, variables));
      return answer === "ended" ? answer : answer.codes;
    };
    expect(await refusal(analyst)).toEqual(["FORBIDDEN"]);
    expect(await refusal(guest, { filter: { objectId: id } })).toEqual(["FORBIDDEN"]);
    expect(await refusal(analyst, { filter: { objectId: await newDocument() } })).toEqual(["NOT_FOUND"]);
    expect(await refusal(officer, { after: "forged" })).toEqual(["BAD_USER_INPUT"]);
    const stream = await following(analyst, { filter: { objectId: id } }, WITH_ADDRESS);
    const entryId = await edit(id);
    expect((await take(stream, 1))[0]).toMatchObject({ id: entryId, ip: null });
  });
});

describe("losing the right to follow", () => {
  it("ends the stream with the reason, before anything that was recorded after", async () => {
    const analyst = await someone({ roles: ["analyst"] });
    const id = await newDocument(analyst);
    const stream = await following(analyst, { filter: { objectId: id } });
    await edit(id);
    await take(stream, 1);
    const waiting = next(stream);
    await changePermissions(
      "update permissions.grant set revoked_at = now() where resource_id = $1 and principal_id = $2",
      [id, analyst.userId],
    );
    await edit(id, 2);
    expect(await waiting).toMatchObject({ codes: ["NOT_FOUND"] });
    expect(await next(stream)).toBe("ended");
  });

  it("ends the stream also when nothing happens, and when the hint of it is lost", async () => {
    const second = await someone({ roles: ["compliance"] });
    const stream = await following(second, { filter: { actions: ["document.closed"] } });
    const waiting = next(stream);
    await context.db.query("update identity.session set ended_at = now() where id = $1", [second.sessionId]);
    expect(await waiting).toMatchObject({ codes: ["UNAUTHENTICATED"] });
    expect(await next(stream)).toBe("ended");
  });

  it("ends the stream when the session's time is over", async () => {
    const brief = await someone({ roles: ["compliance"] });
    await context.db.query(
      "update identity.session set expires_at = now() + interval '1 second' where id = $1",
      [brief.sessionId],
    );
    const expiresAt = new Date(Date.now() + 500).toISOString();
    const stream = await following({ ...brief, expiresAt }, { filter: { actions: ["document.closed"] } });
    expect(await next(stream)).toMatchObject({ codes: ["UNAUTHENTICATED"] });
  });

  it("takes effect between two events of one batch", async () => {
    const analyst = await someone({ roles: ["analyst"] });
    const id = await newDocument(analyst);
    const stream = await following(analyst, { filter: { objectId: id, actions: ["document.edited"] } });
    await context.db.transaction(async (tx) => {
      for (let version = 1; version <= 10; version++)
        await ledger.append(tx, {
          action: "document.edited",
          by: byCaller(callerOf(officer)),
          object: { kind: "DOCUMENT", id },
          detail: { version, bytes: 1 },
        });
    });
    await take(stream, 1);
    await changePermissions("update permissions.grant set revoked_at = now() where resource_id = $1", [id]);
    // Another reader of the same feed proves that the change was heard.
    const witness = await following(officer, { filter: { objectId: id } });
    await edit(id, 11);
    await take(witness, 1);
    expect(await next(stream)).toMatchObject({ codes: ["NOT_FOUND"] });
  });
});

it("lets a reader who waits leave at once", async () => {
  const stream = await following(officer, { filter: { actions: ["document.closed"] } });
  const waiting = next(stream);
  await stream.return();
  expect(await waiting).toBe("ended");
});
