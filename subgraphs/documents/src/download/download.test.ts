import { createLogger } from "@onrecord/core/log";
import { HttpServer } from "@onrecord/http/http-server";
import { hashToken, type Principal } from "@onrecord/policy/principal";
import type { Orm } from "@onrecord/postgres/orm";
import { signedIn } from "@onrecord/testing/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDocumentsOrm } from "../orm.js";
import { World } from "../testing/world.js";
import { LapsedLinks } from "./lapsed-links.js";

type Person = Principal & { readonly token: string };

let world: World;
let sweepers: LapsedLinks[];
let orm: Orm;
let http: HttpServer;
let base: string;
let manager: Person;
let folderId: string;
let id: string;
beforeAll(async () => {
  world = await World.open();
  http = new HttpServer(createLogger("silent"));
  world.subgraph.mount(http);
  base = await http.listen(0, "127.0.0.1");
  orm = await openDocumentsOrm(world.context);
  sweepers = [1, 2, 3].map(() => new LapsedLinks(world.context, orm));
  ({ manager, folderId } = await world.manager());
  id = await world.document(manager, folderId, "Draft <b> 公告");
  await world.type(id, "<script>alert(1)</script>", manager.userId);
});
afterAll(async () => {
  await http[Symbol.asyncDispose]();
  await orm[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const ticket = async (who: Principal, format = "TEXT") => {
  const { data, codes } = await world.ask<{ download: { url: string; expiresAt: string } }>(
    who,
    `mutation { download(input: { documentId: "${id}", format: ${format} }) { url expiresAt } }`,
  );
  expect(codes).toEqual([]);
  return data.download;
};
/** Follows a link as somebody; null: as nobody. */
const fetchCopy = (url: string, who: Person | null = manager, init: RequestInit = {}) =>
  fetch(base + url, { ...init, headers: who === null ? {} : { authorization: `Bearer ${who.token}` } });
/** What refused links came to; strangers' are folded. */
const refusedLinks = async () => {
  await world.context.under("documents").ledger.settle();
  return world.db.query<{ actor_id: string | null; object_id: string | null; detail: object }>(
    "select actor_id, object_id, detail from audit.entry where action = 'download.refused' order by id",
  );
};
const downloads = async () =>
  (await world.entries(id)).filter(({ action }) => action.startsWith("document.download"));

describe("a ticket", () => {
  it("gives one copy of the version it was made for, recorded before it leaves", async () => {
    const { url, expiresAt } = await ticket(manager);
    expect(new Date(expiresAt).getTime() - Date.now()).toBeLessThanOrEqual(61_000);
    expect(expiresAt).toMatch(/^\d{4}-.*Z$/);
    expect(url).toMatch(/^\/download\/[\w-]{43}$/);
    await world.type(id, " and more");
    const before = (await downloads()).length;
    const response = await fetchCopy(url);
    expect(response.status).toBe(200);
    expect((await response.text()).split("\n").at(-1)).toBe("<script>alert(1)</script>");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": `attachment; filename="Draft b __ v1.txt"; filename*=UTF-8''Draft%20b%20%E5%85%AC%E5%91%8A%20v1.txt`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    });
    const recorded = (await downloads()).slice(before);
    expect(recorded).toMatchObject([
      { action: "document.downloaded", actor_id: manager.userId, detail: { format: "TEXT", version: 1 } },
    ]);

    const again = await fetchCopy(url);
    expect(again.status).toBe(404);
    expect((await downloads()).length).toBe(before + 1);
  });

  it("is not for the page of another session, nor for one whose browser is somebody else's by now", async () => {
    const other = await world.person({ name: "Bob" });
    const { url } = await ticket(manager);
    const before = (await downloads()).length;
    const refused = () =>
      world.db.query(
        "select actor_id, session_id from audit.entry where detail->>'reason' = 'other-session'",
      );
    const cookie = `onrecord_session=${other.token}`;
    const named = `${url}?session=${manager.sessionId}`;
    expect((await fetchCopy(`${url}?session=${other.sessionId}`)).status).toBe(401);
    expect((await fetch(base + named, { headers: { cookie } })).status).toBe(401);
    expect(await refused()).toEqual([
      { actor_id: manager.userId, session_id: manager.sessionId },
      { actor_id: other.userId, session_id: other.sessionId },
    ]);
    expect((await downloads()).length).toBe(before);
    // Neither has used it up.
    expect((await fetchCopy(named)).status).toBe(200);
    expect((await downloads()).length).toBe(before + 1);
  });

  it("is worth nothing outside of the session that asked for it, and each attempt is on the record", async () => {
    const { url } = await ticket(manager);
    const thief = await world.person({ name: "Bob" });
    await world.grant(folderId, thief.userId, "DOWNLOAD");
    const elsewhere = { ...manager, ...(await signedIn(world.db, manager.userId)) };
    const before = (await refusedLinks()).length;
    for (const who of [null, thief, elsewhere, { ...thief, token: "a".repeat(43) }]) {
      const answer = await fetchCopy(url, who);
      expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("session")]);
    }
    const refused = (actor_id: string | null, reason: string) => ({
      actor_id,
      object_id: id,
      detail: { reason, issuedTo: manager.userId },
    });
    const again = refused(null, "link-without-session");
    expect((await refusedLinks()).slice(before)).toEqual([
      refused(null, "link-without-session"),
      refused(thief.userId, "link-of-other-session"),
      refused(manager.userId, "link-of-other-session"),
      { ...again, detail: { ...again.detail, count: 1 } },
    ]);
    // A cookie proves the session as well; and nothing of the above has used the link up.
    const cookie = `onrecord_session=${manager.token}`;
    expect((await fetch(base + url, { headers: { cookie } })).status).toBe(200);
  });

  it("that was forged, used or is too old is on the record with the reason", async () => {
    const { url } = await ticket(manager);
    await fetchCopy(url);
    const late = await expiredLike((await ticket(manager)).url);
    const before = (await refusedLinks()).length;
    for (const link of [url, late, `/download/${"f".repeat(43)}`, "/download/nonsense"])
      expect((await fetchCopy(link)).status).toBe(404);
    expect((await fetchCopy(`/download/${"f".repeat(43)}`, null)).status).toBe(404);
    const issuedTo = manager.userId;
    expect((await refusedLinks()).slice(before)).toMatchObject([
      { actor_id: manager.userId, object_id: id, detail: { reason: "link-used", issuedTo } },
      { actor_id: manager.userId, object_id: id, detail: { reason: "link-expired", issuedTo } },
      { actor_id: manager.userId, object_id: null, detail: { reason: "link-unknown", issuedTo: null } },
      { actor_id: manager.userId, object_id: null, detail: { reason: "link-unknown", issuedTo: null } },
      { actor_id: null, object_id: null, detail: { reason: "link-unknown", issuedTo: null } },
    ]);
  });

  it("that ran out unused is on the record once, however many nodes look; one that was used, or may be, is not", async () => {
    await sweepAll();
    const unused = await expiredLike((await ticket(manager, "JSON")).url);
    const spent = await ticket(manager);
    await fetchCopy(spent.url);
    const lapsed = async () => (await world.entries(id)).filter(({ action }) => action === "download.lapsed");
    const before = (await lapsed()).length;
    expect((await sweepAll()).reduce((sum, count) => sum + count, 0)).toBe(1);
    await sweepAll();
    expect((await lapsed()).slice(before)).toEqual([
      {
        action: "download.lapsed",
        outcome: "ALLOWED",
        actor_id: manager.userId,
        detail: { format: "JSON", version: 2 },
      },
    ]);
    expect((await fetchCopy(unused)).status).toBe(404);
  });

  it("is one of a bounded number that wait to be used, for each person", async () => {
    await using small = await World.open({ ONRECORD_MAX_OPEN_DOWNLOADS: "2" });
    const { manager, folderId } = await small.manager();
    const documentId = await small.document(manager, folderId);
    const other = await small.person();
    await small.grant(folderId, other.userId, "DOWNLOAD");
    const ask = async (who: Person) =>
      (
        await small.ask(
          who,
          `mutation { download(input: { documentId: "${documentId}", format: TEXT }) { url } }`,
        )
      ).codes;
    expect([await ask(manager), await ask(manager), await ask(manager), await ask(other)]).toEqual([
      [],
      [],
      ["RATE_LIMITED"],
      [],
    ]);
  });

  it("is kept only as its hash", async () => {
    const { url } = await ticket(manager);
    const token = url.slice("/download/".length);
    const rows = await world.db.query<{ token_hash: Buffer }>("select * from documents.download_ticket");
    expect(rows.some(({ token_hash }) => token_hash.equals(hashToken(token)))).toBe(true);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it("is used by one of many who come at once", async () => {
    const { url } = await ticket(manager);
    const before = (await downloads()).length;
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await fetchCopy(url)).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 404)).toHaveLength(7);
    expect((await downloads()).length).toBe(before + 1);
  });

  it.each(["TEXT", "HTML", "JSON"])(
    "gives a copy as %s that says whose it is, of what, and when it was made",
    async (format) => {
      const { url } = await ticket(manager, format);
      const copy = await (await fetchCopy(url)).text();
      for (const fact of ["Mary Manager", manager.email, "公告"]) expect(copy).toContain(fact);
      const [{ version = 0 } = {}] = await world.db.query<{ version: number }>(
        "select version from documents.download_ticket order by expires_at desc limit 1",
      );
      if (format === "JSON")
        expect(JSON.parse(copy)).toEqual({
          copy: {
            documentId: id,
            title: "Draft <b> 公告",
            version,
            recipient: { name: "Mary Manager", email: manager.email },
            at: expect.stringMatching(/^\d{4}-.*Z$/),
          },
          text: expect.stringContaining("<script>alert(1)</script>"),
        });
      else
        expect(copy).toMatch(new RegExp(`version ${version}\\b[^]*\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC`));
    },
  );

  it("makes a page that runs nothing and says whose copy it is", async () => {
    const { url } = await ticket(manager, "HTML");
    const page = await (await fetchCopy(url)).text();
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).not.toContain("<script>");
    expect(page).toContain(`Copy for Mary Manager (${manager.email})`);
    expect(page).toContain("<title>Draft &lt;b&gt; 公告</title>");
  });

  it("ends by itself, with the session, and with the right to it", async () => {
    const analyst = await world.person();
    const grant = await world.grant(folderId, analyst.userId, "DOWNLOAD");

    const late = await ticket(analyst);
    expect((await fetchCopy(await expiredLike(late.url), analyst)).status).toBe(404);

    await world.revoke(grant);
    const before = (await downloads()).length;
    expect((await fetchCopy(late.url, analyst)).status).toBe(404);
    expect((await downloads()).slice(before)).toMatchObject([
      {
        action: "document.download-refused",
        outcome: "DENIED",
        detail: { format: "TEXT", reasons: ["level"] },
      },
    ]);

    await world.grant(folderId, analyst.userId, "VIEW");
    const again = await world.grant(folderId, analyst.userId, "DOWNLOAD");
    const lowered = await ticket(analyst);
    await world.revoke(again);
    const refused = await fetchCopy(lowered.url, analyst);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("This needs the level DOWNLOAD; yours here is VIEW.");

    const orphan = await ticket(manager);
    await world.db.query("update identity.session set ended_at = now() where id = $1", [manager.sessionId]);
    expect((await fetchCopy(orphan.url)).status).toBe(403);
    await world.db.query("update identity.session set ended_at = null where id = $1", [manager.sessionId]);
  });

  it("is not looked at by anything but GET, and nonsense finds nothing", async () => {
    const { url } = await ticket(manager);
    expect((await fetchCopy(url, manager, { method: "HEAD" })).status).toBe(405);
    expect((await fetchCopy(url, manager, { method: "POST" })).status).toBe(405);
    expect((await fetchCopy(url)).status).toBe(200);
    for (const path of [
      "/download",
      "/download/",
      "/download/x",
      `/download/${"a".repeat(43)}`,
      `${url}/x`,
      "/download/%00",
    ])
      expect((await fetchCopy(path)).status).toBe(404);
  });
});

