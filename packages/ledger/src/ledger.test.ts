import { randomUUID } from "node:crypto";
import { type FirstNode, testNode } from "@onrecord/bus/testing/test-node";
import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import { until } from "@onrecord/core/testing/until";
import { Database } from "@onrecord/postgres/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalEntry } from "./entry.js";
import { type By, bySystem, Ledger } from "./ledger.js";
import { commitProvenance } from "./provenance.js";
import { type Position, start } from "./read.js";
import { newest, readAfter } from "./tail.js";

let context: FirstNode;
let ledger: Ledger;
let owner: Database;

beforeAll(async () => {
  context = await testNode();
  ledger = new Ledger(context.db, context.bus);
  owner = new Database(context.adminUrl, { log: createLogger("silent"), max: 2 });
});
afterAll(async () => {
  await owner?.[Symbol.asyncDispose]();
  await context?.[Symbol.asyncDispose]();
});

const opened = (by: By = bySystem("a request")) => ({
  action: "document.opened" as const,
  by,
  object: { kind: "DOCUMENT" as const, id: newId() },
  detail: { via: "api" as const, version: 3, access: "view" as const },
});
const from = (ip: string, userAgent: string | null, claimed?: string): By => ({
  actorKind: "ANONYMOUS",
  actorId: null,
  sessionId: null,
  requestId: "a request",
  from: { ip, userAgent, ...(claimed === undefined ? {} : { claimed }) },
});

/** Any transaction still open in the server, a vacuum's too, holds readers back for a moment. */
async function settled(): Promise<void> {
  await until(async () => {
    const ahead = await owner.query(
      "select from audit.entry where txid >= pg_snapshot_xmin(pg_current_snapshot()) limit 1",
    );
    return ahead.length === 0;
  }, "everything written to be behind the horizon");
}

describe("what is on the record", () => {
  const refused = [
    "update audit.entry set action = 'x'",
    "delete from audit.entry",
    "truncate audit.entry cascade",
    "update documents.batch set last_version = 9",
    "delete from documents.batch",
    "truncate documents.batch",
  ];
  beforeAll(async () => {
    await ledger.record(opened());
  });

  it.each([
    ...refused,
    "alter table audit.entry disable trigger entry_append_only",
    "alter table documents.batch disable trigger all",
    "drop trigger entry_append_only on audit.entry",
    "drop table audit.entry",
    "alter table audit.entry owner to onrecord_app",
    "create or replace function onrecord.refuse_change() returns trigger language plpgsql as $$ begin return null; end $$",
    "create trigger another before insert on audit.entry for each row execute function onrecord.refuse_change()",
    "create rule quiet as on insert to audit.entry do instead nothing",
    "set session_replication_role = replica",
    "create table audit.other (n int)",
    "create table public.other (n int)",
    "alter role onrecord_app superuser",
    "delete from audit.origin",
    "update audit.origin set ip = null",
    "update permissions.grant set level = 5",
    "delete from permissions.grant",
    "delete from onrecord.migration",
  ])("stays, whatever the services' login tries: %s", async (text) => {
    await expect(context.db.query(text)).rejects.toMatchObject({ code: "42501" });
  });

  it("stays, for the services' login can give itself nothing", async () => {
    await context.db
      .query("grant update, delete, truncate, trigger on audit.entry, documents.batch to onrecord_app")
      .catch(() => undefined);
    const [rights] = await context.db.query(
      `select has_table_privilege('audit.entry', 'update') or has_table_privilege('audit.entry', 'delete')
           or has_table_privilege('audit.entry', 'truncate') or has_table_privilege('documents.batch', 'update')
           or has_table_privilege('documents.batch', 'delete') or has_table_privilege('audit.entry', 'trigger') as any,
         (select rolsuper or rolcreaterole or rolbypassrls from pg_roles where rolname = current_user) as power,
         (select count(*) from pg_auth_members m join pg_roles r on r.oid = m.roleid
          where m.member = current_user::regrole and r.rolname !~ '^onrecord_(identity|permissions|documents|audit|collab|gateway)$') as member`,
    );
    expect(rights).toEqual({ any: false, power: false, member: 0 });
  });

  it.each(refused)("stays, for a trigger refuses its owner too: %s", async (text) => {
    await expect(owner.query(text)).rejects.toThrow(/append-only/);
  });
});

