import { randomBytes, randomUUID } from "node:crypto";
import { type LoginName, loginNames } from "@onrecord/core/config";
import { createLogger } from "@onrecord/core/log";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Database, type Tx } from "./database.js";
import { roleOf } from "./roles.js";
import { freshDatabase } from "./testing/fresh-database.js";

/** What a thief of a service's connection string tries. What each may do all the same is in SECURITY.md. */
const resources = new AsyncDisposableStack();
const log = createLogger("silent");
const as = {} as Record<LoginName, Database>;
let owner: Database;
const firm = "00000000-0000-7000-8000-000000000001";
const ids = {
  user: randomUUID(),
  role: randomUUID(),
  folder: randomUUID(),
  document: randomUUID(),
  destroyed: randomUUID(),
  session: randomUUID(),
  unused: randomUUID(),
  grant: randomUUID(),
  entry: randomUUID(),
};

beforeAll(async () => {
  const { adminUrl } = resources.use(await freshDatabase());
  owner = resources.use(new Database(adminUrl, { log, max: 2 }));
  for (const login of loginNames)
    as[login] = resources.use(new Database(adminUrl, { log, max: 2, role: roleOf(login) }));
  await owner.transaction(async (tx) => {
    await tx.query(
      "insert into identity.user (id, email, name, kind, created_at) values ($1, 'ann@example.test', 'Ann', 'EMPLOYEE', now())",
      [ids.user],
    );
    await tx.query("insert into identity.role (id, name) values ($1, 'admin')", [ids.role]);
    await tx.query(
      "insert into identity.session (id, token_hash, user_id, kind, created_at, expires_at) values ($1, $2, $3, 'TOKEN', now(), now() + interval '1 day')",
      [ids.session, randomBytes(32), ids.user],
    );
    // Nobody has used it for a day.
    await tx.query(
      `insert into identity.session (id, token_hash, user_id, kind, created_at, expires_at, idle_for, idle_at)
       values ($1, $2, $3, 'BROWSER', now() - interval '1 day', now() + interval '1 day', '1 hour', now() - interval '23 hours')`,
      [ids.unused, randomBytes(32), ids.user],
    );
    await tx.query("insert into documents.folder (id, name) values ($1, 'F')", [ids.folder]);
    await tx.query("select permissions.place($1, $2, 'FOLDER', '{}')", [ids.folder, firm]);
    for (const document of [ids.document, ids.destroyed]) {
      await tx.query(
        "insert into documents.document (id, folder_id, title, kind) values ($1, $2, 'D', 'TEXT')",
        [document, ids.folder],
      );
      await tx.query("select permissions.place($1, $2, 'DOCUMENT', '{}')", [document, ids.folder]);
      await tx.query("insert into documents.head (document_id, wrapped_key) values ($1, 'key')", [document]);
    }
    await tx.query("select documents.shred($1, null)", [ids.destroyed]);
    await tx.query(
      "insert into permissions.grant (id, resource_id, principal_id, level, granted_at) values ($1, $2, $3, 1, now())",
      [ids.grant, ids.folder, ids.user],
    );
    await append(tx, { id: ids.entry, action: "document.opened", object: ids.document });
    await tx.query("insert into audit.alert (id, rule, severity, entry_id) values ($1, 'rule', 'HIGH', $2)", [
      randomUUID(),
      ids.entry,
    ]);
    await tx.query("insert into audit.reader (name, txid, entry_id) values ('alerts', '0', $1)", [ids.entry]);
  });
});
afterAll(() => resources.disposeAsync());

async function append(
  sql: Pick<Tx, "query">,
  facts: { id?: string; action: string; object: string; session?: string; actor?: string; detail?: object },
): Promise<void> {
  const { id = randomUUID(), action, object, session = null, actor = null, detail = {} } = facts;
  await sql.query(
    `insert into audit.entry (id, action, actor_kind, actor_id, session_id, request_id, object_kind, object_id, outcome, detail)
     values ($1, $2, $3, $4, $5, 'r', 'DOCUMENT', $6, 'ALLOWED', $7)`,
    [id, action, actor === null ? "SYSTEM" : "USER", actor, session, object, detail],
  );
}

