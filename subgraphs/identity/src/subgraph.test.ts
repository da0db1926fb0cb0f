import { onLogin } from "@onrecord/context/context";
import { hashToken } from "@onrecord/policy/principal";
import type { Subgraph } from "@onrecord/subgraph/subgraph";
import {
  addPerson,
  ask,
  callerOf,
  signedIn,
  type TestContext,
  testContext,
} from "@onrecord/testing/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSessionFor } from "./commands/create-session-for.js";
import { hashPassword } from "./password.js";
import { fromElsewhere, perAccount } from "./sign-in-limits.js";
import { createIdentitySubgraph } from "./subgraph.js";

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

const SIGN_IN = /* GraphQL */ `
  mutation ($email: String!, $password: String!, $device: String) {
    signIn(input: { email: $email, password: $password, device: $device }) {
      token device
      principal { sessionId roles capabilities expiresAt user { id name email kind department { name } } }
    }
  }
`;
interface SignedIn {
  signIn: {
    token: string;
    device: string | null;
    principal: {
      sessionId: string;
      roles: string[];
      capabilities: string[];
      user: { id: string; email: string | null };
    };
  };
}
const nobody = (ip = "192.0.2.1") => callerOf(null, { ip });
const attempt = (email: string, password = "correct horse", ip?: string, device?: string) =>
  ask<SignedIn>(subgraph, nobody(ip), SIGN_IN, { email, password, device });
const entries = (action: string) =>
  context.db.query<{
    actor_kind: string;
    actor_id: string | null;
    session_id: string | null;
    object_id: string | null;
    detail: Record<string, unknown>;
    claimed: string | null;
    ip: string | null;
  }>(
    `select e.*, o.claimed, o.ip from audit.entry e left join audit.origin o on o.id = e.origin_id
     where e.action = $1 order by e.id`,
    [action],
  );

