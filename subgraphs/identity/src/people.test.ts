import { randomBytes } from "node:crypto";
import { onLogin } from "@onrecord/context/context";
import { newId } from "@onrecord/core/ids";
import { authenticate, byCaller, type Principal } from "@onrecord/policy/principal";
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
import { hashPassword } from "./password.js";
import { createIdentitySubgraph } from "./subgraph.js";

const resources = new AsyncDisposableStack();
let context: TestContext;
let subgraph: Subgraph;
let passwordHash: string;
let admin: Principal;
beforeAll(async () => {
  context = resources.use(await testContext());
  subgraph = resources.use(await createIdentitySubgraph(context));
  passwordHash = await hashPassword("correct horse battery");
  admin = await administrator();
});
afterAll(() => resources.disposeAsync());

let made = 0;
const administrator = async (facts: { expiresAt?: Date } = {}) =>
  signedIn(context.db, await addPerson(context.db, { roles: ["admin"], passwordHash, ...facts }));
const nobody = (ip = `192.0.2.${++made % 250}`) => callerOf(null, { ip });
// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, each looked at where it is asked for
type Result = Record<string, any>;

const call = async (who: Principal | null, mutation: string, input: object, fields: string) => {
  const caller = who === null ? nobody() : callerOf(who);
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  const name = ["ReinstateUserInput", "CreatePasswordLinkInput"].includes(type) ? "UserIdInput" : type;
  const { data, codes, errors } = await ask<Result>(
    subgraph,
    caller,
    `mutation ($input: ${name}!) { ${mutation}(input: $input) ${fields} }`,
    { input },
  );
  const reasons = errors.flatMap(({ extensions }) =>
    ((extensions.reasons ?? []) as { id: string }[]).map(({ id }) => id),
  );
  return { answer: data?.[mutation], codes, reasons };
};
const USER =
  "{ id name email title active expiresAt revision department { name } roles { id name } passwordSet passwordLinkExpiresAt }";
const create = (who: Principal | null, input: object = {}) =>
  call(
    who,
    "createUser",
    { email: `p${++made}@example.test`, name: "New Person", ...input },
    `{ user ${USER} passwordLink { url expiresAt } }`,
  );
const update = (who: Principal, userId: string, input: object) =>
  call(who, "updateUser", { userId, ...input }, USER);
const suspend = (who: Principal, userId: string) =>
  call(who, "suspendUser", { userId, reason: "LEFT" }, USER);
const reinstate = (who: Principal, userId: string) => call(who, "reinstateUser", { userId }, USER);
const link = (who: Principal, userId: string) =>
  call(who, "createPasswordLink", { userId }, "{ url expiresAt }");
const setPassword = (url: string, password = "a fine long password") =>
  call(null, "setPassword", { token: url.split("#")[1], password }, "{ email }");
const signIn = (email: string, password = "a fine long password") =>
  ask<Result>(subgraph, nobody(), "mutation ($i: SignInInput!) { signIn(input: $i) { token } }", {
    i: { email, password },
  });
const role = async (name = `role ${++made}`) =>
  (await call(admin, "createRole", { name }, "{ id }")).answer.id as string;
const department = async (input: object = {}) =>
  (await call(admin, "createDepartment", { name: `department ${++made}`, ...input }, "{ id }")).answer
    .id as string;
const entries = (objectId: string) =>
  context.db.query<{
    action: string;
    actor_id: string | null;
    outcome: string;
    detail: Record<string, unknown>;
  }>("select action, actor_id, outcome, detail from audit.entry where object_id = $1 order by txid, id", [
    objectId,
  ]);

