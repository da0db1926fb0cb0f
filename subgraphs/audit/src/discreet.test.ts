import { newId } from "@onrecord/core/ids";
import { until } from "@onrecord/core/testing/until";
import { isDiscreet } from "@onrecord/policy/discreet";
import { levelNumber } from "@onrecord/policy/levels";
import { byCaller, type Principal } from "@onrecord/policy/principal";
import { placeResource } from "@onrecord/policy/resources";
import {
  addPerson,
  ask,
  callerOf,
  follow,
  signedIn,
  type TestContext,
  testContext,
} from "@onrecord/testing/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuditSubgraph, createAuditSubgraph } from "./subgraph.js";

const resources = new AsyncDisposableStack();
const roles = ["analyst", "risk", "compliance", "admin"] as const;
type Role = (typeof roles)[number];
const document = newId();
let context: TestContext;
let subgraph: AuditSubgraph;
let people: Record<Role, Principal>;
/** What compliance and administrators did that must not warn anybody. */
const secret: string[] = [];
/** What everybody may hear of. */
const open: string[] = [];

beforeAll(async () => {
  context = resources.use(await testContext());
  subgraph = resources.use(await createAuditSubgraph(context));
  const someone = async (role: Role) => signedIn(context.db, await addPerson(context.db, { roles: [role] }));
  people = {
    analyst: await someone("analyst"),
    risk: await someone("risk"),
    compliance: await someone("compliance"),
    admin: await someone("admin"),
  };
  await context.db.transaction((tx) => placeResource(tx, { id: document, parentId: null, kind: "DOCUMENT" }));
  for (const { userId } of Object.values(people))
    await context.db.query(
      "insert into permissions.grant (id, resource_id, principal_id, level, granted_at) values ($1, $2, $3, $4, now())",
      [newId(), document, userId, levelNumber("VIEW")],
    );
  await subgraph.start();
  await happen();
});
afterAll(() => resources.disposeAsync());

/** Everybody opens the document, edits it, and is refused a copy of it. */
async function happen(): Promise<void> {
  const object = { kind: "DOCUMENT", id: document } as const;
  for (const role of roles) {
    const by = byCaller(callerOf(people[role]));
    const quiet = role === "compliance" || role === "admin" ? secret : open;
    const { ledger } = context;
    quiet.push(
      await ledger.record({
        action: "document.opened",
        by,
        object,
        detail: { via: "collab", version: 1, access: "view" },
      }),
      await ledger.record({ action: "document.closed", by, object, detail: { version: 1, code: 1000 } }),
      await ledger.record({
        action: "document.download-refused",
        by,
        object,
        detail: { format: "HTML", reasons: ["level"] },
      }),
      await ledger.record({
        action: "access.denied",
        by,
        object,
        detail: { permission: "edit", reasons: ["level"] },
      }),
      await ledger.record({
        action: "audit.queried",
        by,
        object: { kind: "LOG", id: null },
        detail: { filter: { objectId: document }, returned: 3 },
      }),
    );
    // Nobody, with a link that was made for them: the entry names them.
    quiet.push(
      await ledger.record({
        action: "download.refused",
        by: byCaller({ principal: null, requestId: newId(), from: { ip: null, userAgent: null } }),
        object,
        detail: { reason: "link-without-session", issuedTo: people[role].userId },
      }),
    );
    open.push(
      await ledger.record({ action: "document.edited", by, object, detail: { version: 1, bytes: 1 } }),
    );
  }
}

interface Page {
  readonly totalCount: number;
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}
const PAGE = "totalCount edges { cursor node { id } } pageInfo { hasNextPage }";
const onDocument = "actions: null";
const list = async (who: Principal, text: string, pick: (data: never) => Page) => {
  const { data, codes } = await ask(subgraph, callerOf(who), text);
  expect(codes).toEqual([]);
  return pick(data as never);
};
/** Reads a list page by page, in pages of `size`. */
async function pages(size: number, read: (after: string | null) => Promise<Page>): Promise<Page[]> {
  const all: Page[] = [];
  for (let after: string | null = null; ; ) {
    const page: Page = await read(after);
    expect(page.edges.length).toBeLessThanOrEqual(size);
    all.push(page);
    if (!page.pageInfo.hasNextPage) return all;
    // A page that is said to be followed by one is full: what is left out leaves no gap.
    expect(page.edges).toHaveLength(size);
    after = page.edges.at(-1)!.cursor;
  }
}
const trail = (who: Principal, first: number, after: string | null, filter = onDocument) =>
  list(
    who,
    `{ _entities(representations: [{ __typename: "Document", id: "${document}" }]) { ... on Document {
       auditTrail(first: ${first}, after: ${JSON.stringify(after)}, filter: { ${filter} }) { ${PAGE} } } } }`,
    ({ _entities }: { _entities: [{ auditTrail: Page }] }) => _entities[0].auditTrail,
  );
const record = (who: Principal, first: number, after: string | null, filter = onDocument) =>
  list(
    who,
    `{ auditEntries(first: ${first}, after: ${JSON.stringify(after)}, filter: { ${filter} }) { ${PAGE} } }`,
    ({ auditEntries }: { auditEntries: Page }) => auditEntries,
  );
const alerts = (who: Principal, first: number, after: string | null) =>
  list(
    who,
    `{ alerts(first: ${first}, after: ${JSON.stringify(after)}) { totalCount pageInfo { hasNextPage } edges { cursor node { id: entry { id } } } } }`,
    ({ alerts }: { alerts: Page }) => alerts,
  );