describe("signing in", () => {
  it("gives a token that proves the session, keeps only its hash, and is on the record", async () => {
    const id = await addPerson(context.db, {
      email: "wong@example.test",
      passwordHash,
      roles: ["compliance"],
    });
    const { data, codes } = await attempt("  Wong@Example.test ");
    expect(codes).toEqual([]);
    const { token, principal } = data.signIn;
    expect(principal).toMatchObject({ roles: ["compliance"], capabilities: ["READ_AUDIT"], user: { id } });
    expect(principal.user.email).toBe("wong@example.test");
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    const rows = await context.db.query<{ token_hash: Buffer }>("select * from identity.session");
    expect(rows.map((row) => row.token_hash)).toEqual([hashToken(token)]);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await entries("session.started")).toMatchObject([
      { actor_kind: "USER", actor_id: id, session_id: principal.sessionId, detail: { kind: "BROWSER" } },
    ]);
  });

  it("answers a wrong password, an unknown address and an ended account alike, and records why", async () => {
    const past = new Date(Date.now() - 1000);
    await addPerson(context.db, { email: "known@example.test", passwordHash });
    await addPerson(context.db, { email: "left@example.test", passwordHash, active: false });
    await addPerson(context.db, {
      email: "guest@example.test",
      passwordHash,
      kind: "GUEST",
      expiresAt: past,
    });
    await addPerson(context.db, { email: "sso@example.test" });
    const answers = [
      await attempt("known@example.test", "wrong"),
      await attempt("unknown@example.test"),
      await attempt("left@example.test"),
      await attempt("left@example.test", "wrong"),
      await attempt("guest@example.test"),
      await attempt("sso@example.test"),
      await attempt("known@example.test", "x".repeat(5000)),
    ];
    expect(new Set(answers.map(({ errors }) => errors[0]?.message)).size).toBe(1);
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(7).fill("UNAUTHENTICATED"));
    await onLogin(context, "identity").ledger.settle();
    const refused = await entries("session.refused");
    expect(refused.map(({ detail, claimed }) => [claimed?.split("@")[0], detail])).toEqual([
      ["known", { reason: "credentials" }],
      ["unknown", { reason: "credentials" }],
      ["left", { reason: "inactive" }],
      ["left", { reason: "credentials" }],
      ["guest", { reason: "expired" }],
      ["sso", { reason: "credentials" }],
      // The second time, behind the first.
      ["known", { reason: "credentials", count: 1 }],
    ]);
    expect(refused.every(({ actor_kind, actor_id }) => actor_kind === "ANONYMOUS" && actor_id === null)).toBe(
      true,
    );
    expect(JSON.stringify(refused.map(({ detail }) => detail))).not.toContain("@");
  });

  it("refuses what is nobody's address or password as bad input, each on the record and counted as an attempt", async () => {
    const before = (await entries("session.refused")).length;
    const endless = `endless${"x".repeat(4_000_000)}@example.test`;
    const given = [
      ["nul\0@example.test", "x"],
      ["half\ud842@example.test", "x"],
      ["known@example.test", "nul\0"],
      [endless, "x"],
      [`${" ".repeat(255)}blank@example.test`, "x"],
    ] as const;
    for (const [email, password] of given) {
      const { codes, errors } = await attempt(email, password);
      expect(codes).toEqual(["BAD_USER_INPUT"]);
      expect(errors[0]?.message.length).toBeLessThan(100);
      expect(errors[0]?.message).not.toContain(email);
    }
    const refused = (await entries("session.refused")).slice(before);
    expect(refused.map(({ detail }) => detail.reason)).toEqual(Array(5).fill("credentials"));
    expect(refused.map(({ claimed }) => claimed)).toEqual([
      "nul\uFFFD@example.test",
      "half\uFFFD@example.test",
      "known@example.test",
      endless.slice(0, 255),
      "",
    ]);
    const more = await Promise.all(Array.from({ length: perAccount.burst }, () => attempt(endless, "x")));
    expect(more.flatMap(({ codes }) => codes)).toContain("RATE_LIMITED");
  });

  it("holds back whoever guesses at one account, also with all guesses at once, and nobody else", async () => {
    await addPerson(context.db, { email: "target@example.test", passwordHash });
    const guesses = await Promise.all(
      Array.from({ length: perAccount.burst + 5 }, () =>
        attempt("target@example.test", "guess", "192.0.2.66"),
      ),
    );
    const codes = guesses.flatMap((guess) => guess.codes);
    expect(codes.filter((code) => code === "RATE_LIMITED")).toHaveLength(5);
    expect((await attempt("target@example.test", "correct horse", "192.0.2.66")).codes).toEqual([
      "RATE_LIMITED",
    ]);
    expect((await attempt("target@example.test")).codes).toEqual([]);
    await onLogin(context, "identity").ledger.settle();
    const counted = (await entries("session.refused"))
      .filter(({ claimed }) => claimed === "target@example.test")
      .reduce((sum, { detail }) => sum + Number(detail.count ?? 1), 0);
    expect(counted).toBe(perAccount.burst + 6);
  });

  it("holds back guesses at one account from everywhere, and not its owner where they have signed in before", async () => {
    const id = await addPerson(context.db, { email: "owner@example.test", passwordHash });
    const owner = (ip: string, device?: string) => attempt("owner@example.test", "correct horse", ip, device);
    const { data } = await owner("203.0.113.1", "");
    const device = data.signIn.device ?? "";
    expect(device).toMatch(/^[\w-]{43}$/);
    const guesses = await Promise.all(
      Array.from({ length: 120 }, (_, i) => attempt("owner@example.test", "guess", `198.51.100.${i % 40}`)),
    );
    const looked = guesses.flatMap(({ codes }) => codes).filter((code) => code === "UNAUTHENTICATED");
    expect(looked).toHaveLength(fromElsewhere.burst);
    // From the network that they know, and from anywhere with what their device was given.
    const known = await owner("203.0.113.1");
    expect([known.codes, known.data.signIn.device]).toEqual([[], null]);
    const elsewhere = await owner("198.51.100.1", device);
    expect(elsewhere.codes).toEqual([]);
    expect(elsewhere.data.signIn.device).toBe(device);
    // A made-up device and another account's are nobody's.
    await addPerson(context.db, { email: "thief@example.test", passwordHash });
    const other = await attempt("thief@example.test", "correct horse", "198.51.100.2", "");
    expect((await owner("198.51.100.99", other.data.signIn.device ?? "")).codes).toEqual(["RATE_LIMITED"]);
    expect((await owner("198.51.100.99", "x".repeat(43))).codes).toEqual(["RATE_LIMITED"]);
    // Nobody's address is held back alike: the limit does not tell who has an account.
    const nobodys = await Promise.all(
      Array.from({ length: 40 }, (_, i) => attempt("nobody@example.test", "guess", `198.51.101.${i}`)),
    );
    expect(nobodys.flatMap(({ codes }) => codes).filter((code) => code === "UNAUTHENTICATED")).toHaveLength(
      fromElsewhere.burst,
    );
    const places = await context.db.query<{ place: Buffer }>(
      "select place from identity.familiar_place where user_id = $1",
      [id],
    );
    // Two networks and a device, and none of them in clear.
    expect(places).toHaveLength(3);
    expect(places.map(({ place }) => place.length)).toEqual([32, 32, 32]);
  });

  it("remembers no more than twenty places of a person", async () => {
    const id = await addPerson(context.db, { email: "traveller@example.test", passwordHash });
    for (let i = 0; i < 12; i++) {
      const { codes } = await attempt("traveller@example.test", "correct horse", `192.0.2.${100 + i}`, "");
      expect(codes).toEqual([]);
    }
    const places = await context.db.query("select 1 from identity.familiar_place where user_id = $1", [id]);
    expect(places).toHaveLength(20);
  });

  it("does not wait for itself when more people than connections sign in from places never seen", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => attempt(`nobody${i}@example.test`, "x", `198.51.100.${i}`)),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(40).fill("UNAUTHENTICATED"));
  });
});