describe("somebody who is made", () => {
  it("sets a password on the link, once, and signs in; all of it is on the record, and the link nowhere", async () => {
    const [analyst, dealing] = [await role(), await department()];
    const { answer, codes } = await create(admin, {
      email: " Ann@Example.test ",
      title: "Analyst",
      roleIds: [analyst],
      departmentId: dealing,
    });
    expect(codes).toEqual([]);
    const { user, passwordLink } = answer;
    expect(user).toMatchObject({
      email: "ann@example.test",
      active: true,
      passwordSet: false,
      revision: 1,
      roles: [{ id: analyst }],
    });
    expect(passwordLink.url).toMatch(/^\/set-password#[\w-]{43}$/);
    expect((await signIn("ann@example.test")).codes).toEqual(["UNAUTHENTICATED"]);
    expect((await setPassword(passwordLink.url, "too short")).reasons).toEqual(["too-short"]);
    expect((await setPassword(passwordLink.url)).answer).toEqual({ email: "ann@example.test" });
    expect((await setPassword(passwordLink.url)).reasons).toEqual(["link-used"]);
    const { data } = await signIn("ann@example.test");
    expect((await authenticate(context.db, data.signIn.token))?.userId).toBe(user.id);
    await onLogin(context, "identity").ledger.settle();
    expect(
      (await entries(user.id)).map(({ action, actor_id, detail }) => [action, actor_id, detail]),
    ).toEqual([
      ["user.created", admin.userId, { departmentId: dealing, expiresAt: null }],
      ["role.given", admin.userId, { roleId: analyst }],
      ["password.link-made", admin.userId, { linkId: expect.any(String), hours: 72, first: true }],
      ["password.set", null, { endedSessions: 0 }],
      ["password.link-refused", null, { reason: "used" }],
    ]);
    const kept = await context
      .under("operator")
      .db.query(
        "select l::text, (select string_agg(e::text, '') from audit.entry e) from identity.password_link l",
      );
    expect(JSON.stringify(kept)).not.toContain(passwordLink.url.split("#")[1]);
  });

  it("has a link that another one, another address and a suspension make void, and that ends", async () => {
    const { user, passwordLink } = (await create(admin)).answer;
    const second = (await link(admin, user.id)).answer;
    expect((await setPassword(passwordLink.url)).reasons).toEqual(["link-revoked"]);
    await update(admin, user.id, { email: `p${++made}@example.test` });
    expect((await setPassword(second.url)).reasons).toEqual(["link-revoked"]);
    const third = (await link(admin, user.id)).answer;
    await suspend(admin, user.id);
    expect((await setPassword(third.url)).reasons).toEqual(["link-revoked"]);
    expect((await link(admin, user.id)).codes).toEqual(["CONFLICT"]);
    await reinstate(admin, user.id);
    const fourth = (await link(admin, user.id)).answer;
    await context
      .under("operator")
      .db.query(
        "update identity.password_link set expires_at = now() where user_id = $1 and revoked_at is null",
        [user.id],
      );
    expect((await setPassword(fourth.url)).reasons).toEqual(["link-expired"]);
    expect((await setPassword("/set-password#nothing")).reasons).toEqual(["link-unknown"]);
  });

  it("takes a link once, however many bring it at once, and loses the sessions that were open", async () => {
    const id = await addPerson(context.db, { email: "old@example.test", passwordHash });
    const open = await signedIn(context.db, id);
    const { url } = (await link(admin, id)).answer;
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, i) => setPassword(url, `password number ${i}`)),
    );
    expect(all.filter(({ codes }) => codes.length === 0)).toHaveLength(1);
    expect(new Set(all.flatMap(({ reasons }) => reasons))).toEqual(new Set(["link-used"]));
    expect(await authenticate(context.db, open.token)).toBeNull();
    const won = all.findIndex(({ codes }) => codes.length === 0);
    expect((await signIn("old@example.test", `password number ${won}`)).codes).toEqual([]);
    expect((await signIn("old@example.test", "correct horse battery")).codes).toEqual(["UNAUTHENTICATED"]);
  });

  it("has so many links made for one account, and so many wrong ones brought from one network", async () => {
    const { user } = (await create(admin)).answer;
    const codes = [];
    for (let i = 0; i < 6; i++) codes.push(...(await link(admin, user.id)).codes);
    expect(codes).toEqual(["RATE_LIMITED"]);
    const from = nobody("198.51.100.7");
    const brought = [];
    for (let i = 0; i < 22; i++)
      brought.push(
        ...(
          await ask(
            subgraph,
            from,
            `mutation { setPassword(input: { token: "t${i}", password: "a fine long password" }) { email } }`,
          )
        ).codes,
      );
    expect(new Set(brought.slice(0, 20))).toEqual(new Set(["FORBIDDEN"]));
    expect(brought.at(-1)).toBe("RATE_LIMITED");
  });
});

