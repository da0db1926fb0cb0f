import { readdir, readFile } from "node:fs/promises";
import { onLogin } from "@onrecord/context/context";
import { managesPeople } from "@onrecord/policy/discreet";
import {
  addPerson,
  ask,
  callerOf,
  signedIn,
  type TestContext,
  testContext,
} from "@onrecord/testing/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSetup } from "./setup.js";
import { createIdentitySubgraph } from "./subgraph.js";

const resources = new AsyncDisposableStack();
let context: TestContext;
beforeAll(async () => {
  context = resources.use(await testContext());
});
afterAll(() => resources.disposeAsync());

it("are the same to the database and to the policy, whoever asks", async () => {
  const { db } = onLogin(context, "operator");
  for (const kind of ["EMPLOYEE", "GUEST", "SERVICE"] as const)
    for (const roles of [[], ["admin"], ["compliance", "manager"], ["risk", "admin"], ["administrator"]]) {
      const principal = await signedIn(context.db, await addPerson(context.db, { kind, roles }));
      const held = await db
        .query("select identity.administrator($1)", [principal.sessionId])
        .then(() => true)
        .catch((error: { code?: string }) => (error.code === "42501" ? false : Promise.reject(error)));
      expect([kind, roles, held]).toEqual([kind, roles, managesPeople(context.decisions, principal)]);
    }
});

it("cannot rename or close any role of which a policy speaks", async () => {
  const folder = new URL("../../../packages/policy/policies/", import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".cedar"));
  const text = (await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")))).join("\n");
  const asked = [...text.matchAll(/roles\.contains(?:Any|All)?\(([^)]*)\)/g)].map(([, names]) => names);
  const named = new Set(asked.flatMap((names) => [...names!.matchAll(/"([^"]+)"/g)].map(([, name]) => name)));
  const [row] = await onLogin(context, "identity").db.query<{ roles: string[] }>(
    "select identity.built_in_roles() as roles",
  );
  expect([...named].sort()).toEqual([...row!.roles].sort());
});

it("come from the log once: a token ends, a stranger's is none, and it is all on the record", async () => {
  await using empty = await testContext();
  await using subgraph = await createIdentitySubgraph(empty);
  const identity = onLogin(empty, "identity");
  const FIRST =
    "mutation ($input: CreateFirstAdministratorInput!) { createFirstAdministrator(input: $input) { email } }";
  let network = 0;
  const first = async (token: string | null, input: object = {}) => {
    const given = {
      token,
      email: "root@example.test",
      name: "Root",
      password: "a fine long password",
      ...input,
    };
    const { codes, errors } = await ask(subgraph, callerOf(null, { ip: `192.0.2.${++network}` }), FIRST, {
      input: given,
    });
    return (errors[0]?.extensions.reasons as { id: string }[] | undefined)?.[0]?.id ?? codes[0] ?? "made";
  };
  const old = await openSetup(identity);
  await onLogin(empty, "operator").db.query("update identity.setup_token set expires_at = now()");
  const [one, other] = [await openSetup(identity), await openSetup(identity)];
  expect(await first(old)).toBe("setup-token");
  expect(await first("x".repeat(43))).toBe("setup-token");
  expect(await first("x".repeat(100_000))).toBe("setup-token");
  expect(await first(one, { password: "short" })).toBe("too-short");
  expect(await first(one, { email: "nobody" })).toBe("BAD_USER_INPUT");
  // Two nodes, two logs: whichever is used, the other one's is over with it.
  const results = await Promise.all([first(one), first(other, { email: "thief@example.test" })]);
  expect(results.toSorted()).toEqual(["made", "setup-closed"]);
  expect(await first(one)).toBe("setup-closed");
  expect(await openSetup(identity)).toBeNull();
  // Also when nobody has the role any more.
  await empty.db.query("delete from identity.user_role");
  expect(await first(other)).toBe("setup-closed");
  expect(await openSetup(identity)).toBeNull();
  await identity.ledger.settle();
  const told = await empty.db.query<{ action: string; kind: string; detail: object }>(
    "select action, actor_kind as kind, detail from audit.entry where action not like 'access.%' order by txid, id",
  );
  expect(told.map(({ action }) => action).filter((action) => action !== "setup.refused")).toEqual([
    "setup.opened",
    "setup.opened",
    "setup.opened",
    "administrator.created",
  ]);
  expect(told.filter(({ action }) => action === "setup.refused")).toContainEqual({
    action: "setup.refused",
    kind: "ANONYMOUS",
    detail: { reason: "token" },
  });
  const kept = await onLogin(empty, "operator").db.query("select * from identity.setup_token");
  expect(kept).toEqual([]);
});