describe("a refusal", () => {
  it("names the wall: a trader takes nothing, whatever the grant", async () => {
    const trader = await world.person({ roles: ["trader"] });
    await world.grant(folderId, trader.userId, "EDIT");
    const { codes, errors } = await world.ask(
      trader,
      `mutation { download(input: { documentId: "${id}", format: HTML }) { url } }`,
    );
    expect(codes).toEqual(["FORBIDDEN"]);
    expect(errors[0]?.extensions.reasons).toMatchObject([{ id: "trader-takes-nothing" }]);
    expect((await downloads()).at(-1)).toMatchObject({
      action: "document.download-refused",
      outcome: "DENIED",
      actor_id: trader.userId,
      detail: { format: "HTML", reasons: ["trader-takes-nothing"] },
    });
  });
});

/** Looks for unused links as several nodes would at once; how many each has found. */
function sweepAll(): Promise<number[]> {
  return Promise.all(sweepers.map((sweeper) => sweeper.sweep()));
}

/** A ticket like this one whose time is over: the services may not change when a ticket ends. */
async function expiredLike(url: string): Promise<string> {
  const token = url.slice("/download/".length);
  const other = token.split("").reverse().join("");
  await world.db.query(
    `insert into documents.download_ticket (token_hash, document_id, version, format, user_id, session_id, expires_at)
     select $2, document_id, version, format, user_id, session_id, clock_timestamp() - interval '1 second'
     from documents.download_ticket where token_hash = $1`,
    [hashToken(token), hashToken(other)],
  );
  return `/download/${other}`;
}