/** Refused by Postgres's privileges, or by what a table or a function asks for. */
const refused = { code: "42501" };

describe.each(loginNames)("with the login of %s", (login) => {
  it.each(
    Object.entries({
      "back-dates an entry":
        "insert into audit.entry (id, at, action, actor_kind, request_id, outcome, detail) values (gen_random_uuid(), '2020-01-01', 'x', 'SYSTEM', 'r', 'ALLOWED', '{}')",
      "writes an entry of a transaction to come":
        "insert into audit.entry (id, txid, action, actor_kind, request_id, outcome, detail) values (gen_random_uuid(), '9223372036854775807', 'x', 'SYSTEM', 'r', 'ALLOWED', '{}')",
      "changes an entry": "update audit.entry set action = 'y'",
      "takes the mark off what must not be told": "update audit.entry set discreet = false",
      "writes an entry with a mark of its own":
        "insert into audit.entry (id, action, actor_kind, request_id, outcome, detail, discreet) values (gen_random_uuid(), 'x', 'SYSTEM', 'r', 'ALLOWED', '{}', false)",
      "raises an alert with a mark of its own": `insert into audit.alert (id, rule, severity, entry_id, discreet) values (gen_random_uuid(), 'rule', 'HIGH', '${ids.entry}', false)`,
      "counts a sitting by hand": "update audit.sitting set times = 1",
      "ends a sitting without its entry": "delete from audit.sitting",
      "deletes an entry": "delete from audit.entry",
      "forgets where somebody came from": "delete from audit.origin",
      "moves a head back": `update documents.head set version = 0 where document_id = '${ids.document}'`,
      "overwrites a data key": `update documents.head set wrapped_key = 'nothing' where document_id = '${ids.document}'`,
      "deletes a head": "delete from documents.head",
      "makes a destroyed document seem there": `insert into documents.head (document_id, wrapped_key) values ('${ids.destroyed}', 'key')`,
      "begins a document at a version": `insert into documents.head (document_id, wrapped_key, version) values ('${ids.document}', 'key', 7)`,
      "re-attributes text": `insert into documents.client (document_id, client_id, user_id) values ('${ids.document}', 1, '${ids.user}')`,
      "binds a clientID to somebody else": "update documents.client set user_id = null",
      "writes a change beside the commit": `insert into documents.batch values ('${ids.document}', 1, 1, now(), '{}', '{}', '{}', '{}', '{}', '')`,
      "puts a checkpoint in the place of another":
        "insert into documents.checkpoint (document_id, version, sealed) values (gen_random_uuid(), 1, '')",
      "deletes checkpoints": "delete from documents.checkpoint",
      "sets a stored state aside off the record": `select documents.set_checkpoint_aside('${ids.document}', 1)`,
      "destroys a document as Onrecord itself": `select documents.shred('${ids.document}', null)`,
      "destroys a document in a session that may not": `select documents.destroy('${ids.document}', '${ids.session}')`,
      "sets a password": "update identity.user set password_hash = 'mine'",
      "wakes an account": "update identity.user set active = true",
      "makes itself a user":
        "insert into identity.user (id, email, name, kind, created_at) values (gen_random_uuid(), 'x', 'x', 'EMPLOYEE', now())",
      "gives a role": `insert into identity.user_role (user_id, role_id) values ('${ids.user}', '${ids.role}')`,
      "names a role": "insert into identity.role (id, name) values (gen_random_uuid(), 'compliance')",
      "makes an administrator": "select identity.add_administrator(gen_random_uuid(), 'x@x', 'x', 'mine')",
      "makes a person for somebody who may not": `select identity.create_person('${ids.session}', gen_random_uuid(), 'x@x', 'x', null, null, '{}', null)`,
      "gives a role for somebody who may not": `select identity.change_person('${ids.session}', '${ids.user}', 'ann@example.test', 'Ann', null, null, null, array['${ids.role}'::uuid], '{}')`,
      "suspends somebody for somebody who may not": `select identity.set_active('${ids.session}', '${ids.user}', false)`,
      "makes a link for a password for somebody who may not": `select identity.make_password_link('${ids.session}', gen_random_uuid(), '${ids.user}', sha256('x'), 1)`,
      "makes a department for somebody who may not": `select identity.write_department('${ids.session}', 'department.created', gen_random_uuid(), 'x', null)`,
      "makes a role for somebody who may not": `select identity.write_role('${ids.session}', 'role.created', gen_random_uuid(), 'x')`,
      "begins the setup off the record": "select identity.open_setup(sha256('x'), 1)",
      "reads links for passwords": "select token_hash from identity.password_link",
      "reads what makes the first administrator": "select token_hash from identity.setup_token",
      "changes who was what": "update identity.user_role_period set until = now()",
      "forgets where a folder stood": "delete from permissions.place_period",
      "moves a department": "update identity.department set parent_id = null",
      "starts a session off the record": `insert into identity.session (id, token_hash, user_id, kind, created_at, expires_at) values (gen_random_uuid(), '\\x01', '${ids.user}', 'TOKEN', now(), now() + interval '1 day')`,
      "ends a session off the record": `update identity.session set ended_at = now() where id = '${ids.session}'`,
      "prolongs a session": `update identity.session set expires_at = now() + interval '1 year'`,
      "keeps a session from ending unused": "update identity.session set idle_at = null, idle_for = null",
      "ends unused sessions off the record": "select identity.end_unused_sessions(10)",
      "says where a session came from": "update identity.session set origin_id = null",
      "gives access off the record": `insert into permissions.grant (id, resource_id, principal_id, level, granted_at) values (gen_random_uuid(), '${firm}', '${ids.user}', 5, now())`,
      "takes access off the record": `update permissions.grant set revoked_at = now() where id = '${ids.grant}'`,
      "raises a grant": "update permissions.grant set level = 5",
      "deletes a grant": "delete from permissions.grant",
      "hangs a document below a folder of its own": `insert into permissions.resource_path values ('${ids.document}', '${ids.document}', 3)`,
      "takes a label away": "update permissions.resource set labels = '{}'",
      "makes a second firm": "select permissions.place(gen_random_uuid(), null, 'FIRM', '{}')",
      "makes itself the creator of what was there": `select permissions.grant_creator(gen_random_uuid(), '${ids.folder}', '${ids.user}')`,
      "gives itself a right that is open": `insert into permissions.live_right values (gen_random_uuid(), gen_random_uuid(), '${ids.session}', '${ids.user}', null, 'infinity')`,
      "mends a right that is void": "update permissions.live_right set void = null",
      "makes rights void beside a change of them": `select permissions.make_void(null, array['${ids.user}'::uuid], null, null, true, 1)`,
      "sets the revision": "update permissions.revision set revision = 0",
      "silences an alert": "update audit.alert set status = 'RESOLVED'",
      "deletes an alert": "delete from audit.alert",
      "sends the reader of the record ahead of it": "update audit.reader set txid = '9223372036854775807'",
      "forgets how far the record was read": "delete from audit.reader",
      "says that a migration was made": "insert into onrecord.migration (name) values ('999')",
      "turns the triggers off": "set session_replication_role = replica",
      "makes a table": "create table documents.own (n int)",
      "takes the record's place":
        "create function pg_temp.f() returns void language sql as 'select 1'; alter table audit.entry rename to old",
    }),
  )("nobody %s", async (_, text) => {
    await expect(as[login].transaction((tx) => tx.query(text))).rejects.toMatchObject(refused);
  });

  it("nobody reads a password's hash, but who proves passwords", async () => {
    const read = as[login].query("select password_hash from identity.user");
    if (login === "identity") expect(await read).toHaveLength(1);
    else await expect(read).rejects.toMatchObject(refused);
  });

  it("nobody reads where others came from, but who shows the record", async () => {
    const read = as[login].query("select ip from audit.origin");
    if (login === "audit") expect(await read).toEqual([]);
    else await expect(read).rejects.toMatchObject(refused);
  });

  it.each(
    Object.entries({
      "says that sessions are being used": ["gateway", "collab", "select identity.use_sessions('{}')"],
      "stops edits": ["identity", "permissions", "select permissions.stop('{}', '{}', '{}', '{}')"],
      "ends sittings": ["audit", "audit", "select audit.end_sittings()"],
      "knows from where people sign in": ["identity", "identity", "select from identity.familiar_place"],
    }),
  )("nobody %s, but whose work that is", async (_, [one, other, text]) => {
    const done = as[login].query(text!);
    if (login === one || login === other) await done;
    else await expect(done).rejects.toMatchObject(refused);
  });

  it("nobody says that somebody has read in another time than about now, or more often than can be counted", async () => {
    const sit = (ago: number, times: string) =>
      as[login].query("select audit.sit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", [
        ...[[randomUUID()], ["version.listed"], [ids.user], [ids.session], ["x"], ["DOCUMENT"]],
        ...[[ids.document], [null], [null], [times], [ago]],
      ]);
    const tries = [sit(-1e13, "9223372036854775807"), sit(2e11, "-5"), sit(Number.NaN, "1")];
    for (const outcome of await Promise.allSettled(tries))
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(refused);
    const [bad] = await owner.query<{ n: number }>(
      `select count(*)::int as n from audit.sitting where last_at > clock_timestamp() or times not between 0 and 1e12
       or first_at < clock_timestamp() - interval '6 minutes'`,
    );
    expect(bad).toEqual({ n: 0 });
    await owner.query("delete from audit.sitting");
  });

  it("nobody commits a live edit in a name that no right of theirs proves", async () => {
    const { query } = commit({
      document: ids.document,
      user: ids.user,
      session: ids.session,
      right: randomUUID(),
    });
    if (login !== "collab") return expect(query(as[login])).rejects.toMatchObject(refused);
    // A right that is not there is void, and nothing is kept.
    expect(await query(as.collab)).toEqual([{ outcome: "VOID" }]);
    const right = await open(ids.document);
    const taken = { document: ids.document, user: ids.user, session: ids.session, right };
    for (const lie of [
      { right: null },
      { user: randomUUID() },
      { session: randomUUID() },
      { document: ids.destroyed },
      { rights: 0 },
      { bound: randomUUID() },
      { action: "version.restored" },
    ])
      await expect(commit({ ...taken, ...lie }).query(as.collab)).rejects.toMatchObject(refused);
    expect(await commit(taken).query(as.collab)).toEqual([{ outcome: "COMMITTED" }]);
  });
});

