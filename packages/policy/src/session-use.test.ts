import { type FirstNode, testNode } from "@onrecord/bus/testing/test-node";
import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import { until } from "@onrecord/core/testing/until";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LiveRights } from "./live-rights.js";
import { authenticate, principalOfSession } from "./principal.js";
import { SessionUse } from "./session-use.js";
import { addPerson, lieUnused, signedIn } from "./testing/people.js";

const log = createLogger("silent");
let context: FirstNode;
let rights: LiveRights;
const opened: SessionUse[] = [];
beforeAll(async () => {
  context = await testNode();
  rights = new LiveRights(context.db, context.bus, newId(), log);
  await rights.start();
});
afterEach(async () => {
  for (const use of opened.splice(0)) await use[Symbol.asyncDispose]();
});
afterAll(async () => {
  await rights?.[Symbol.asyncDispose]();
  await context?.[Symbol.asyncDispose]();
});

const HOUR = 3600;
const person = async () => signedIn(context.db, await addPerson(context.db));
const useEvery = (minutes = 60) => {
  const use = new SessionUse(context.db, log, minutes);
  opened.push(use);
  return use;
};
const left = async (sessionId: string) => {
  const [row] = await context.db.query<{ left: number; ago: number }>(
    `select extract(epoch from idle_at - clock_timestamp())::float as left, extract(epoch from clock_timestamp() - used_at)::float as ago
     from identity.session where id = $1`,
    [sessionId],
  );
  return row!;
};

describe("a session that lies unused", () => {
  it("is nobody's once its time is over, by the database's clock, and its open rights end with it", async () => {
    const who = await person();
    const told: unknown[] = [];
    const right = await rights.open(who.sessionId, null, { renewed: (standing) => told.push(standing) });
    expect(right.standing).not.toBeNull();
    await lieUnused(context.db, who.sessionId, { seconds: HOUR, over: HOUR });
    expect(await authenticate(context.db, who.token)).toBeNull();
    expect(await principalOfSession(context.db, who.sessionId)).toBeNull();
    await until(() => told.at(-1) === null, "the right has ended");
  });

  it("closes what is open on it by itself, when nobody looks but the clock", async () => {
    const who = await person();
    await lieUnused(context.db, who.sessionId, { seconds: HOUR, over: HOUR - 1 });
    const told: unknown[] = [];
    const right = await rights.open(who.sessionId, null, { renewed: (standing) => told.push(standing) });
    expect(right.standing).not.toBeNull();
    await until(() => told.at(-1) === null, "the right has ended");
  });

  it("says when it ends however much it is used, not when it would end unused", async () => {
    const who = await person();
    await lieUnused(context.db, who.sessionId, { seconds: HOUR, over: 0 });
    const principal = await authenticate(context.db, who.token);
    expect(principal?.expiresAt).toBe(who.expiresAt);
  });

  it("without a bound, as those of the build before, ends by its own time only", async () => {
    const who = await person();
    useEvery().note(who.sessionId);
    await opened.at(-1)![Symbol.asyncDispose]();
    expect(await authenticate(context.db, who.token)).not.toBeNull();
    expect((await left(who.sessionId)).left).toBeNull();
  });
});

describe("a session that is used", () => {
  it("may lie unused again for as long, and its open rights do not become void", async () => {
    const who = await person();
    await lieUnused(context.db, who.sessionId, { seconds: HOUR, over: HOUR / 2 });
    const told: unknown[] = [];
    const right = await rights.open(who.sessionId, null, { renewed: (standing) => told.push(standing) });
    const use = useEvery();
    use.note(who.sessionId);
    await until(async () => (await left(who.sessionId)).left > HOUR - 60, "its use is written");
    expect((await left(who.sessionId)).ago).toBeLessThan(60);
    const [row] = await context.db.query<{ void: number | null }>(
      "select void from permissions.live_right where id = $1",
      [right.id],
    );
    expect(row).toEqual({ void: null });
    expect(told).toHaveLength(1);
    right.release();
  });

  it("is written once for any number of uses at about the same time, and together with others", async () => {
    const people = await Promise.all(Array.from({ length: 5 }, person));
    for (const who of people) await lieUnused(context.db, who.sessionId, { seconds: HOUR, over: HOUR / 2 });
    const before = context.db.statements;
    const use = useEvery();
    for (let n = 0; n < 1000; n++) for (const who of people) use.note(who.sessionId);
    await use[Symbol.asyncDispose]();
    for (const who of people) use.note(who.sessionId);
    await use[Symbol.asyncDispose]();
    expect(context.db.statements - before).toBe(1);
    for (const who of people) expect((await left(who.sessionId)).left).toBeGreaterThan(HOUR - 60);
  });

  it("is not brought back once it has ended, by lying unused, by its time or by a sign-out", async () => {
    const [unused, expired, out] = await Promise.all([person(), person(), person()]);
    await lieUnused(context.db, unused.sessionId, { seconds: HOUR, over: HOUR });
    await lieUnused(context.db, expired.sessionId, { seconds: HOUR, over: 0 });
    await context.db.query("update identity.session set expires_at = clock_timestamp() where id = $1", [
      expired.sessionId,
    ]);
    await context.db.query("update identity.session set ended_at = clock_timestamp() where id = $1", [
      out.sessionId,
    ]);
    const use = useEvery();
    for (const who of [unused, expired, out]) use.note(who.sessionId);
    await use[Symbol.asyncDispose]();
    for (const who of [unused, expired, out]) {
      expect(await authenticate(context.db, who.token)).toBeNull();
      const [row] = await context.db.query<{ gone: boolean }>(
        "select ended_at is not null or least(expires_at, idle_at) <= clock_timestamp() as gone from identity.session where id = $1",
        [who.sessionId],
      );
      expect(row).toEqual({ gone: true });
    }
  });

  it("does not wait for whoever is just ending it, nor lets others wait", async () => {
    const [ending, other] = await Promise.all([person(), person()]);
    for (const who of [ending, other])
      await lieUnused(context.db, who.sessionId, { seconds: HOUR, over: HOUR / 2 });
    await context.db.transaction(async (tx) => {
      await tx.query("update identity.session set ended_at = clock_timestamp() where id = $1", [
        ending.sessionId,
      ]);
      const use = useEvery();
      for (const who of [ending, other]) use.note(who.sessionId);
      await use[Symbol.asyncDispose]();
      expect((await left(other.sessionId)).left).toBeGreaterThan(HOUR - 60);
    });
    expect(await authenticate(context.db, ending.token)).toBeNull();
  });

  it("goes on being used while a program listens, and no longer", async () => {
    const who = await person();
    await lieUnused(context.db, who.sessionId, { seconds: HOUR, over: HOUR / 2 });
    // So short that it is written again and again.
    const use = useEvery(0.01);
    const one = use.hold(who.sessionId);
    const two = use.hold(who.sessionId);
    one();
    one();
    for (let n = 0; n < 2; n++) {
      await until(async () => (await left(who.sessionId)).left > HOUR - 60, "it is written");
      await lieUnused(context.db, who.sessionId, { seconds: HOUR, over: HOUR / 2 });
    }
    two();
    await use[Symbol.asyncDispose]();
    await lieUnused(context.db, who.sessionId, { seconds: HOUR, over: HOUR / 2 });
    expect((await left(who.sessionId)).left).toBeLessThan(HOUR - 60);
  });
});
