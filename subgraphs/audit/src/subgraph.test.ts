import { newId } from "@onrecord/core/ids";
import { leafHash } from "@onrecord/ledger/entry";
import type { Ledger } from "@onrecord/ledger/ledger";
import { entryColumns } from "@onrecord/ledger/read";
import { levelNumber } from "@onrecord/policy/levels";
import { byCaller, type Principal } from "@onrecord/policy/principal";
import { placeResource } from "@onrecord/policy/resources";
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
let context: TestContext;
let subgraph: AuditSubgraph;
let ledger: Ledger;
let officer: Principal;
let analyst: Principal;
let stranger: Principal;
let guest: Principal;
const document = newId();
const edits: string[] = [];

beforeAll(async () => {
  context = resources.use(await testContext());
  subgraph = resources.use(await createAuditSubgraph(context));
  ledger = context.ledger;
  const someone = async (facts: Parameters<typeof addPerson>[1]) =>
    signedIn(context.db, await addPerson(context.db, facts));
  officer = await someone({ roles: ["compliance"] });
  analyst = await someone({ roles: ["analyst"] });
  stranger = await someone({ roles: ["trader"] });
  guest = await someone({ kind: "GUEST" });
  await context.db.transaction((tx) => placeResource(tx, { id: document, parentId: null, kind: "DOCUMENT" }));
  for (const { userId } of [analyst, guest])
    await context.db.query(
      "insert into permissions.grant (id, resource_id, principal_id, level, granted_at) values ($1, $2, $3, $4, now())",
      [newId(), document, userId, levelNumber("EDIT")],
    );
  const by = byCaller(callerOf(analyst, { ip: "192.0.2.44", userAgent: "Firefox" }));
  for (let version = 1; version <= 60; version++)
    edits.push(
      await ledger.record({
        action: "document.edited",
        by,
        object: { kind: "DOCUMENT", id: document },
        detail: { version, bytes: 10 },
      }),
    );
});
afterAll(() => resources.disposeAsync());

const ENTRIES = /* GraphQL */ `
  query ($filter: AuditFilter, $first: Int, $after: String) {
    auditEntries(filter: $filter, first: $first, after: $after) {
      edges {
        cursor
        node {
          id at action outcome sessionId requestId detail leafHash cursor ip userAgent
          actor { id } object { kind id document { id } }
        }
      }
      pageInfo { hasNextPage hasPreviousPage endCursor }
      totalCount
    }
  }
`;
interface Page {
  edges: {
    cursor: string;
    node: Record<string, unknown> & { id: string; cursor: string; leafHash: string };
  }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
  totalCount: number;
}
const entries = (who: Principal | null, variables: Record<string, unknown> = {}) =>
  ask<{ auditEntries: Page }>(subgraph, callerOf(who), ENTRIES, variables);
const edited = { objectId: document, actions: ["document.edited"] };
const newestEntry = async () =>
  (
    await context.db.query<{
      action: string;
      detail: Record<string, unknown>;
      object_kind: string;
      actor_id: string;
    }>("select * from audit.entry order by txid desc, id desc limit 1")
  )[0];

describe("the record", () => {
  it("is paged newest first without gap or repetition, and each reading is recorded with what it returned", async () => {
    const ids: string[] = [];
    let after: string | undefined;
    for (let page = 0; page < 3; page++) {
      const { data, codes } = await entries(officer, { filter: edited, first: 25, after });
      expect(codes).toEqual([]);
      expect(data.auditEntries.totalCount).toBe(60);
      expect(data.auditEntries.pageInfo.hasNextPage).toBe(page < 2);
      ids.push(...data.auditEntries.edges.map(({ node }) => node.id));
      after = data.auditEntries.pageInfo.endCursor;
    }
    expect(ids).toEqual([...edits].reverse());
    expect(await newestEntry()).toMatchObject({
      action: "audit.queried",
      actor_id: officer.userId,
      object_kind: "LOG",
      detail: { filter: edited, returned: 10 },
    });
  });

  it("tells all of an entry: who, what, from where, and the hash that proofs speak of", async () => {
    const { data } = await entries(officer, { filter: edited, first: 1 });
    const { node, cursor } = data.auditEntries.edges[0]!;
    expect(node).toMatchObject({
      action: "document.edited",
      outcome: "ALLOWED",
      actor: { id: `user:${analyst.userId}` },
      sessionId: analyst.sessionId,
      detail: { version: 60, bytes: 10 },
      object: { kind: "DOCUMENT", id: document, document: null },
      ip: "192.0.2.44",
      userAgent: "Firefox",
      cursor,
    });
    const [stored] = await context.db.query<Parameters<typeof leafHash>[0]>(
      `select ${entryColumns} from audit.entry e where id = $1`,
      [node.id],
    );
    expect(node.leafHash).toBe(leafHash(stored!));
  });

  it("counts the whole only when asked, and reads fifty entries with everything in a handful of statements", async () => {
    const text = ENTRIES.replace("totalCount", "");
    await ask(subgraph, callerOf(officer), text, { first: 50, filter: edited });
    const before = context.db.statements;
    await ask(subgraph, callerOf(officer), text, { first: 50, filter: edited });
    // The right (twice: to ask, and to see addresses), the page, its record (begin, insert, commit), origins, documents.
    expect(context.db.statements - before).toBe(8);
  });

  it("is for those whose duty it is; a refusal is recorded", async () => {
    for (const who of [analyst, guest]) {
      expect((await entries(who)).codes).toEqual(["FORBIDDEN"]);
      expect(await newestEntry()).toMatchObject({
        action: "access.denied",
        actor_id: who.userId,
        object_kind: "FIRM",
        detail: { permission: "readAudit" },
      });
    }
    expect((await entries(null)).codes).toEqual(["UNAUTHENTICATED"]);
  });

  it("refuses forged cursors and senseless filters without touching the database's nerves", async () => {
    const forge = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString("base64url");
    const forged = [
      "",
      "nonsense",
      forge("entry", "1", "not an id"),
      forge("entry", "99999999999999999999", newId()),
      forge("entry", "-1", newId()),
      forge("entry", "1"),
      forge("alert", 1, newId()),
      forge("entry", "1); drop table audit.entry; --", newId()),
    ];
    for (const after of forged)
      expect((await entries(officer, { after })).codes, after).toEqual(["BAD_USER_INPUT"]);
    expect((await entries(officer, { first: -1 })).codes).toEqual(["BAD_USER_INPUT"]);
    expect((await entries(officer, { filter: { objectId: "x" } })).codes).toEqual(["BAD_USER_INPUT"]);
  });
});

