import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import type { Principal } from "@onrecord/policy/principal";
import { byCaller } from "@onrecord/policy/principal";
import { Database } from "@onrecord/postgres/database";
import { roleOf } from "@onrecord/postgres/roles";
import {
  addPerson,
  ask,
  callerOf,
  signedIn,
  type TestContext,
  testContext,
} from "@onrecord/testing/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuditSubgraph, createAuditSubgraph } from "./subgraph.js";

const resources = new AsyncDisposableStack();
const log = createLogger("silent");
let context: TestContext;
let subgraph: AuditSubgraph;
let officer: Principal;
let owner: Database;

beforeAll(async () => {
  context = resources.use(await testContext());
  owner = resources.use(new Database(context.env.DATABASE_ADMIN_URL, { log, max: 2 }));
  subgraph = resources.use(await createAuditSubgraph(context));
  await subgraph.start();
  officer = await signedIn(context.db, await addPerson(context.db, { roles: ["compliance"] }));
});
afterAll(() => resources.disposeAsync());

/** Details that no part of Onrecord writes. */
const forged: Record<string, string> = {
  nothing: "null",
  "a list": "[1]",
  "a text": '"s"',
  "a count that is a text": '{"reason":"credentials","count":"x"}',
  "a count of a half": '{"reason":"credentials","count":1.5}',
  "a count past every number": '{"reason":"credentials","count":99999999999999999999}',
  "a count past what is finite": '{"reason":"credentials","count":1e999}',
  "a count of less than none": '{"reason":"credentials","count":-1000000}',
  "a count of nothing": '{"reason":"credentials","count":null}',
  "a count of lists": '{"reason":"credentials","count":[1]}',
};
const deep = `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`;

/** An entry of a stranger, as somebody writes it by hand. */
async function forge(sql: Pick<Database, "query">, detail: string, ip = "192.0.2.9") {
  const [id, origin] = [newId(), newId()];
  await sql.query(
    "insert into audit.origin (id, salt, commitment, ip, claimed) values ($1, '\\x00', '\\x00', $2, 'ann@example.test')",
    [origin, ip],
  );
  await sql.query(
    `insert into audit.entry (id, action, actor_kind, request_id, outcome, detail, origin_id)
     values ($1, 'session.refused', 'ANONYMOUS', 'p', 'DENIED', $2, $3)`,
    [id, detail, origin],
  );
  return id;
}

/** As the owner's thief, or a build before, could. */
async function unchecked<T>(write: () => Promise<T>): Promise<T> {
  await owner.query("alter table audit.entry disable trigger entry_formed");
  try {
    return await write();
  } finally {
    await owner.query("alter table audit.entry enable trigger entry_formed");
  }
}

const refuseSignIn = (ip: string, claimed = `${ip}@example.test`) =>
  context.ledger.record({
    action: "session.refused",
    by: byCaller({
      principal: null,
      requestId: newId(),
      from: { ip, userAgent: null, claimed },
    }),
    object: null,
    detail: { reason: "credentials" },
  });

/** Waits until there is an alert of a rule about an entry. */
async function told(rule: string, entryIds: readonly string[]) {
  for (;;) {
    const rows = await owner.query<{ entry_id: string }>(
      "select entry_id from audit.alert where rule = $1 and entry_id = any ($2::uuid[])",
      [rule, entryIds],
    );
    if (rows.length > 0) return rows.map(({ entry_id }) => entry_id);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("an entry that somebody wrote by hand", () => {
  it.each(Object.entries(forged))("is not taken from any service's login: %s", async (_, detail) => {
    for (const login of ["gateway", "audit"] as const) {
      await using service = new Database(context.env.DATABASE_ADMIN_URL, {
        log,
        max: 1,
        role: roleOf(login),
      });
      await expect(forge(service, detail)).rejects.toMatchObject({ code: "42501" });
    }
    await expect(forge(context.db, detail)).rejects.toMatchObject({ code: "42501" });
  });

  it("silences no alert, and is told as what it is", async () => {
    const ids = await unchecked(async () => {
      const made: string[] = [];
      for (const [i, detail] of Object.values(forged).entries())
        made.push(await forge(owner, detail, `192.0.2.${100 + i}`));
      return made;
    });
    // From one address, beside what hides a million.
    await unchecked(() => forge(owner, forged["a count of less than none"]!, "198.51.100.7"));
    const refused: string[] = [];
    for (let times = 0; times < 6; times++) refused.push(await refuseSignIn("198.51.100.7"));
    expect(await told("sign-in-refused-burst", [...ids, ...refused])).not.toEqual([]);
    expect((await told("entry-malformed", ids)).sort()).toEqual([...ids].sort());
  });

  it("is shown, as far as it can be, and takes nothing else off its page", async () => {
    const ids = await unchecked(async () => {
      const made: string[] = [];
      for (const detail of [...Object.values(forged), deep]) made.push(await forge(owner, detail));
      return made;
    });
    const query = `{ auditEntries(first: 20) { edges { node {
      id at action detail leafHash cursor ip userAgent actor { id } object { kind id document { id } }
    } } } }`;
    interface Shown {
      auditEntries: { edges: { node: { id: string; detail: object } }[] };
    }
    const { data, codes } = await ask<Shown>(subgraph, callerOf(officer), query);
    expect(codes).toEqual([]);
    const nodes = new Map(data.auditEntries.edges.map(({ node }) => [node.id, node.detail]));
    expect(ids.slice(0, 4).map((id) => nodes.get(id))).toEqual([
      { malformed: null },
      { malformed: [1] },
      { malformed: "s" },
      { reason: "credentials", count: "x" },
    ]);
    expect(nodes.get(ids[6]!)).toEqual({ reason: "credentials", count: expect.anything() });
    expect(ids.every((id) => nodes.has(id))).toBe(true);
    expect(() => JSON.stringify(data)).not.toThrow();
  });

  it("at which a rule fails is passed over, and told", async () => {
    const rights = "select on audit.origin";
    await owner.query(`revoke ${rights} from onrecord_audit, onrecord_app`);
    try {
      const at = await refuseSignIn("203.0.113.1");
      const after = await refuseSignIn("203.0.113.2");
      expect(await told("entry-malformed", [at])).toEqual([at]);
      expect(await told("entry-malformed", [after])).toEqual([after]);
    } finally {
      await owner.query(`grant ${rights} to onrecord_audit, onrecord_app`);
    }
    const refused: string[] = [];
    for (let times = 0; times < 5; times++) refused.push(await refuseSignIn("203.0.113.3"));
    expect(await told("sign-in-refused-burst", refused)).not.toEqual([]);
  });
});