const ids = (all: readonly Page[]) =>
  new Set(
    all.flatMap(({ edges }) =>
      edges.map(({ node }) => (typeof node.id === "string" ? node.id : (node.id as { id: string }).id)),
    ),
  );
const secrets = (found: ReadonlySet<string>) => secret.filter((id) => found.has(id));
const isTold = (role: Role) => role === "compliance" || role === "admin";

describe.each(roles)("to somebody with the role %s, what compliance and administrators read", (role) => {
  const readers = (): Principal => people[role];
  const expected = () => (isTold(role) ? secret.length : 0);

  it.each([1, 3, 500])("shows in the trail only if they are of those, with pages of %i", async (size) => {
    const found = await pages(size, (after) => trail(readers(), size, after));
    const about = ids(found);
    // Queries are about the log, and in no trail.
    expect(secrets(about)).toHaveLength(isTold(role) ? 10 : 0);
    for (const { totalCount } of found) expect(totalCount).toBe(about.size);
    for (const id of open) expect(about.has(id) || !isOfDocument(id)).toBe(true);
  });

  it("shows through no filter, nor in what is counted", async () => {
    for (const filter of [
      `actions: ["document.opened"]`,
      `actorId: "${people.compliance.userId}"`,
      `text: "${people.admin.userId}"`,
      `outcome: DENIED`,
    ]) {
      const { edges, totalCount } = await trail(readers(), 500, null, filter);
      expect(totalCount, filter).toBe(edges.length);
      const found = edges.filter(({ node }) => secret.includes(node.id));
      expect(found.length > 0, filter).toBe(isTold(role));
    }
  });

  it("shows by its id only if they are of those", async () => {
    const refs = secret.map((id) => `{ __typename: "AuditEntry", id: "${id}" }`).join();
    const { data } = await ask<{ _entities: ({ id: string } | null)[] }>(
      subgraph,
      callerOf(readers()),
      `{ _entities(representations: [${refs}]) { ... on AuditEntry { id } } }`,
    );
    const shown = data._entities.filter((entry) => entry !== null).length;
    expect(shown).toBe(isTold(role) ? secret.length : 0);
  });

  it("shows in a stream, also from an old cursor, only if they are of those", async () => {
    const [first] = (await trail(readers(), 500, null)).edges.toReversed();
    const told = await follow<{ auditEntryAppended: { id: string } }>(
      subgraph,
      callerOf(readers()),
      "subscription ($filter: AuditFilter, $after: String) { auditEntryAppended(filter: $filter, after: $after) { id } }",
      { filter: { objectId: document }, after: first?.cursor },
    );
    const seen: string[] = [];
    const until = open.findLast(isOfDocument);
    while (seen.at(-1) !== until) seen.push((await told.next()).value!.data.auditEntryAppended.id);
    await told.return();
    expect(seen.filter((id) => secret.includes(id)).length > 0).toBe(isTold(role));
  });

  it("shows in the whole record, and in alerts, only if they are of those", async () => {
    await until(
      async () =>
        (await context.db.query("select from audit.alert where rule = 'download-refused'")).length === 4,
      "the alerts",
    );
    if (role === "analyst") return;
    const found = await pages(7, (after) => record(readers(), 7, after));
    expect(secrets(ids(found))).toHaveLength(expected());
    const raised = await pages(1, (after) => alerts(readers(), 1, after));
    expect(secrets(ids(raised)).length).toBe(isTold(role) ? 2 : 0);
    for (const { totalCount } of raised) expect(totalCount).toBe(raised.length);
    const stream = await follow<{ alertRaised: { entry: { id: string } } }>(
      subgraph,
      callerOf(readers()),
      "subscription ($after: String) { alertRaised(after: $after) { entry { id } } }",
      { after: raised.at(-1)?.edges[0]?.cursor },
    );
    const streamed: string[] = [];
    for (let n = 1; n < raised.length; n++)
      streamed.push((await stream.next()).value!.data.alertRaised.entry.id);
    await stream.return();
    expect(streamed.filter((id) => secret.includes(id)).length > 0).toBe(isTold(role));
  });
});

/** The last of each person's entries in `open` is an edit; those of analyst and risk are six besides, the fifth about the log. */
function isOfDocument(id: string): boolean {
  return !logEntries().has(id);
}
function logEntries(): ReadonlySet<string> {
  return new Set([open[4], open[11]].filter((id) => id !== undefined));
}

it("is told to those whose reading is discreet: the policy and the database agree on who they are", async () => {
  for (const role of [...roles, "manager", "trader", "consultant"]) {
    const person = await signedIn(context.db, await addPerson(context.db, { roles: [role] }));
    const [row] = await context.db.query<{ watches: boolean }>("select audit.watches($1) as watches", [
      person.userId,
    ]);
    expect(isDiscreet(context.decisions, person), role).toBe(row?.watches);
  }
});

it("of alerts and of who follows them is on the record", async () => {
  const read = async () =>
    (
      await context.db.query<{ action: string }>(
        "select action from audit.entry where actor_id = $1 and action like 'alert.%' order by id",
        [people.risk.userId],
      )
    ).map(({ action }) => action);
  const before = await read();
  await alerts(people.risk, 5, null);
  const stream = await follow(subgraph, callerOf(people.risk), "subscription { alertRaised { id } }");
  await stream.return();
  expect((await read()).slice(before.length)).toEqual(["alert.queried", "alert.followed"]);
});