const ENTITIES = /* GraphQL */ `
  query ($refs: [_Any!]!) {
    _entities(representations: $refs) {
      ... on Document { auditTrail(filter: { actions: ["document.edited"] }, first: 2) { edges { node { id ip } } totalCount } }
      ... on AuditEntry { id action ip object { document { id } } }
      ... on Alert { id }
    }
  }
`;
const entities = (who: Principal | null, refs: { __typename: string; id: string }[]) =>
  ask<{ _entities: unknown[] }>(subgraph, callerOf(who), ENTITIES, { refs });

describe("a document's trail", () => {
  const trail = (who: Principal | null) => entities(who, [{ __typename: "Document", id: document }]);

  it("is for colleagues who may see the document; where they work from stays with the officers", async () => {
    const seen = await trail(analyst);
    expect(seen.codes).toEqual([]);
    expect(seen.data._entities).toEqual([
      {
        auditTrail: {
          edges: edits
            .slice(-2)
            .reverse()
            .map((id) => ({ node: { id, ip: null } })),
          totalCount: 60,
        },
      },
    ]);
    expect(await newestEntry()).toMatchObject({
      action: "audit.queried",
      object_kind: "LOG",
      detail: { filter: { objectId: document, actions: ["document.edited"] }, returned: 2 },
    });
  });

  it("is refused to a guest who may see the document, and unknown to who may not", async () => {
    expect((await trail(guest)).codes).toEqual(["FORBIDDEN"]);
    expect(await newestEntry()).toMatchObject({
      action: "access.denied",
      detail: { permission: "readTrail", reasons: ["guest-sees-no-record"] },
    });
    expect((await trail(stranger)).codes).toEqual(["NOT_FOUND"]);
    expect((await trail(null)).codes).toEqual(["UNAUTHENTICATED"]);
  });
});

describe("an entry that a version refers to", () => {
  const refs = () => edits.slice(0, 50).map((id) => ({ __typename: "AuditEntry", id }));

  it("comes with forty-nine others in one batch, to who may read the trail", async () => {
    await entities(analyst, refs());
    const before = context.db.statements;
    const { data, codes } = await entities(analyst, refs());
    expect(codes).toEqual([]);
    expect(data._entities[49]).toMatchObject({
      id: edits[49],
      ip: null,
      object: { document: { id: document } },
    });
    // The right to the whole record, the entries, the right to the document.
    expect(context.db.statements - before).toBe(3);
  });

  it("is refused to a guest with one line on the record, and unknown to who may not see the document", async () => {
    const denials = async () =>
      (
        await context.db.query<{ n: number }>(
          "select count(*) as n from audit.entry where action = 'access.denied'",
        )
      )[0]!.n;
    const before = await denials();
    const refused = await entities(guest, refs());
    expect(refused.codes).toEqual(Array(50).fill("FORBIDDEN"));
    expect(await denials()).toBe(before + 1);
    const unknown = await entities(stranger, refs());
    expect(unknown).toMatchObject({ codes: [], data: { _entities: Array(50).fill(null) } });
    const forged = [newId(), "x"].map((id) => ({ __typename: "AuditEntry", id }));
    expect(await entities(officer, forged)).toMatchObject({ codes: [], data: { _entities: [null, null] } });
    expect((await entities(analyst, [{ __typename: "Alert", id: newId() }])).codes).toEqual(["FORBIDDEN"]);
  });
});