describe("an account", () => {
  it("is changed in what is given, and in nothing else; what is so already is no change", async () => {
    const [a, b, dealing] = [await role(), await role(), await department()];
    const { user } = (await create(admin, { roleIds: [a], title: "Clerk" })).answer;
    const changed = await update(admin, user.id, {
      name: "Other",
      title: null,
      departmentId: dealing,
      addRoleIds: [a, b],
      removeRoleIds: [],
    });
    expect(changed.answer).toMatchObject({ name: "Other", title: null, email: user.email, revision: 2 });
    expect(changed.answer.roles.map(({ id }: { id: string }) => id).sort()).toEqual([a, b].sort());
    expect((await update(admin, user.id, { removeRoleIds: [a], departmentId: null })).answer).toMatchObject({
      department: null,
      roles: [{ id: b }],
      revision: 3,
    });
    expect((await update(admin, user.id, { name: "Other", removeRoleIds: [a] })).answer.revision).toBe(3);
    expect((await update(admin, user.id, { revision: 2, name: "Late" })).codes).toEqual(["CONFLICT"]);
    expect((await entries(user.id)).slice(3).map(({ action, detail }) => [action, detail])).toEqual([
      ["user.updated", { fields: ["name", "title", "department"], departmentId: dealing }],
      ["role.given", { roleId: b }],
      ["user.updated", { fields: ["department"], departmentId: null }],
      ["role.taken", { roleId: a }],
    ]);
  });

  it("is told what is wrong with it", async () => {
    const { user } = (await create(admin)).answer;
    const guest = await addPerson(context.db, { kind: "GUEST" });
    const closed = await department();
    await call(admin, "closeDepartment", { departmentId: closed }, "{ id }");
    const faults = [
      await create(admin, { email: user.email.toUpperCase() }),
      await create(admin, { email: "no address" }),
      await create(admin, { email: "аnn@example.test" }),
      await create(admin, { name: " " }),
      await create(admin, { name: "Ann\u202eevil" }),
      await create(admin, { expiresAt: "2020-01-01T00:00:00Z" }),
      await create(admin, { departmentId: user.id }),
      await create(admin, { departmentId: closed }),
      await create(admin, { roleIds: [user.id] }),
      await create(admin, { roleIds: ["admin"] }),
      await update(admin, guest, { addRoleIds: [await role()] }),
      await update(admin, guest, { departmentId: await department() }),
      await update(admin, guest, { expiresAt: null }),
      await update(admin, user.id, { email: (await create(admin)).answer.user.email }),
    ];
    expect(faults.map(({ codes }) => codes.join())).toEqual([
      "CONFLICT",
      ...Array(12).fill("BAD_USER_INPUT"),
      "CONFLICT",
    ]);
    expect((await update(admin, "00000000-0000-7000-8000-00000000dead", { name: "X" })).codes).toEqual([
      "NOT_FOUND",
    ]);
    expect((await update(admin, "nobody", { name: "X" })).codes).toEqual(["NOT_FOUND"]);
  });

  it("is made and changed by administrators alone, and every other attempt is on the record", async () => {
    const { user } = (await create(admin)).answer;
    const others = [
      await signedIn(context.db, await addPerson(context.db, { roles: ["compliance", "manager"] })),
      await signedIn(context.db, await addPerson(context.db, { kind: "GUEST", roles: ["admin"] })),
    ];
    for (const who of others) {
      const attempts = [
        await create(who),
        await update(who, user.id, { name: "Mine" }),
        await suspend(who, user.id),
        await link(who, user.id),
        await call(who, "createRole", { name: "r" }, "{ id }"),
        await call(who, "createDepartment", { name: "d" }, "{ id }"),
      ];
      expect(attempts.flatMap(({ codes }) => codes)).toEqual(Array(6).fill("FORBIDDEN"));
      const denied = await context.db.query<{ detail: object }>(
        "select detail from audit.entry where actor_id = $1 and action = 'access.denied'",
        [who.userId],
      );
      expect(denied).toHaveLength(6);
      expect(denied[0]!.detail).toMatchObject({ permission: "managePeople" });
      const lists = await ask(subgraph, callerOf(who), "{ users { edges { node { id } } } }");
      expect(lists.codes).toEqual(["FORBIDDEN"]);
    }
    expect((await create(null)).codes).toEqual(["UNAUTHENTICATED"]);
    const seen = await ask<Result>(
      subgraph,
      callerOf(others[0]!),
      "{ me { user { active revision roles { id } passwordSet passwordLinkExpiresAt } } }",
    );
    expect(seen.data.me.user).toEqual({
      active: null,
      revision: null,
      roles: null,
      passwordSet: null,
      passwordLinkExpiresAt: null,
    });
  });

  it("is suspended at once, with its sessions, and comes back without them", async () => {
    const email = `p${++made}@example.test`;
    const id = await addPerson(context.db, { email, passwordHash });
    const sessions = [await signedIn(context.db, id), await signedIn(context.db, id)];
    const { answer } = await suspend(admin, id);
    expect(answer.active).toBe(false);
    for (const { token } of sessions) expect(await authenticate(context.db, token)).toBeNull();
    expect((await signIn(email, "correct horse battery")).codes).toEqual(["UNAUTHENTICATED"]);
    expect((await suspend(admin, id)).answer.revision).toBe(answer.revision);
    expect((await reinstate(admin, id)).answer.active).toBe(true);
    for (const { token } of sessions) expect(await authenticate(context.db, token)).toBeNull();
    expect((await signIn(email, "correct horse battery")).codes).toEqual([]);
    expect((await entries(id)).map(({ action, detail }) => [action, detail])).toEqual([
      ["user.suspended", { reason: "LEFT", endedSessions: 2 }],
      ["user.reinstated", {}],
    ]);
    for (const { sessionId } of sessions)
      expect(await entries(sessionId)).toMatchObject([
        { action: "session.ended", actor_id: admin.userId, detail: { cause: "suspended" } },
      ]);
  });

  it("is never left with a session that began while it was being suspended", async () => {
    const email = `p${++made}@example.test`;
    const id = await addPerson(context.db, { email, passwordHash });
    for (let round = 0; round < 5; round++) {
      const results = await Promise.all([
        signIn(email, "correct horse battery"),
        suspend(admin, id),
        signIn(email, "correct horse battery"),
      ]);
      expect(results[1].codes).toEqual([]);
      expect(
        await context.db.query("select from identity.session where user_id = $1 and ended_at is null", [id]),
      ).toEqual([]);
      await reinstate(admin, id);
    }
  });
});