/** Where the parameters of the group commit stand. */
const at = {
  from: 4,
  tip: 5,
  count: 6,
  bytes: 7,
  last: 8,
  start: 9,
  offset: 10,
  length: 11,
  sealed: 12,
  who: 17,
  changes: 23,
};
const nothing = (from: number, to: number) =>
  Object.fromEntries(Array.from({ length: to - from }, (_, i) => [from + i, []]));

it.each(["collab", "documents"] as const)(
  "with the login of %s, a commit is what it says, or nothing of it is kept",
  async (login) => {
    const document = randomUUID();
    await owner.transaction(async (tx) => {
      await tx.query(
        "insert into documents.document (id, folder_id, title, kind) values ($1, $2, 'D', 'TEXT')",
        [document, ids.folder],
      );
      await tx.query("select permissions.place($1, $2, 'DOCUMENT', '{}')", [document, ids.folder]);
      await tx.query("insert into documents.head (document_id, wrapped_key) values ($1, 'key')", [document]);
      await tx.query(
        "insert into permissions.grant (id, resource_id, principal_id, level, granted_at) values ($1, $2, $3, 4, now())",
        [randomUUID(), document, ids.user],
      );
    });
    const live = login === "collab";
    const right = live ? await open(document) : null;
    const attempt = (instead: Readonly<Record<number, unknown>>, what: object = {}) => {
      const made = commit({ document, user: ids.user, session: ids.session, right, instead, ...what });
      return (live ? made.query : made.decided)(as[login]);
    };
    const head = () =>
      owner.query("select version::int, bytes::int from documents.head where document_id = $1", [document]);
    const empty = { 0: 0, ...nothing(13, 31) };
    const entry = randomUUID();
    const lies: Record<string, Readonly<Record<number, unknown>>> = {
      "goes back": { ...empty, [at.count]: [-9], [at.last]: [null] },
      "makes a version of nothing": { ...empty, [at.bytes]: [1e12] },
      "makes none": { ...empty, [at.count]: [0], [at.length]: [0], [at.sealed]: Buffer.alloc(0) },
      "counts two for one change": { [at.count]: [2] },
      "counts none for a change": { [at.count]: [0] },
      "says that there are more bytes": { [at.bytes]: [1e12] },
      "says so of the change, too": { [at.bytes]: [5000], 30: [5000] },
      "says that there are fewer than none": { [at.bytes]: [-1], 30: [-1] },
      "stores more than it tells": { [at.length]: [29], [at.sealed]: Buffer.alloc(99) },
      "stores what is longer": { [at.length]: [99], [at.sealed]: Buffer.alloc(99) },
      "names another entry as its newest": { [at.last]: [entry] },
      "has no entry": { 29: [null], [at.last]: [null] },
      "has two entries": { 29: [entry, randomUUID()] },
      "begins elsewhere": { [at.start]: [2] },
      "lies elsewhere": { [at.offset]: [2] },
      "says another version": { 24: [7] },
      "is of nobody who is named": { 25: [2] },
      "is carried by somebody else": { 26: [randomUUID()] },
      "is of nobody": { 18: [null], 19: [null], 26: [null], 16: [null] },
      "counts its arrays from elsewhere": { 29: `[0:0]={${entry}}`, [at.last]: [entry] },
      "has arrays of two dimensions": { 30: "{{1}}" },
      "has an array more than it says": { [at.from]: [0, 0] },
      "says that it is something else": { 1: "session.refused" },
    };
    for (const [name, lie] of Object.entries(lies))
      await expect(attempt(lie), name).rejects.toMatchObject(refused);
    await expect(attempt({}, { user: randomUUID() })).rejects.toMatchObject(refused);
    await expect(attempt({}, { session: ids.unused })).rejects.toMatchObject(refused);
    expect(await head()).toEqual([{ version: 0, bytes: 0 }]);
    if (!live) {
      await expect(attempt({}, { document: ids.destroyed })).rejects.toMatchObject(refused);
      // What the entries tell of a version is what is stored.
      expect(await attempt({ 1: "version.restored", 2: '{"version":99,"from":1}' })).toEqual([
        { outcome: "COMMITTED" },
      ]);
      const told = await owner.query("select detail from audit.entry where object_id = $1", [document]);
      expect(told).toEqual([{ detail: { version: 1, bytes: 1, from: 1 } }]);
    } else expect(await attempt({})).toEqual([{ outcome: "COMMITTED" }]);
    expect(await head()).toEqual([{ version: 1, bytes: 1 }]);
    for (const back of ["version = 0", "bytes = 0", "bytes = 2", "tip = null"])
      await expect(
        owner.query(`update documents.head set ${back} where document_id = $1`, [document]),
      ).rejects.toMatchObject(refused);
  },
);

