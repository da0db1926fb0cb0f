import { isId, newId } from "@onrecord/core/ids";
import { authenticate } from "@onrecord/policy/principal";
import { lieUnused } from "@onrecord/policy/testing/people";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import {
  addPerson,
  ask,
  callerOf,
  signedIn,
  type TestContext,
  testContext,
} from "@onrecord/testing/database";
import { until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSessionFor } from "./commands/create-session-for.js";
import { hashPassword } from "./password.js";
import { perAccount } from "./sign-in-limits.js";
import { createIdentitySubgraph } from "./subgraph.js";
import { UnusedSessions } from "./unused-sessions.js";

const resources = new AsyncDisposableStack();
let context: TestContext;
let subgraph: Subgraph;
let passwordHash: string;
beforeAll(async () => {
  context = resources.use(await testContext());
  subgraph = resources.use(await createIdentitySubgraph(context));
  passwordHash = await hashPassword("correct horse");
});
afterAll(() => resources.disposeAsync());

const LIST = /* GraphQL */ `
  query ($first: Int, $after: String, $last: Int, $before: String) {
    mySessions(first: $first, after: $after, last: $last, before: $before) {
      edges { node { id kind createdAt lastUsedAt expiresAt ip userAgent current } }
      pageInfo { hasNextPage endCursor startCursor }
      totalCount
    }
  }
`;
interface Listed {
  mySessions: {
    edges: { node: { id: string; current: boolean; ip: string | null; userAgent: string | null } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string; startCursor: string };
    totalCount: number;
  };
}
const END = "mutation ($id: ID!) { endSession(input: { sessionId: $id }) }";
const END_OTHERS = "mutation { endOtherSessions }";
const CHANGE =
  "mutation ($current: String!, $new: String!) { changePassword(input: { current: $current, new: $new }) }";
const NEW = "a better horse";

let people = 0;
/** Somebody with a password and as many sessions, each signed in from an address of its own. */
async function person(sessions = 1, kind: "EMPLOYEE" | "GUEST" = "EMPLOYEE") {
  const email = `person${++people}@example.test`;
  const userId = await addPerson(context.db, { email, passwordHash, kind });
  const opened = await Promise.all(Array.from({ length: sessions }, (_, n) => signIn(email, n)));
  return { email, userId, sessions: opened };
}
async function signIn(email: string, n = 0, password = "correct horse") {
  const from = { ip: `198.51.100.${n}`, userAgent: `Browser ${n}` };
  const { data } = await ask<{ signIn: { token: string } }>(
    subgraph,
    callerOf(null, from),
    "mutation ($email: String!, $password: String!) { signIn(input: { email: $email, password: $password }) { token } }",
    { email, password },
  );
  const token = data.signIn.token;
  const principal = await authenticate(context.db, token);
  if (!principal) throw new Error(`${email} was not signed in`);
  return { ...principal, token };
}
const entries = (action: string, objectId: string) =>
  context.db.query<{
    actor_kind: string;
    actor_id: string | null;
    session_id: string | null;
    outcome: string;
    detail: Record<string, unknown>;
  }>("select * from audit.entry where action = $1 and object_id = $2 order by id", [action, objectId]);
const lives = async (token: string) => (await authenticate(context.db, token)) !== null;
/** Keeps something open on a session; `closed` says whether it was told that it has ended. */
async function keepOpen(sessionId: string) {
  const state = { closed: false };
  await context.rights.open(sessionId, null, {
    renewed: (standing) => {
      if (standing === null) state.closed = true;
    },
  });
  return state;
}