describe("administrators", () => {
  /** Nobody but these administers the firm, while `work` runs. */
  const alone = async (work: (one: Principal & { token: string }) => Promise<void>) => {
    const one = await administrator();
    const others = await context.db.query<{ id: string }>(
      "update identity.user set active = false where id <> $1 and active and id in (select user_id from identity.user_role ur join identity.role r on r.id = ur.role_id where r.name = 'admin') returning id",
      [one.userId],
    );
    try {
      await work(one);
    } finally {
      await context.db.query("update identity.user set active = true where id = any ($1::uuid[])", [
        others.map(({ id }) => id),
      ]);
    }
  };
  const adminRole = async () =>
    (await context.db.query<{ id: string }>("select id from identity.role where name = 'admin'"))[0]!.id;

  it("keep the last of them, who can neither be suspended, nor leave, nor be given an end", async () => {
    await alone(async (one) => {
      const end = new Date(Date.now() + 86_400_000).toISOString();
      // Somebody who cannot sign in yet is none.
      const { user } = (await create(one, { roleIds: [await adminRole()] })).answer;
      const attempts = [
        await suspend(one, one.userId),
        await update(one, one.userId, { removeRoleIds: [await adminRole()] }),
        await update(one, one.userId, { expiresAt: end }),
      ];
      expect(attempts.map(({ codes, reasons }) => [codes, reasons])).toEqual(
        Array(3).fill([["FORBIDDEN"], ["last-administrator"]]),
      );
      expect((await entries(one.userId)).map(({ action, outcome }) => [action, outcome])).toEqual(
        Array(3).fill(["access.denied", "DENIED"]),
      );
      const { url } = (await link(one, user.id)).answer;
      await setPassword(url);
      expect((await update(one, one.userId, { removeRoleIds: [await adminRole()] })).codes).toEqual([]);
      expect((await create(one)).codes).toEqual(["FORBIDDEN"]);
    });
  });

  it("of two who suspend each other at once, one stays", async () => {
    for (let round = 0; round < 4; round++)
      await alone(async (one) => {
        const other = await administrator();
        const results = await Promise.all([suspend(one, other.userId), suspend(other, one.userId)]);
        expect(results.filter(({ codes }) => codes.length === 0)).toHaveLength(1);
        const left = await context.db.query(
          "select from identity.user where id = any ($1::uuid[]) and active",
          [[one.userId, other.userId]],
        );
        expect(left).toHaveLength(1);
      });
  });

  it("lose no change of each other: of two with one revision one is refused, and roles add up", async () => {
    const other = await administrator();
    const { user } = (await create(admin)).answer;
    const racing = await Promise.all(
      [admin, other].map((who, i) => update(who, user.id, { revision: 1, name: `Name ${i}` })),
    );
    expect(racing.flatMap(({ codes }) => codes)).toEqual(["CONFLICT"]);
    const roles = await Promise.all([role(), role(), role(), role()]);
    await Promise.all(roles.map((id, i) => update(i % 2 ? admin : other, user.id, { addRoleIds: [id] })));
    expect((await update(admin, user.id, {})).answer.roles).toHaveLength(4);
    const email = `p${++made}@example.test`;
    const twice = await Promise.all([admin, other].map((who) => create(who, { email })));
    expect(twice.flatMap(({ codes }) => codes)).toEqual(["CONFLICT"]);
  });

  it("for a time give nothing that outlasts them, and do not take over or put out those who stay longer", async () => {
    const end = new Date(Date.now() + 86_400_000);
    const temporary = await administrator({ expiresAt: end });
    const inherited = (await create(temporary)).answer.user;
    expect(inherited.expiresAt).toBe(end.toISOString());
    await addPerson(context.db, { roles: ["compliance"] });
    const [role] = await context.db.query<{ id: string }>(
      "select id from identity.role where name = 'compliance'",
    );
    const compliance = role!.id;
    const lasting = (await create(admin, { roleIds: [compliance] })).answer.user;
    const attempts = [
      await create(temporary, { expiresAt: new Date(end.getTime() + 1000).toISOString() }),
      await update(temporary, inherited.id, { expiresAt: null }),
      await update(temporary, temporary.userId, { expiresAt: null }),
      await update(temporary, lasting.id, { addRoleIds: [await adminRole()] }),
      await update(temporary, lasting.id, { removeRoleIds: [compliance] }),
      await update(temporary, lasting.id, { departmentId: await department() }),
      await update(temporary, lasting.id, { name: "Renamed" }),
      await update(temporary, lasting.id, { expiresAt: end.toISOString() }),
      await suspend(temporary, lasting.id),
      await link(temporary, lasting.id),
      await suspend(temporary, admin.userId),
      await update(temporary, admin.userId, { email: "mine@example.test" }),
      await link(temporary, admin.userId),
    ];
    expect(attempts.map(({ reasons }) => reasons)).toEqual([
      ...Array(3).fill(["own-end"]),
      ...Array(10).fill(["own-weaker"]),
    ]);
    expect(
      (await update(temporary, inherited.id, { name: "Renamed", addRoleIds: [compliance] })).codes,
    ).toEqual([]);
    expect((await update(temporary, inherited.id, { removeRoleIds: [compliance] })).codes).toEqual([]);
    expect((await link(temporary, inherited.id)).codes).toEqual([]);
    expect((await suspend(temporary, inherited.id)).codes).toEqual([]);
    await suspend(admin, lasting.id);
    expect((await reinstate(temporary, lasting.id)).reasons).toEqual(["own-weaker"]);
    // Nor does the database make it, whoever asks in their name.
    const object = { kind: "USER", id: lasting.id } as const;
    const linkId = newId();
    const made = context.ledger.transaction(byCaller(callerOf(temporary)), async (tx) => {
      const detail = { linkId, first: true, hours: 1 };
      await tx.append({ action: "password.link-made", object, detail });
      await tx.query("select identity.make_password_link($1, $2, $3, $4, 1)", [
        temporary.sessionId,
        linkId,
        lasting.id,
        randomBytes(32),
      ]);
    });
    await expect(made).rejects.toThrow("may not outlast");
    const renamed = context.ledger.transaction(byCaller(callerOf(temporary)), async (tx) => {
      await tx.append({ action: "role.taken", object, detail: { roleId: compliance } });
      await tx.query(
        "select identity.change_person($1, $2, $3, $4, null, null, null, '{}', array[$5::uuid])",
        [temporary.sessionId, lasting.id, lasting.email, lasting.name, compliance],
      );
    });
    await expect(renamed).rejects.toThrow("may not outlast");
    const put = context.ledger.transaction(byCaller(callerOf(temporary)), async (tx) => {
      await tx.append({ action: "user.reinstated", object, detail: {} });
      await tx.query("select identity.set_active($1, $2, true)", [temporary.sessionId, lasting.id]);
    });
    await expect(put).rejects.toThrow("may not outlast");
    expect((await suspend(admin, temporary.userId)).codes).toEqual([]);
  });
});

