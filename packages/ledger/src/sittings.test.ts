import { type FirstNode, testNode } from "@onrecord/bus/testing/test-node";
import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import { Database } from "@onrecord/postgres/database";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type By, Ledger } from "./ledger.js";
import { endSittings, Sittings } from "./sittings.js";

const MINUTE = 60_000;
let context: FirstNode;
let owner: Database;
let ledger: Ledger;
/** What the processes' clocks show. */
let now: number;
let reader: By;
let title: { kind: "DOCUMENT"; id: string };

beforeAll(async () => {
  context = await testNode();
  owner = new Database(context.adminUrl, { log: createLogger("silent"), max: 2 });
  ledger = new Ledger(context.db, context.bus);
});
afterAll(async () => {
  await owner?.[Symbol.asyncDispose]();
  await context?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await owner.query("delete from audit.sitting");
  now = 0;
  reader = by(newId());
  title = { kind: "DOCUMENT", id: newId() };
});

const by = (actorId: string): By => ({
  actorKind: "USER",
  actorId,
  sessionId: newId(),
  requestId: "a request",
  from: { ip: "192.0.2.1", userAgent: "agent" },
});
/** The sittings of a process. */
const node = () => new Sittings(context.db, context.bus, ledger.provenances, () => now);
/** Time passes, for the processes and in the database: what stands there becomes so much older. */
async function pass(ms: number): Promise<void> {
  now += ms;
  await owner.query(
    "update audit.sitting set first_at = first_at - make_interval(secs => $1), last_at = last_at - make_interval(secs => $1)",
    [ms / 1000],
  );
}
const entries = (objectId = title.id) =>
  owner.query<{ id: string; action: string; actor_id: string; detail: Record<string, unknown> }>(
    "select id, action, actor_id, detail from audit.entry where object_id = $1 order by txid, id",
    [objectId],
  );
const actions = async () => (await entries()).map(({ action }) => action);

describe("a sitting", () => {
  it("is one entry, written before its first act is answered, however often and on whichever node it goes on", async () => {
    const [one, other] = [node(), node()];
    await Promise.all(Array.from({ length: 20 }, () => one.record("document.listed", reader, [title])));
    expect(await actions()).toEqual(["document.listed"]);
    for (let act = 0; act < 20; act++) {
      await pass(4 * MINUTE);
      await (act % 2 === 0 ? other : one).record("document.listed", reader, [title]);
    }
    expect(await actions()).toEqual(["document.listed"]);
  });

  it("ends after a gap of five minutes, with when it was and how many acts, also those that were only counted", async () => {
    const sittings = node();
    await sittings.record("document.listed", reader, [title]);
    for (let second = 0; second < 100; second++) {
      now += 1000;
      await sittings.record("document.listed", reader, [title]);
    }
    await sittings.flush();
    await pass(4 * MINUTE);
    expect(await endSittings(context.db)).toBe(0);
    await pass(2 * MINUTE);
    expect(await endSittings(context.db)).toBe(1);
    expect(await endSittings(context.db)).toBe(0);
    const [begun, ended, ...more] = await entries();
    expect(more).toEqual([]);
    expect(ended).toMatchObject({
      action: "sitting.ended",
      actor_id: reader.actorId,
      detail: { action: "document.listed", entryId: begun?.id, times: 101 },
    });
    const { first, last } = ended!.detail as { first: string; last: string };
    expect(Date.parse(last)).toBeGreaterThanOrEqual(Date.parse(first));
  });

  it("is followed by another one, whoever notices that it is over", async () => {
    const sittings = node();
    await sittings.record("document.listed", reader, [title]);
    await pass(MINUTE);
    await sittings.record("document.listed", reader, [title]);
    await pass(6 * MINUTE);
    await sittings.record("document.listed", reader, [title]);
    // Of one transaction: their order is that of their ids, which two clocks made.
    expect((await actions()).toSorted()).toEqual(["document.listed", "document.listed", "sitting.ended"]);
  });

  it("is told by two nodes at once without their waiting for each other in a circle", async () => {
    const titles = Array.from({ length: 40 }, () => ({ kind: "DOCUMENT", id: newId() }) as const);
    const nodes = Array.from({ length: 4 }, node);
    const halves = [titles, titles.toReversed(), titles.slice(20), titles.slice(0, 20).toReversed()];
    await Promise.all(
      nodes.flatMap((sittings) => halves.map((some) => sittings.record("document.listed", reader, some))),
    );
    const rows = await owner.query<{ n: number; times: number }>(
      "select count(*)::int as n, sum(times)::int as times from audit.sitting where actor_id = $1",
      [reader.actorId],
    );
    expect(rows).toEqual([{ n: 40, times: 4 * 120 }]);
    expect(await owner.query("select from audit.entry where actor_id = $1", [reader.actorId])).toHaveLength(
      40,
    );
  });

  it("of one act says all with its first entry", async () => {
    await node().record("document.listed", reader, [title]);
    await pass(6 * MINUTE);
    expect(await endSittings(context.db)).toBe(1);
    expect(await actions()).toEqual(["document.listed"]);
  });

  it("is of one person, one kind and one thing", async () => {
    const sittings = node();
    const another = { kind: "DOCUMENT", id: newId() } as const;
    await sittings.record("document.listed", reader, [title, another]);
    await sittings.record("version.listed", reader, [title]);
    await sittings.record("document.listed", by(newId()), [title]);
    expect(await actions()).toEqual(["document.listed", "version.listed", "document.listed"]);
    expect(await entries(another.id)).toHaveLength(1);
  });

  it("costs one statement for fifty titles, and none while a page asks every second", async () => {
    const sittings = node();
    const titles = Array.from({ length: 50 }, () => ({ kind: "DOCUMENT", id: newId() }) as const);
    await ledger.provenances.of(reader.from!);
    const before = context.db.statements;
    await sittings.record("document.listed", reader, titles);
    expect(context.db.statements - before).toBe(1);
    for (let second = 0; second < 29; second++) {
      now += 1000;
      await sittings.record("document.listed", reader, titles);
    }
    expect(context.db.statements - before).toBe(1);
    now += 2000;
    await sittings.record("document.listed", reader, titles);
    expect(context.db.statements - before).toBe(2);
    const rows = await owner.query("select times from audit.sitting where actor_id = $1", [reader.actorId]);
    expect(rows).toEqual(titles.map(() => ({ times: 31 })));
  });

  it("that could not be written fails its act, and is written with the next", async () => {
    const sittings = node();
    await owner.query(
      "revoke execute on function audit.sit from onrecord_app, onrecord_identity, onrecord_permissions, onrecord_documents, onrecord_audit",
    );
    try {
      await expect(sittings.record("document.listed", reader, [title])).rejects.toThrow("permission denied");
      await expect(sittings.record("document.listed", reader, [title])).rejects.toThrow("permission denied");
    } finally {
      await owner.query(
        "grant execute on function audit.sit to onrecord_app, onrecord_identity, onrecord_permissions, onrecord_documents, onrecord_audit",
      );
    }
    await sittings.record("document.listed", reader, [title]);
    expect(await actions()).toEqual(["document.listed"]);
  });
});

