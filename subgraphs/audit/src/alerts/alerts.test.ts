import { recentInRecord } from "@onrecord/alerts/rules/recent-in-record";
import type { AppContext } from "@onrecord/context/context";
import { newId } from "@onrecord/core/ids";
import type { Ledger, NewEntry } from "@onrecord/ledger/ledger";
import { entryColumns, type PlacedEntry } from "@onrecord/ledger/read";
import { byCaller, type Principal } from "@onrecord/policy/principal";
import {
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
let ledger: Ledger;
let officer: Principal;
/** Two nodes on one database, each with its engine. */
let nodes: AuditSubgraph[];
let open: AsyncDisposableStack;

beforeAll(async () => {
  context = resources.use(await testContext());
  ledger = context.ledger;
  officer = await signedIn(context.db, await addPerson(context.db, { roles: ["compliance"] }));
  const contexts: AppContext[] = [context, await context.another()];
  nodes = [];
  for (const each of contexts) nodes.push(resources.use(await createAuditSubgraph(each)));
  await Promise.all(nodes.map((node) => node.start()));
});
afterAll(() => resources.disposeAsync());
beforeEach(() => {
  open = new AsyncDisposableStack();
});
afterEach(() => open.disposeAsync());

const ALERT = /* GraphQL */ `
  subscription ($filter: AlertFilter, $after: String) {
    alertRaised(filter: $filter, after: $after) {
      id rule severity status cursor
      entry { id action detail }
      document { id } actor { id }
    }
  }
`;
interface Raised {
  alertRaised: { id: string; rule: string; cursor: string; entry: { id: string; action: string } };
}
async function raisedOn(
  node: AuditSubgraph,
  variables: Record<string, unknown> = {},
  who: Principal = officer,
) {
  const stream = await follow<Raised>(node, callerOf(who), ALERT, variables);
  open.defer(() => void stream.return());
  return stream;
}
async function take(stream: AsyncGenerator<{ data: Raised }>, n: number): Promise<Raised["alertRaised"][]> {
  const taken: Raised["alertRaised"][] = [];
  while (taken.length < n) {
    const { value, done } = await stream.next();
    if (done) throw new Error("the stream ended");
    taken.push(value.data.alertRaised);
  }
  return taken;
}
const someone = async (facts: Parameters<typeof addPerson>[1] = {}) =>
  signedIn(context.db, await addPerson(context.db, facts));
const refusedDownload = (who: Principal): NewEntry<"document.download-refused"> => ({
  action: "document.download-refused",
  by: byCaller(callerOf(who)),
  object: { kind: "DOCUMENT", id: newId() },
  detail: { format: "HTML", reasons: ["trader-takes-nothing"] },
});
const refuseSignIn = (claimed: string, ip: string, reason: "credentials" | "other-session" = "credentials") =>
  ledger.record({
    action: "session.refused",
    by: byCaller({ principal: null, requestId: newId(), from: { ip, userAgent: null, claimed } }),
    object: null,
    detail: { reason },
  });
/** Waits until both engines have read everything, and returns the alerts of a rule. */
async function alertsOf(rule: string) {
  await ledger.record(refusedDownload(await someone()));
  const last =
    "select 1 from audit.alert a where a.entry_id = (select id from audit.entry order by txid desc, id desc limit 1)";
  while ((await context.db.query(last)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  return context.db.query<{ entry_id: string; actor_id: string | null; document_id: string | null }>(
    "select * from audit.alert where rule = $1 order by at, id",
    [rule],
  );
}

describe("an alert", () => {
  it("reaches subscribers of every node, with what it is about, without a poll in between", async () => {
    const trader = await someone({ roles: ["trader"] });
    const streams = [await raisedOn(nodes[0]!), await raisedOn(nodes[1]!)];
    const waiting = streams.map((stream) => take(stream, 1));
    const entryId = await ledger.record(refusedDownload(trader));
    const seen = await Promise.all(waiting);
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]![0]).toMatchObject({
      rule: "download-refused",
      severity: "HIGH",
      status: "OPEN",
      entry: { id: entryId, action: "document.download-refused", detail: { format: "HTML" } },
      document: null,
      actor: { id: `user:${trader.userId}` },
    });
  });

  it("is raised once though two engines read every entry, and none is missed", async () => {
    const trader = await someone();
    const stream = await raisedOn(nodes[1]!, { filter: { rules: ["download-refused"] } });
    const ids = await Promise.all(Array.from({ length: 300 }, () => ledger.record(refusedDownload(trader))));
    const alerts = await take(stream, 300);
    expect(alerts.map(({ entry }) => entry.id).sort()).toEqual(ids.sort());
    const stored = await context.db.query(
      "select 1 from audit.alert where actor_id = $1 and rule = 'download-refused'",
      [trader.userId],
    );
    expect(stored).toHaveLength(300);
  });

  it("comes also for an entry that an older transaction held back", async () => {
    const holder = await context.db.pool.connect();
    try {
      await holder.query("begin");
      await holder.query("select pg_current_xact_id()");
      const stream = await raisedOn(nodes[0]!);
      const next = take(stream, 1);
      const entryId = await ledger.record(refusedDownload(await someone()));
      expect(await context.db.query("select 1 from audit.alert where entry_id = $1", [entryId])).toEqual([]);
      await holder.query("commit");
      expect((await next)[0]?.entry.id).toBe(entryId);
    } finally {
      holder.release();
    }
  });

  it("is found again after a cursor, in order and with nothing missed or repeated", async () => {
    const stream = await raisedOn(nodes[0]!);
    const trader = await someone();
    const record = () => ledger.record(refusedDownload(trader));
    await record();
    const [seen] = await take(stream, 1);
    await stream.return();
    const missed = [await record(), await record(), await record()];
    const resumed = await raisedOn(nodes[1]!, { after: seen!.cursor });
    const later = record();
    const caught = await take(resumed, 4);
    expect(caught.map(({ entry }) => entry.id)).toEqual([...missed, await later]);
    const again = await raisedOn(nodes[0]!, { after: caught[1]!.cursor });
    expect((await take(again, 2)).map(({ id }) => id)).toEqual(caught.slice(2).map(({ id }) => id));
  });

  it("comes only to those who asked for its kind and may read the record", async () => {
    const trader = await someone({ roles: ["trader"] });
    const refused = await (await raisedOn(nodes[0]!, {}, trader)).next();
    expect(refused.value?.codes).toEqual(["FORBIDDEN"]);
    for (const after of ["x", Buffer.from(JSON.stringify(["alert", -1, newId()])).toString("base64url")])
      expect((await (await raisedOn(nodes[0]!, { after })).next()).value?.codes).toEqual(["BAD_USER_INPUT"]);
    const medium = await raisedOn(nodes[0]!, { filter: { severities: ["MEDIUM"], statuses: ["OPEN"] } });
    await ledger.record(refusedDownload(trader));
    await ledger.record({
      action: "document.edit-refused",
      by: byCaller(callerOf(trader)),
      object: { kind: "DOCUMENT", id: newId() },
      detail: { reason: "level", bytes: 3, sha256: "00" },
    });
    expect((await take(medium, 1))[0]?.rule).toBe("edit-refused");
  });
});

describe("bursts", () => {
  it("of refused sign-ins from one address raise one alert, under whatever names", async () => {
    const before = (await alertsOf("sign-in-refused-burst")).length;
    for (let i = 0; i < 4; i++) await refuseSignIn(`a${i}@x.test`, "192.0.2.201");
    expect(await alertsOf("sign-in-refused-burst")).toHaveLength(before);
    const fifth = await refuseSignIn("a5@x.test", "192.0.2.201");
    for (let i = 6; i < 12; i++) await refuseSignIn(`a${i}@x.test`, "192.0.2.201");
    const alerts = await alertsOf("sign-in-refused-burst");
    expect(alerts.slice(before).map(({ entry_id }) => entry_id)).toEqual([fifth]);
  });

  it("of refused sign-ins to one account raise one alert, from wherever", async () => {
    const before = (await alertsOf("sign-in-refused-burst")).length;
    for (let i = 0; i < 5; i++) await refuseSignIn("target@x.test", `198.51.100.${i}`);
    expect(await alertsOf("sign-in-refused-burst")).toHaveLength(before + 1);
  });

  it("of refused sign-ins count an entry for as many as it stands for", async () => {
    const before = (await alertsOf("sign-in-refused-burst")).length;
    const guess = (claimed: string, ip: string) =>
      ledger.refuse({
        action: "session.refused",
        by: byCaller({ principal: null, requestId: newId(), from: { ip, userAgent: null, claimed } }),
        object: null,
        detail: { reason: "credentials" },
      });
    for (let i = 0; i < 4; i++) await guess("folded@x.test", "192.0.2.203");
    expect(await alertsOf("sign-in-refused-burst")).toHaveLength(before);
    for (let i = 0; i < 400; i++) await guess("folded@x.test", "192.0.2.203");
    expect(await alertsOf("sign-in-refused-burst")).toHaveLength(before + 1);
    await ledger.settle();
    expect(await alertsOf("sign-in-refused-burst")).toHaveLength(before + 1);
    const rows = await context.db.query<{ count: number | null }>(
      `select (e.detail->>'count')::int as count from audit.entry e join audit.origin o on o.id = e.origin_id
       where o.claimed = 'folded@x.test' order by e.txid, e.id`,
    );
    expect(rows.map(({ count }) => count)).toEqual([null, 4, 399]);
  });

  it("of refusals from more addresses than are told apart raise an alert by their number alone", async () => {
    const before = (await alertsOf("sign-in-refused-burst")).length;
    const folded = (count: number) =>
      ledger.record({
        action: "session.refused",
        by: {
          ...byCaller({ principal: null, requestId: newId(), from: { ip: null, userAgent: null } }),
          from: null,
        },
        object: null,
        detail: { reason: "token", count },
      });
    await folded(4);
    expect(await alertsOf("sign-in-refused-burst")).toHaveLength(before);
    await folded(900);
    await folded(900);
    expect(await alertsOf("sign-in-refused-burst")).toHaveLength(before + 1);
  });

  it("are not made of pages that were left open while a colleague signed in", async () => {
    const before = (await alertsOf("sign-in-refused-burst")).length;
    for (let i = 0; i < 7; i++) await refuseSignIn(`b${i}@x.test`, "192.0.2.202", "other-session");
    for (let i = 0; i < 4; i++) await refuseSignIn(`c${i}@x.test`, "192.0.2.202");
    expect(await alertsOf("sign-in-refused-burst")).toHaveLength(before);
  });

  it("of denials raise one alert for the actor who was denied", async () => {
    const curious = await someone();
    const deny = (who: Principal) =>
      ledger.record({
        action: "access.denied",
        by: byCaller(callerOf(who)),
        object: { kind: "DOCUMENT", id: newId() },
        detail: { permission: "view", reasons: ["level"] },
      });
    for (let i = 0; i < 9; i++) await deny(curious);
    for (let i = 0; i < 3; i++) await deny(await someone());
    const mine = async () =>
      (await alertsOf("access-denied-burst")).filter((a) => a.actor_id === curious.userId);
    expect(await mine()).toEqual([]);
    for (let i = 0; i < 5; i++) await deny(curious);
    expect(await mine()).toHaveLength(1);
  });
});

describe("a flood of denials", () => {
  it("is looked at once in a batch when its alert was raised, and again for whoever else is denied", async () => {
    const [flooding, other] = [await someone(), await someone()];
    const deny = (who: Principal) =>
      ledger.record({
        action: "access.denied",
        by: byCaller(callerOf(who)),
        object: { kind: "DOCUMENT", id: newId() },
        detail: { permission: "view", reasons: ["level"] },
      });
    await Promise.all(Array.from({ length: 200 }, () => deny(flooding)));
    const mine = (await alertsOf("access-denied-burst")).filter((a) => a.actor_id === flooding.userId);
    expect(mine).toHaveLength(1);
    await deny(other);
    const entries = await context.db.query<PlacedEntry>(
      `select ${entryColumns}, e.txid::text as txid from audit.entry e
       where e.actor_id = any ($1) and e.action = 'access.denied' order by e.txid, e.id`,
      [[flooding.userId, other.userId]],
    );
    let asked = 0;
    const recent = recentInRecord({
      query: (...args) => {
        asked++;
        return context.db.query(...args);
      },
    });
    const bursts = [];
    for (const entry of entries.slice(100))
      bursts.push(await recent.denials(entry, "access-denied-burst", 5));
    expect(asked).toBe(2);
    expect(bursts.slice(0, -1).every(({ alerted }) => alerted)).toBe(true);
    expect(bursts.at(-1)).toEqual({ count: 1, alerted: false });
  });
});

describe("a flood of refusals at a document", () => {
  const refusal = (who: Principal, id: string): NewEntry<"document.edit-refused"> => ({
    action: "document.edit-refused",
    by: byCaller(callerOf(who)),
    object: { kind: "DOCUMENT", id },
    detail: { reason: "malformed", bytes: 3, sha256: "00" },
  });
  const alertsAt = async (id: string) => (await alertsOf("edit-refused")).filter((a) => a.document_id === id);

  it("of one person's edits is one alert, and buries nobody else's", async () => {
    const [flooding, other] = [await someone(), await someone()];
    const [here, there] = [newId(), newId()];
    const first = await ledger.record(refusal(flooding, here));
    // By several batches, on whichever node.
    await Promise.all(Array.from({ length: 500 }, () => ledger.record(refusal(flooding, here))));
    expect((await alertsAt(here)).map(({ entry_id }) => entry_id)).toEqual([first]);
    await Promise.all(Array.from({ length: 50 }, () => ledger.record(refusal(flooding, here))));
    await ledger.record(refusal(other, here));
    await ledger.record(refusal(flooding, there));
    expect((await alertsAt(here)).map(({ actor_id }) => actor_id)).toEqual([flooding.userId, other.userId]);
    expect((await alertsAt(there)).map(({ actor_id }) => actor_id)).toEqual([flooding.userId]);
    const [kept] = await context.db.query<{ count: number }>(
      "select count(*)::int as count from audit.entry where action = 'document.edit-refused' and object_id = $1",
      [here],
    );
    expect(kept?.count).toBe(552);
  });

  it("is no more than five alerts where each was asked for: copies", async () => {
    const trader = await someone();
    const id = newId();
    const object = { kind: "DOCUMENT", id } as const;
    for (let times = 0; times < 12; times++) await ledger.record({ ...refusedDownload(trader), object });
    const alerts = await alertsOf("download-refused");
    expect(alerts.filter((a) => a.document_id === id)).toHaveLength(5);
  });

  it("is told of anew when somebody has dealt with the alert, and after five minutes", async () => {
    const flooding = await someone();
    const id = newId();
    await ledger.record(refusal(flooding, id));
    expect(await alertsAt(id)).toHaveLength(1);
    await context.db.query("update audit.alert set status = 'ACKNOWLEDGED' where document_id = $1", [id]);
    await ledger.record(refusal(flooding, id));
    await ledger.record(refusal(flooding, id));
    expect(await alertsAt(id)).toHaveLength(2);
    const [entry] = await context.db.query<PlacedEntry>(
      `select ${entryColumns}, e.txid::text as txid from audit.entry e
       where e.object_id = $1 order by e.txid desc, e.id desc limit 1`,
      [id],
    );
    const recent = () => recentInRecord(context.db);
    expect(await recent().isOpen(entry!, "edit-refused", 5, 1)).toBe(true);
    expect(await recent().isOpen(entry!, "edit-refused", 0, 1)).toBe(false);
  });
});

describe("the list of alerts", () => {
  const LIST = /* GraphQL */ `
    query ($filter: AlertFilter, $first: Int, $after: String) {
      alerts(filter: $filter, first: $first, after: $after) {
        edges { cursor node { id rule cursor entry { id } } }
        pageInfo { hasNextPage endCursor }
        totalCount
      }
    }
  `;
  interface List {
    alerts: {
      edges: { cursor: string; node: { id: string; rule: string; cursor: string } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
      totalCount: number;
    };
  }
  const list = (who: Principal | null, variables: Record<string, unknown> = {}) =>
    ask<List>(nodes[0]!, callerOf(who), LIST, variables);

  it("has every alert once, newest first, and can be followed from where it begins", async () => {
    const stored = await context.db.query<{ id: string }>(
      "select id from audit.alert where rule = 'download-refused' order by at desc, id desc",
    );
    const ids: string[] = [];
    const filter = { rules: ["download-refused"] };
    let after: string | undefined;
    for (;;) {
      const { data, codes } = await list(officer, { filter, first: 100, after });
      expect(codes).toEqual([]);
      expect(data.alerts.totalCount).toBe(stored.length);
      ids.push(...data.alerts.edges.map(({ node }) => node.id));
      if (!data.alerts.pageInfo.hasNextPage) break;
      after = data.alerts.pageInfo.endCursor;
    }
    expect(ids).toEqual(stored.map(({ id }) => id));
    const { data } = await list(officer, { first: 3 });
    const [newest, second, third] = data.alerts.edges;
    const stream = await raisedOn(nodes[0]!, { after: third!.cursor });
    expect((await take(stream, 2)).map(({ id }) => id)).toEqual([second!.node.id, newest!.node.id]);
    expect(newest!.cursor).toBe(newest!.node.cursor);
  });

  it("is for those who may read the record", async () => {
    expect((await list(await someone())).codes).toEqual(["FORBIDDEN"]);
    expect((await list(null)).codes).toEqual(["UNAUTHENTICATED"]);
  });
});