describe("the list of one's sessions", () => {
  it("has one's own that live, the newest first, each with where it was started, and marks this one", async () => {
    const { sessions, email } = await person(4);
    const [ended, unused, old, mine] = sessions;
    await context.db.query("update identity.session set ended_at = now() where id = $1", [ended!.sessionId]);
    await lieUnused(context.db, unused!.sessionId, { seconds: 60, over: 60 });
    await person(2);
    const token = await createSessionFor(context, email);
    const { data, codes } = await ask<Listed>(subgraph, callerOf(mine!), LIST);
    expect(codes).toEqual([]);
    const nodes = data.mySessions.edges.map(({ node }) => node);
    const newestFirst = [old!, mine!]
      .map(({ sessionId }) => sessionId)
      .toSorted()
      .toReversed();
    expect(nodes.map(({ id }) => id)).toEqual([
      (await authenticate(context.db, token))!.sessionId,
      ...newestFirst,
    ]);
    expect(nodes.map(({ current }) => current)).toEqual([
      false,
      ...newestFirst.map((id) => id === mine!.sessionId),
    ]);
    expect(nodes[0]).toMatchObject({ kind: "TOKEN", ip: null, userAgent: null });
    const n = sessions.indexOf(mine!);
    expect(nodes.find(({ current }) => current)).toMatchObject({
      kind: "BROWSER",
      ip: `198.51.100.${n}`,
      userAgent: `Browser ${n}`,
    });
    expect(data.mySessions.totalCount).toBe(3);
    expect(JSON.stringify(data)).not.toContain(token);
  });

  it("goes page by page, both ways", async () => {
    const { sessions } = await person(5);
    const ids = sessions
      .map(({ sessionId }) => sessionId)
      .toSorted()
      .toReversed();
    const page = async (args: object) => {
      const { data } = await ask<Listed>(subgraph, callerOf(sessions[0]!), LIST, { ...args });
      return { ids: data.mySessions.edges.map(({ node }) => node.id), info: data.mySessions.pageInfo };
    };
    const first = await page({ first: 2 });
    expect(first).toMatchObject({ ids: ids.slice(0, 2), info: { hasNextPage: true } });
    const rest = await page({ first: 5, after: first.info.endCursor });
    expect(rest).toMatchObject({ ids: ids.slice(2), info: { hasNextPage: false } });
    expect((await page({ last: 2, before: rest.info.startCursor })).ids).toEqual(ids.slice(0, 2));
    expect((await page({ last: 1 })).ids).toEqual(ids.slice(4));
  });

  it("is there for guests, and not for strangers", async () => {
    const { sessions } = await person(1, "GUEST");
    expect((await ask<Listed>(subgraph, callerOf(sessions[0]!), LIST)).data.mySessions.edges).toHaveLength(1);
    for (const query of [LIST, END_OTHERS])
      expect((await ask(subgraph, callerOf(null), query)).codes).toEqual(["UNAUTHENTICATED"]);
    expect((await ask(subgraph, callerOf(null), END, { id: sessions[0]!.sessionId })).codes).toEqual([
      "UNAUTHENTICATED",
    ]);
    expect(
      (await ask(subgraph, callerOf(null), CHANGE, { current: "correct horse", new: NEW })).codes,
    ).toEqual(["UNAUTHENTICATED"]);
    expect(await lives(sessions[0]!.token)).toBe(true);
  });
});

describe("ending one of one's sessions", () => {
  it("closes what is open on it, is on the record, and is done once", async () => {
    const { sessions, userId } = await person(2);
    const [mine, other] = sessions;
    const open = await keepOpen(other!.sessionId);
    const end = () => ask(subgraph, callerOf(mine!), END, { id: other!.sessionId });
    expect(await end()).toMatchObject({ data: { endSession: true }, codes: [] });
    expect(open.closed).toBe(true);
    expect(await lives(other!.token)).toBe(false);
    expect(await lives(mine!.token)).toBe(true);
    expect(await end()).toMatchObject({ data: { endSession: false }, codes: [] });
    expect(await entries("session.ended", other!.sessionId)).toMatchObject([
      { actor_id: userId, session_id: mine!.sessionId, detail: { cause: "ended-by-owner" } },
    ]);
  });

  it("may be this one", async () => {
    const { sessions } = await person();
    const end = () => ask(subgraph, callerOf(sessions[0]!), END, { id: sessions[0]!.sessionId });
    expect(await end()).toMatchObject({ data: { endSession: true } });
    expect(await lives(sessions[0]!.token)).toBe(false);
    // A request of it that was on its way does nothing more.
    expect((await end()).codes).toEqual(["UNAUTHENTICATED"]);
  });

  it("knows of nobody else's, whatever is asked for, and each attempt is on the record", async () => {
    const [mine, others] = [await person(), await person()];
    const me = mine.sessions[0]!;
    const given = [
      others.sessions[0]!.sessionId,
      newId(),
      "nonsense",
      "",
      "nul\0",
      me.sessionId.toUpperCase(),
    ];
    const messages = new Set<string>();
    for (const id of given) {
      const { codes, errors } = await ask(subgraph, callerOf(me), END, { id });
      expect(codes, id).toEqual(["NOT_FOUND"]);
      messages.add(errors[0]!.message);
    }
    expect(messages.size).toBe(1);
    expect(await lives(others.sessions[0]!.token)).toBe(true);
    const denied = await context.db.query<{ object_id: string | null; outcome: string; detail: object }>(
      "select object_id, outcome, detail from audit.entry where action = 'access.denied' and session_id = $1 order by id",
      [me.sessionId],
    );
    expect(denied).toEqual(
      given.map((id) => ({
        object_id: isId(id) ? id : null,
        outcome: "DENIED",
        detail: { permission: "end-session", reasons: [] },
      })),
    );
  });
});