/** A right that is open, as a process gets it for a session. */
async function open(document: string): Promise<string> {
  const id = randomUUID();
  const rows = await as.collab.query("select id from permissions.stand($1, $2, $3, $4)", [
    randomUUID(),
    [id],
    [ids.session],
    [document],
  ]);
  expect(rows).toHaveLength(1);
  return id;
}

/** A group commit of one change, with what of it may be a lie. */
function commit(what: {
  document: string;
  user: string;
  session: string;
  right: string | null;
  rights?: number;
  bound?: string;
  action?: string;
  /** Parameters that are something else, by their place. */
  instead?: Readonly<Record<number, unknown>>;
}) {
  const {
    document,
    user,
    session,
    right,
    rights = right ? 1 : 0,
    bound = user,
    action = "document.edited",
    instead = {},
  } = what;
  const entry = randomUUID();
  const values = [
    ...[rights, action, null, [document], [0], [null], [1], [1], [entry], [1], [1], [29], Buffer.alloc(29)],
    ...[[1], [9], [0], [bound], [right], [user], [session], ["r"], [null], [null]],
    ...[[1], [1], [1], [user], [true], [false], [entry], [1]],
  ].map((value, i) => (i in instead ? instead[i] : value));
  const parameters = values.map((_, i) => `$${i + 1}`).join(", ");
  const by = (name: string) => (sql: Database) =>
    sql.query(`select outcome from documents.${name}(${parameters})`, values);
  return { query: by("commit_live"), decided: by("commit_changes") };
}