describe("departments and roles", () => {
  it("are made, renamed, and closed when nobody is in them", async () => {
    const parentId = await department();
    const id = await department({ name: "Dealing", parentId });
    const { user } = (await create(admin, { departmentId: id })).answer;
    expect(user.department).toEqual({ name: "Dealing" });
    const say = async (mutation: string, input: object) => {
      const { codes, answer } = await call(admin, mutation, input, "{ name closedAt }");
      return codes[0] ?? answer.name;
    };
    expect(await say("createDepartment", { name: "dealing", parentId })).toBe("CONFLICT");
    expect(await say("renameDepartment", { departmentId: id, name: "Trading" })).toBe("Trading");
    expect(await say("closeDepartment", { departmentId: id })).toBe("CONFLICT");
    await update(admin, user.id, { departmentId: null });
    expect(await say("closeDepartment", { departmentId: parentId })).toBe("CONFLICT");
    expect(await say("closeDepartment", { departmentId: id })).toBe("Trading");
    expect(await say("renameDepartment", { departmentId: id, name: "Again" })).toBe("CONFLICT");
    expect(await say("createDepartment", { name: "Trading", parentId })).toBe("Trading");
    expect((await entries(id)).map(({ action }) => action)).toEqual([
      "department.created",
      "department.renamed",
      "department.closed",
    ]);

    const roleId = await role("Clerk");
    await update(admin, user.id, { addRoleIds: [roleId] });
    expect(await say("createRole", { name: "CLERK" })).toBe("CONFLICT");
    expect(await say("closeRole", { roleId })).toBe("CONFLICT");
    expect(await say("renameRole", { roleId, name: "Secretary" })).toBe("Secretary");
    await update(admin, user.id, { removeRoleIds: [roleId] });
    expect(await say("closeRole", { roleId })).toBe("Secretary");
    expect((await update(admin, user.id, { addRoleIds: [roleId] })).codes).toEqual(["BAD_USER_INPUT"]);
    const { data } = await ask<Result>(
      subgraph,
      callerOf(admin),
      "{ roles { id name builtIn } closed: roles(closed: true) { id } }",
    );
    expect(data.closed).toContainEqual({ id: roleId });
    const builtIn = data.roles.find(({ name }: { name: string }) => name === "admin");
    expect(builtIn.builtIn).toBe(true);
    expect(await say("renameRole", { roleId: builtIn.id, name: "king" })).toBe("CONFLICT");
    expect(await say("closeRole", { roleId: builtIn.id })).toBe("CONFLICT");
  });

  it("are what somebody was in at a past second", async () => {
    const [a, b, first, second] = [
      await role(),
      await role(),
      await department({ name: "First" }),
      await department({ name: "Second" }),
    ];
    const { user } = (await create(admin, { roleIds: [a], departmentId: first })).answer;
    const clock = async () =>
      (await context.db.query<{ at: Date }>("select clock_timestamp() as at"))[0]!.at.toISOString();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = await clock();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await update(admin, user.id, { addRoleIds: [b], removeRoleIds: [a], departmentId: second });
    await call(admin, "renameDepartment", { departmentId: second, name: "Third" }, "{ id }");
    await suspend(admin, user.id);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const after = await clock();
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const at = (asOf: string) =>
      ask<Result>(
        subgraph,
        callerOf(admin),
        "query ($id: ID!, $asOf: DateTime!) { user(id: $id) { membership(asOf: $asOf) { active departments { name } roles { id } } } }",
        { id: user.id, asOf },
      );
    expect((await at(before)).data.user.membership).toEqual({
      active: true,
      departments: [{ name: "First" }],
      roles: [{ id: a }],
    });
    expect((await at(after)).data.user.membership).toEqual({
      active: false,
      departments: [{ name: "Third" }],
      roles: [{ id: b }],
    });
    expect((await at("2020-01-01T00:00:00Z")).data.user.membership).toBeNull();
    expect((await at("2999-01-01T00:00:00Z")).codes).toEqual(["BAD_USER_INPUT"]);
  });
});