describe("signing out", () => {
  it("ends the session, moves the permission revision and tells the bus after the commit", async () => {
    const principal = await signedIn(context.db, await addPerson(context.db));
    const revision = async () =>
      (await context.db.query<{ revision: number }>("select revision from permissions.revision"))[0]!
        .revision;
    const before = await revision();
    const told: number[] = [];
    const stop = context.bus.subscribe("permissions.changed", (message) => told.push(message.revision));
    const out = () => ask(subgraph, callerOf(principal), "mutation { signOut }");
    expect(await out()).toMatchObject({ data: { signOut: true }, codes: [] });
    expect(await out()).toMatchObject({ data: { signOut: false }, codes: [] });
    stop();
    expect(told).toEqual([before + 1]);
    expect(await revision()).toBe(before + 1);
    const live = await context.db.query("select 1 from identity.session_principal where session_id = $1", [
      principal.sessionId,
    ]);
    expect(live).toEqual([]);
    expect(await entries("session.ended")).toMatchObject([
      { object_id: principal.sessionId, actor_id: principal.userId, detail: { cause: "sign-out" } },
    ]);
  });
});

describe("who is who", () => {
  const PEOPLE = /* GraphQL */ `
    query ($refs: [_Any!]!) {
      _entities(representations: $refs) {
        ... on User { id name email title kind department { name } }
        ... on Actor { id kind name user { name email } }
        ... on Department { id name }
      }
    }
  `;
  const department = "00000000-0000-7000-8000-0000000000d1";
  const refs = (typename: string, ids: readonly string[]) => ids.map((id) => ({ __typename: typename, id }));

  beforeAll(async () => {
    await context.db.query("insert into identity.department (id, name) values ($1, 'Dealing')", [department]);
  });

  it("loads fifty authors with their departments in two statements", async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, () => addPerson(context.db, { departmentId: department, title: "Dealer" })),
    );
    const viewer = callerOf(await signedIn(context.db, ids[0]!));
    const before = context.db.statements;
    const { data } = await ask<{ _entities: unknown[] }>(subgraph, viewer, PEOPLE, {
      refs: refs("User", ids),
    });
    expect(data._entities).toHaveLength(50);
    expect(data._entities[7]).toMatchObject({ id: ids[7], title: "Dealer", department: { name: "Dealing" } });
    expect(context.db.statements - before).toBe(2);
    const actors = ids.map((id) => `user:${id}`);
    await ask(subgraph, viewer, PEOPLE, { refs: refs("Actor", actors) });
    expect(context.db.statements - before).toBe(3);
  });

  it("tells a guest who wrote what, and nothing of how the firm is organised", async () => {
    const colleague = await addPerson(context.db, { name: "Ng", departmentId: department, title: "Dealer" });
    const guest = await signedIn(context.db, await addPerson(context.db, { name: "Helen", kind: "GUEST" }));
    const { data, codes } = await ask(subgraph, callerOf(guest), PEOPLE, {
      refs: [
        ...refs("User", [colleague, guest.userId]),
        ...refs("Actor", [`user:${colleague}`, "anonymous", "system", "user:forged", "nonsense"]),
        ...refs("Department", [department]),
      ],
    });
    expect(codes).toEqual([]);
    expect(data).toMatchObject({
      _entities: [
        { name: "Ng", email: null, title: null, department: null },
        { name: "Helen", email: guest.email },
        { kind: "USER", name: "Ng", user: { name: "Ng", email: null } },
        { kind: "ANONYMOUS", name: "Anonymous", user: null },
        { kind: "SYSTEM", name: "Onrecord", user: null },
        { kind: "USER", name: "Unknown user", user: null },
        null,
        null,
      ],
    });
  });

  it("says nothing to strangers", async () => {
    const id = await addPerson(context.db);
    const { data, codes } = await ask(subgraph, nobody(), PEOPLE, { refs: refs("User", [id]) });
    expect(data).toEqual({ _entities: [null] });
    expect(codes).toEqual(["UNAUTHENTICATED"]);
    expect((await ask(subgraph, nobody(), "{ me { sessionId } }")).codes).toEqual(["UNAUTHENTICATED"]);
    expect((await ask(subgraph, nobody(), "mutation { signOut }")).codes).toEqual(["UNAUTHENTICATED"]);
  });
});

describe("a token from the command line", () => {
  it("is a session that the system opened for somebody, and the record says so", async () => {
    const id = await addPerson(context.db, { email: "ops@example.test" });
    const token = await createSessionFor(context, "OPS@example.test");
    expect(token).toMatch(/^[\w-]{43}$/);
    expect((await entries("session.started")).at(-1)).toMatchObject({
      actor_kind: "SYSTEM",
      actor_id: null,
      object_id: id,
      detail: { kind: "TOKEN" },
    });
    await expect(createSessionFor(context, "who@example.test")).rejects.toMatchObject({ code: "NOT_FOUND" });
    for (const email of ["who\0@example.test", "who\ud842@example.test"])
      await expect(createSessionFor(context, email)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  });
});