describe("what a service may do", () => {
  it("begins and ends sessions by the database's clock, on the record, each once", async () => {
    const id = randomUUID();
    await as.identity.transaction(async (tx) => {
      await append(tx, { action: "session.started", object: id, session: id, actor: ids.user });
      await tx.query(
        `insert into identity.session (id, token_hash, user_id, kind, created_at, expires_at)
         values ($1, $2, $3, 'TOKEN', '2020-01-01', '2020-01-02')`,
        [id, randomBytes(32), ids.user],
      );
    });
    const end = () =>
      as.identity.transaction(async (tx) => {
        await append(tx, { action: "session.ended", object: id });
        await tx.query("update identity.session set ended_at = '2020-01-01' where id = $1", [id]);
      });
    await end();
    const [session] = await owner.query(
      `select abs(extract(epoch from created_at - now())) < 60 as made, expires_at - created_at > interval '23 hours' as lasts,
         abs(extract(epoch from ended_at - now())) < 60 as ended from identity.session where id = $1`,
      [id],
    );
    expect(session).toEqual({ made: true, lasts: true, ended: true });
    await expect(end()).rejects.toMatchObject(refused);
  });

  it("lets no session last longer than the settings can say, or for ever", async () => {
    const start = async (expires: string, idle: string, created = "now()") => {
      const id = randomUUID();
      await as.identity.transaction(async (tx) => {
        await append(tx, { action: "session.started", object: id, session: id, actor: ids.user });
        await tx.query(
          `insert into identity.session (id, token_hash, user_id, kind, created_at, expires_at, idle_for, idle_at)
           values ($1, $2, $3, 'TOKEN', ${created}, ${expires}, ${idle}, 'infinity')`,
          [id, randomBytes(32), ids.user],
        );
      });
      return id;
    };
    for (const [expires, idle, created] of [
      ["'3000-01-01'", "'900 years'"],
      ["'3000-01-01'", "'900 years'", "'4000-01-01 BC'"],
    ] as const) {
      const id = await start(expires, idle, created);
      const [session] = await owner.query(
        `select expires_at <= created_at + interval '367 days' as ends, idle_at <= created_at + interval '367 days' as unused
         from identity.session where id = $1`,
        [id],
      );
      expect(session).toEqual({ ends: true, unused: true });
      await owner.query("delete from identity.session where id = $1", [id]);
    }
    for (const [expires, created] of [
      ["'infinity'", "now()"],
      ["now()", "'-infinity'"],
      ["'infinity'", "'infinity'"],
    ] as const)
      await expect(start(expires, "'1 hour'", created)).rejects.toMatchObject(refused);
  });

  it("changes a password for its owner, on the record, and only together with the end of their other sessions", async () => {
    const change = (what: { actor?: string; session?: string; recorded?: boolean; ends?: boolean }) =>
      as.identity.transaction(async (tx) => {
        const { actor = ids.user, session = ids.session, recorded = true, ends = true } = what;
        await tx.query("select from identity.user where id = $1 for no key update", [ids.user]);
        await tx.query("update identity.user set password_hash = 'new' where id = $1", [ids.user]);
        if (recorded) await append(tx, { action: "password.changed", object: ids.user, actor, session });
        if (!ends) return;
        const others = await tx.query<{ id: string }>(
          "update identity.session set ended_at = now() where user_id = $1 and id <> $2 and ended_at is null returning id",
          [ids.user, ids.session],
        );
        for (const { id } of others) await append(tx, { action: "session.ended", object: id });
      });
    for (const lie of [
      { recorded: false },
      { actor: randomUUID() },
      { session: randomUUID() },
      { session: ids.unused },
      { ends: false },
    ])
      await expect(change(lie)).rejects.toMatchObject(refused);
    await change({});
    const open = await owner.query(
      "select id from identity.session where user_id = $1 and ended_at is null",
      [ids.user],
    );
    expect(open).toEqual([{ id: ids.session }]);
  });

  it("changes people in the session of an administrator that lives, and each thing on the record", async () => {
    const [admin, session, role, other] = Array.from({ length: 4 }, () => randomUUID());
    await owner.transaction(async (tx) => {
      await tx.query(
        "insert into identity.user (id, email, name, kind, created_at) values ($1, 'root@example.test', 'Root', 'EMPLOYEE', now()), ($2, 'other@example.test', 'Other', 'EMPLOYEE', now())",
        [admin, other],
      );
      await tx.query("insert into identity.role (id, name) values ($1, 'clerk')", [role]);
      await tx.query("insert into identity.user_role values ($1, $2)", [admin, ids.role]);
      await tx.query(
        "insert into identity.session (id, token_hash, user_id, kind, created_at, expires_at) values ($1, $2, $3, 'TOKEN', now(), now() + interval '1 day')",
        [session, randomBytes(32), admin],
      );
    });
    const give = (what: { by?: string; session?: string; detail?: string; name?: string }) =>
      as.identity.transaction(async (tx) => {
        await append(tx, {
          action: "role.given",
          object: other!,
          actor: what.by ?? admin!,
          session: session!,
          detail: { roleId: what.detail ?? role },
        });
        await tx.query(
          "select identity.change_person($1, $2, 'other@example.test', $3, null, null, null, $4, '{}')",
          [what.session ?? session, other, what.name ?? "Other", [role]],
        );
      });
    for (const lie of [
      { by: ids.user },
      { session: ids.session },
      { session: randomUUID() },
      { detail: randomUUID() },
      { name: "Changed off the record" },
    ])
      await expect(give(lie)).rejects.toMatchObject(refused);
    await give({});
    expect(await owner.query("select from identity.user_role where user_id = $1", [other])).toHaveLength(1);

    // Whoever is suspended keeps no session, and each ends on the record.
    const open = randomUUID();
    await owner.query(
      "insert into identity.session (id, token_hash, user_id, kind, created_at, expires_at) values ($1, $2, $3, 'TOKEN', now(), now() + interval '1 day')",
      [open, randomBytes(32), other],
    );
    const suspend = (recorded: boolean) =>
      as.identity.transaction(async (tx) => {
        await append(tx, { action: "user.suspended", object: other!, actor: admin!, session: session! });
        if (recorded)
          await append(tx, { action: "session.ended", object: open, actor: admin!, session: session! });
        await tx.query("select identity.set_active($1, $2, false)", [session, other]);
      });
    await expect(suspend(false)).rejects.toMatchObject(refused);
    await suspend(true);
    await owner.query("update identity.session set ended_at = now() where id = $1", [session]);
    await owner.query("delete from identity.user_role where user_id = $1", [admin]);
  });

  it("gives and takes access on the record, under the very grant's id", async () => {
    const give = (id: string, recorded: string) =>
      as.permissions.transaction(async (tx) => {
        const detail = { grantId: recorded, principalId: ids.user };
        await append(tx, { action: "access.granted", object: ids.folder, detail });
        await tx.query(
          "insert into permissions.grant (id, resource_id, principal_id, level, granted_at) values ($1, $2, $3, 2, '2020-01-01')",
          [id, ids.folder, ids.user],
        );
      });
    const id = randomUUID();
    await expect(give(id, randomUUID())).rejects.toMatchObject(refused);
    await give(id, id);
    const [grant] = await owner.query(
      "select granted_at > now() - interval '1 minute' as now from permissions.grant where id = $1",
      [id],
    );
    expect(grant).toEqual({ now: true });
  });

  it("destroys in the session of somebody who may, and only on the record", async () => {
    await owner.transaction(async (tx) => {
      await tx.query("insert into identity.user_role values ($1, $2)", [ids.user, ids.role]);
      await tx.query(
        "insert into permissions.grant (id, resource_id, principal_id, level, granted_at) values ($1, $2, $3, 5, now())",
        [randomUUID(), firm, ids.user],
      );
    });
    const destroy = (recorded: boolean) =>
      as.documents.transaction(async (tx) => {
        await tx.query("select documents.destroy($1, $2)", [ids.document, ids.session]);
        if (recorded)
          await append(tx, { action: "document.shredded", object: ids.document, actor: ids.user });
      });
    await expect(destroy(false)).rejects.toMatchObject(refused);
    expect(
      await owner.query("select from documents.head where document_id = $1", [ids.document]),
    ).toHaveLength(1);
    await destroy(true);
    expect(await owner.query("select from documents.head where document_id = $1", [ids.document])).toEqual(
      [],
    );
  });
});