describe("an entry that must not warn anybody", () => {
  const duty = async (role: string) => {
    const id = newId();
    await owner.query(
      `insert into identity.user (id, email, name, kind, created_at) values ($1, $2, 'Somebody', 'EMPLOYEE', now())`,
      [id, `${id}@example.test`],
    );
    await owner.query(
      `with r as (insert into identity.role (id, name) values ($2, $3) on conflict (name) do update set name = excluded.name returning id)
       insert into identity.user_role (user_id, role_id) select $1, id from r`,
      [id, newId(), role],
    );
    return id;
  };
  const discreet = () =>
    owner.query<{ action: string }>(
      "select action from audit.entry where object_id = $1 and discreet order by id",
      [title.id],
    );

  it.each(["compliance", "admin"])("is one of what %s read, and none of what they change", async (role) => {
    const officer = by(await duty(role));
    const told = { object: title, by: officer };
    await ledger.record({
      ...told,
      action: "document.opened",
      detail: { via: "api", version: 1, access: "view" },
    });
    await ledger.record({
      ...told,
      action: "access.denied",
      detail: { permission: "edit", reasons: ["level"] },
    });
    await ledger.record({ ...told, action: "document.edited", detail: { version: 2, bytes: 1 } });
    await ledger.record({ ...told, action: "version.named", detail: { version: 2 } });
    await ledger.record({
      ...told,
      by: reader,
      action: "document.opened",
      detail: { via: "api", version: 1, access: "view" },
    });
    expect((await discreet()).map(({ action }) => action)).toEqual(["document.opened", "access.denied"]);
    expect(await owner.query("select from audit.told_entry where object_id = $1", [title.id])).toHaveLength(
      3,
    );
  });

  it("stays one when the duty is taken away, and so does the end of the sitting that it began", async () => {
    const officer = by(await duty("compliance"));
    const sittings = node();
    await sittings.record("document.listed", officer, [title]);
    await owner.query("delete from identity.user_role where user_id = $1", [officer.actorId]);
    await pass(MINUTE);
    await sittings.record("document.listed", officer, [title]);
    await pass(6 * MINUTE);
    await endSittings(context.db);
    expect((await discreet()).map(({ action }) => action)).toEqual(["document.listed", "sitting.ended"]);
  });

  it("are written before the process ends", async () => {
    await using other = new Ledger(context.db, context.bus);
    for (let i = 0; i < 3; i++) await other.sittings.record("document.listed", reader, [title]);
    const times = async () =>
      (
        await owner.query<{ times: number }>("select times::int from audit.sitting where object_id = $1", [
          title.id,
        ])
      )[0]?.times;
    expect(await times()).toBe(1);
    await other.settle();
    expect(await times()).toBe(3);
  });
});