describe("appending", () => {
  it("happens with what it records or not at all", async () => {
    const hints: string[][] = [];
    const end = context.bus.subscribe("entries.appended", ({ actions }) => void hints.push(actions));
    const position = await newest(context.db);
    await expect(
      context.db.transaction(async (tx) => {
        await ledger.append(tx, opened());
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(hints).toEqual([]);
    expect(await readAfter(context.db, position, 10)).toEqual([]);
    const id = await ledger.record(opened());
    expect(hints).toEqual([["document.opened"]]);
    await settled();
    expect((await readAfter(context.db, position, 10)).map((entry) => entry.id)).toEqual([id]);
    end();
  });

  it("does not wait for itself when every connection holds a transaction that names a new origin", async () => {
    const made = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        context.db.transaction((tx) => ledger.append(tx, opened(from(`192.0.2.${n}`, "burst")))),
      ),
    );
    expect(new Set(made).size).toBe(40);
  });

  it("shares one origin between requests from one place, and keeps personal data out of the leaf", async () => {
    const position = await newest(context.db);
    const by = from("198.51.100.9", "Browser of Ms Meier", "meier@example.test");
    await Promise.all(Array.from({ length: 20 }, () => ledger.record(opened(by))));
    await settled();
    const entries = await readAfter(context.db, position, 100);
    expect(entries).toHaveLength(20);
    expect(new Set(entries.map((entry) => entry.originCommitment)).size).toBe(1);
    expect(await context.db.query("select from audit.origin where ip = '198.51.100.9'")).toHaveLength(1);
    for (const entry of entries) {
      const leaf = canonicalEntry(entry);
      expect(leaf).toContain(entry.originCommitment);
      for (const personal of ["198.51.100.9", "Meier", "meier"]) expect(leaf).not.toContain(personal);
    }
  });

  it.each([
    ["plain", "Mozilla/5.0", "someone@example.test"],
    ["a NUL", "agent\0", "\0or\0"],
    ["half a character", "\ud800", "x\udc00"],
    ["a character at the cut", `${"a".repeat(511)}😀`, `${"b".repeat(511)}😀`],
    ["endless", "a".repeat(100_000), "b".repeat(100_000)],
    ["none", null, undefined],
  ])(
    "stores where a request came from so that its commitment can be checked: %s",
    async (_what, agent, claimed) => {
      const ip = randomUUID();
      const id = await ledger.record(opened(from(ip, agent, claimed)));
      const [row] = await context.db.query<{
        salt: Buffer;
        user_agent: string | null;
        claimed: string | null;
        commitment: string;
        same: boolean;
      }>(
        `select o.salt, o.user_agent, o.claimed, encode(o.commitment, 'hex') as commitment, o.commitment = e.origin_commitment as same
       from audit.entry e join audit.origin o on o.id = e.origin_id where e.id = $1`,
        [id],
      );
      expect(row!.same).toBe(true);
      const facts = {
        ip,
        userAgent: row!.user_agent,
        ...(row!.claimed === null ? {} : { claimed: row!.claimed }),
      };
      expect(commitProvenance(row!.salt, facts)).toBe(row!.commitment);
      expect(row!.claimed?.length ?? 0).toBeLessThanOrEqual(512);
    },
  );
});

describe("reading on", () => {
  it("never steps over a transaction that commits late", async () => {
    const client = context.db.dedicated("a slow one");
    await client.connect();
    try {
      let position: Position = await newest(context.db);
      const before = await ledger.record(opened());
      await client.query("begin");
      const late = newId();
      await client.query(
        `insert into audit.entry (id, action, actor_kind, request_id, outcome, detail) values ($1, 'document.opened', 'SYSTEM', 'late', 'ALLOWED', '{}')`,
        [late],
      );
      const after = [await ledger.record(opened()), await ledger.record(opened())];
      const seen: string[] = [];
      const read = async () => {
        for (const entry of await readAfter(context.db, position, 1)) {
          seen.push(entry.id);
          position = { txid: entry.txid, entryId: entry.id };
        }
      };
      for (let n = 0; n < 5; n++) await read();
      expect(seen).toEqual([before]);
      const newcomer = await newest(context.db);
      await client.query("commit");
      await settled();
      for (let n = 0; n < 5; n++) await read();
      expect(seen).toEqual([before, late, ...after]);
      expect((await readAfter(context.db, newcomer, 10)).map(({ id }) => id)).toEqual([late, ...after]);
    } finally {
      await client.end();
    }
  });

  it("misses nothing and repeats nothing while many write at once", async () => {
    let position: Position = await newest(context.db);
    let writing = true;
    const written: string[] = [];
    const seen: string[] = [];
    const writers = Array.from({ length: 6 }, async () => {
      for (let n = 0; n < 30; n++)
        written.push(
          ...(await context.db.transaction(async (tx) => {
            const first = await ledger.append(tx, opened());
            if (n % 3 === 0) await tx.query("select pg_sleep(random() * 0.01)");
            return [first, await ledger.append(tx, opened())];
          })),
        );
    });
    const reader = (async () => {
      for (let idle = 0; writing || idle < 3; ) {
        const entries = await readAfter(context.db, position, 7);
        for (const entry of entries) seen.push(entry.id);
        const last = entries.at(-1);
        if (last) position = { txid: last.txid, entryId: last.id };
        idle = last ? 0 : idle + 1;
      }
    })();
    await Promise.all(writers);
    await settled();
    writing = false;
    await reader;
    expect(seen).toHaveLength(360);
    expect(new Set(seen)).toEqual(new Set(written));
    expect(await readAfter(context.db, start, 1, ["session.started"])).toEqual([]);
  });

  it("gives entries that hash as they were written, down to the millisecond", async () => {
    const position = await newest(context.db);
    const id = await ledger.record({
      action: "audit.queried",
      by: {
        actorKind: "USER",
        actorId: newId(),
        sessionId: newId(),
        requestId: "r-1",
        from: null,
      },
      object: { kind: "LOG", id: null },
      detail: { filter: { text: 'ü😀"', actions: ["b", "a"] }, returned: 12 },
    });
    await settled();
    const [entry] = await readAfter(context.db, position, 1);
    expect(entry).toMatchObject({
      id,
      objectKind: "LOG",
      objectId: null,
      originCommitment: null,
      outcome: "ALLOWED",
    });
    expect(entry!.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(canonicalEntry(entry!)).toContain(
      `"detail":{"filter":{"actions":["b","a"],"text":"ü😀\\""},"returned":12}`,
    );
    const again = await readAfter(owner, position, 1);
    expect(canonicalEntry(again[0]!)).toBe(canonicalEntry(entry!));
  });
});