describe("ending all other sessions", () => {
  it("leaves this one and other people's, puts each on the record, and ends nothing the second time", async () => {
    const { sessions } = await person(3);
    const bystander = (await person()).sessions[0]!;
    const [mine, ...others] = sessions;
    const open = await Promise.all(others.map(({ sessionId }) => keepOpen(sessionId)));
    expect(await ask(subgraph, callerOf(mine!), END_OTHERS)).toMatchObject({ data: { endOtherSessions: 2 } });
    expect(open.map(({ closed }) => closed)).toEqual([true, true]);
    expect(await Promise.all([mine!, bystander].map(({ token }) => lives(token)))).toEqual([true, true]);
    expect(await ask(subgraph, callerOf(mine!), END_OTHERS)).toMatchObject({ data: { endOtherSessions: 0 } });
    for (const { sessionId } of others) expect(await entries("session.ended", sessionId)).toHaveLength(1);
  });

  it("is not for a session that has just been ended itself: of two that end each other, one stays", async () => {
    const { sessions } = await person(2);
    const answers = await Promise.all(sessions.map((who) => ask(subgraph, callerOf(who), END_OTHERS)));
    expect(answers.flatMap(({ codes }) => codes)).toEqual(["UNAUTHENTICATED"]);
    const alive = await Promise.all(sessions.map(({ token }) => lives(token)));
    expect(alive.filter(Boolean)).toHaveLength(1);
  });
});

describe("changing one's password", () => {
  const change = (who: Parameters<typeof callerOf>[0], current: string, wanted: string, ip = "192.0.2.7") =>
    ask(subgraph, callerOf(who, { ip }), CHANGE, { current, new: wanted });

  it("takes the current one, ends all other sessions, and is on the record without either", async () => {
    const { sessions, userId, email } = await person(3);
    const [mine, ...others] = sessions;
    const open = await Promise.all(others.map(({ sessionId }) => keepOpen(sessionId)));
    expect(await change(mine!, "correct horse", NEW)).toMatchObject({
      data: { changePassword: 2 },
      codes: [],
    });
    expect(open.map(({ closed }) => closed)).toEqual([true, true]);
    expect(await lives(mine!.token)).toBe(true);
    await expect(signIn(email)).rejects.toThrow();
    expect(await lives((await signIn(email, 0, NEW)).token)).toBe(true);
    expect(await entries("password.changed", userId)).toMatchObject([
      { actor_id: userId, session_id: mine!.sessionId, outcome: "ALLOWED", detail: { endedSessions: 2 } },
    ]);
    for (const { sessionId } of others)
      expect(await entries("session.ended", sessionId)).toMatchObject([
        { detail: { cause: "password-changed" } },
      ]);
    const written = await context.db.query("select * from audit.entry where actor_id = $1", [userId]);
    expect(JSON.stringify(written)).not.toMatch(/horse/);
  });

  it("with a wrong current one changes nothing, is on the record, and is held to the limits of signing in", async () => {
    const { sessions, userId, email } = await person(2);
    const guesses = await Promise.all(
      Array.from({ length: perAccount.burst + 3 }, () =>
        change(sessions[0]!, "a wrong horse", NEW, "192.0.2.99"),
      ),
    );
    const codes = guesses.flatMap((guess) => guess.codes);
    expect(codes.filter((code) => code === "RATE_LIMITED")).toHaveLength(3);
    expect(codes.filter((code) => code === "BAD_USER_INPUT")).toHaveLength(perAccount.burst);
    // The right one does not help whoever has guessed too often, neither here nor at the door.
    expect((await change(sessions[0]!, "correct horse", NEW, "192.0.2.99")).codes).toEqual(["RATE_LIMITED"]);
    const refused = await entries("password.change-refused", userId);
    expect(refused).toHaveLength(perAccount.burst);
    expect(refused[0]).toMatchObject({
      outcome: "DENIED",
      actor_id: userId,
      detail: { reason: "credentials" },
    });
    expect(await Promise.all(sessions.map(({ token }) => lives(token)))).toEqual([true, true]);
    expect(await lives((await signIn(email)).token)).toBe(true);
  });

  it.each([
    ["too short", "elevenchars", "too-short"],
    ["too long", "x".repeat(1025), "too-long"],
    ["with NUL", "a better\0horse", undefined],
    ["with half a character", "a better\ud842horse", undefined],
    ["the same", "correct horse", "same-password"],
  ])("to one that is %s is bad input, says so, and guesses nothing", async (_, wanted, reason) => {
    const { sessions, email, userId } = await person();
    const { codes, errors } = await change(sessions[0]!, "correct horse", wanted);
    expect(codes).toEqual(["BAD_USER_INPUT"]);
    if (reason) expect(errors[0]?.extensions.reasons).toMatchObject([{ id: reason }]);
    expect(await lives((await signIn(email)).token)).toBe(true);
    expect(await entries("password.change-refused", userId)).toEqual([]);
  });

  it("is not for whoever has no password, nor for a session that has ended meanwhile", async () => {
    const sso = await signedIn(context.db, await addPerson(context.db));
    expect((await change(sso, "correct horse", NEW)).codes).toEqual(["BAD_USER_INPUT"]);
    const { sessions, email } = await person(2);
    await context.db.query("update identity.session set ended_at = now() where id = $1", [
      sessions[0]!.sessionId,
    ]);
    expect((await change(sessions[0]!, "correct horse", NEW)).codes).toEqual(["UNAUTHENTICATED"]);
    expect(await lives(sessions[1]!.token)).toBe(true);
    expect(await lives((await signIn(email)).token)).toBe(true);
  });

  it("twice at once is done once", async () => {
    const { sessions, email } = await person(2);
    const answers = await Promise.all(sessions.map((who, n) => change(who, "correct horse", `${NEW} ${n}`)));
    const won = answers.findIndex(({ codes }) => codes.length === 0);
    expect(answers.flatMap(({ codes }) => codes)).toHaveLength(1);
    expect(await lives((await signIn(email, 0, `${NEW} ${won}`)).token)).toBe(true);
  });

  it("is not outlived by a session that the old password gives just then", async () => {
    const { email, userId } = await person(0);
    const hash = await hashPassword(NEW);
    let late: Promise<unknown> | undefined;
    await context.db.transaction(async (tx) => {
      await tx.query("update identity.user set password_hash = $2 where id = $1", [userId, hash]);
      late = signIn(email).catch(() => "refused");
      await until(async () => {
        const waiting = await context.db.query(
          "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%for share%'",
        );
        return waiting.length > 0;
      }, "the sign-in waits for the change");
    });
    expect(await late).toBe("refused");
    expect(await context.db.query("select from identity.session where user_id = $1", [userId])).toEqual([]);
  });
});