it("lists people in pages, both ways, by what is looked for, and that is on the record", async () => {
  const id = await department();
  const names = ["Ada", "Bo", "Cy", "Di", "Ed"];
  for (const name of names) await create(admin, { name, departmentId: id });
  const page = async (args: string, filter = `{ departmentId: "${id}" }`) => {
    const { data } = await ask<Result>(
      subgraph,
      callerOf(admin),
      `{ users(filter: ${filter}, ${args}) { totalCount pageInfo { hasNextPage startCursor endCursor } edges { node { name } } } }`,
    );
    return {
      ...data.users,
      names: data.users.edges.map(({ node }: { node: { name: string } }) => node.name),
    };
  };
  const first = await page("first: 2");
  expect(first).toMatchObject({ totalCount: 5, names: ["Ada", "Bo"], pageInfo: { hasNextPage: true } });
  const second = await page(`first: 2, after: "${first.pageInfo.endCursor}"`);
  expect(second.names).toEqual(["Cy", "Di"]);
  expect((await page(`last: 2, before: "${second.pageInfo.startCursor}"`)).names).toEqual(["Ada", "Bo"]);
  expect(
    (await page("first: 9", `{ departmentId: "${id}", text: "D", statuses: [ACTIVE], kinds: [EMPLOYEE] }`))
      .names,
  ).toEqual(["Ada", "Di", "Ed"]);
  expect((await page("first: 9", `{ departmentId: "${id}", statuses: [SUSPENDED, ENDED] }`)).names).toEqual(
    [],
  );
  expect((await page("first: 9", `{ departmentId: "${id}", text: "%" }`)).names).toEqual([]);
  const read = await context.db.query(
    "select from audit.entry where action = 'people.listed' and actor_id = $1",
    [admin.userId],
  );
  expect(read.length).toBeGreaterThan(0);
});