describe("sessions that nobody uses", () => {
  it("are ended once, by whichever node comes first, closed, and on the record in their own name", async () => {
    const { sessions } = await person(3);
    const [unused, expired, used] = sessions;
    const open = await Promise.all(sessions.map(({ sessionId }) => keepOpen(sessionId)));
    await lieUnused(context.db, unused!.sessionId, { seconds: 60, over: 61 });
    await lieUnused(context.db, expired!.sessionId, { seconds: 60, over: 61 });
    await context.db.query(
      "update identity.session set expires_at = idle_at - interval '1 second' where id = $1",
      [expired!.sessionId],
    );
    await until(() => open[0]!.closed && open[1]!.closed, "what was open on them is closed");
    await using one = new UnusedSessions(context);
    await using two = new UnusedSessions(context);
    await Promise.all([one.endAll(), two.endAll(), one.endAll()]);
    expect(open.map(({ closed }) => closed)).toEqual([true, true, false]);
    expect(await lives(used!.token)).toBe(true);
    for (const [who, cause] of [
      [unused, "idle"],
      [expired, "expired"],
    ] as const)
      expect(await entries("session.ended", who!.sessionId)).toMatchObject([
        { actor_kind: "SYSTEM", actor_id: null, session_id: who!.sessionId, detail: { cause } },
      ]);
  });

  it("are found by a serving node by itself, with the bound that the configuration sets", async () => {
    const served = await createIdentitySubgraph(context);
    await served.start();
    try {
      const { sessions } = await person();
      const [row] = await context.db.query<{ minutes: number }>(
        "select extract(epoch from idle_at - used_at)::float / 60 as minutes from identity.session where id = $1",
        [sessions[0]!.sessionId],
      );
      expect(row?.minutes).toBe(context.config.limits.sessionIdleMinutes);
      await lieUnused(context.db, sessions[0]!.sessionId, { seconds: 60, over: 60 });
      await until(
        async () => (await entries("session.ended", sessions[0]!.sessionId)).length === 1,
        "it is on the record",
      );
    } finally {
      await served[Symbol.asyncDispose]();
    }
  });
});
