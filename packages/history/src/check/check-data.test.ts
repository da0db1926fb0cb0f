import { type TestContext, testContext } from "@onrecord/context/testing/context";
import { newId } from "@onrecord/core/ids";
import { createLogger } from "@onrecord/core/log";
import { type By, bySystem } from "@onrecord/ledger/ledger";
import { Database, type Tx } from "@onrecord/postgres/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { Edits } from "../edit/edits.js";
import { encodeState } from "../store/encoded-state.js";
import { History } from "../store/history.js";
import { addDocument } from "../testing/documents.js";
import { checkData, checkWithin } from "./check-data.js";
import type { Fault } from "./fault.js";

let context: TestContext;
let owner: Database;
let history: History;
const [ada, bob] = [newId(), newId()];
/** Three versions of Ada's, a state at the third; Bob's has two; the third is destroyed. */
let [hers, his, gone] = ["", "", ""];

beforeAll(async () => {
  context = await testContext();
  owner = new Database(context.env.DATABASE_ADMIN_URL, { log: createLogger("silent"), max: 2 });
  history = new History(context);
  const edits = new Edits(context, history);
  for (const [id, name] of [
    [ada, "ada"],
    [bob, "bob"],
  ])
    await owner.query(
      `insert into identity.user (id, email, name, kind, created_at) values ($1, $2, $3, 'EMPLOYEE', now())`,
      [id, `${name}@x.test`, name],
    );
  const write = async (documentId: string, actorId: string, times: number) => {
    const by: By = {
      actorKind: "USER",
      actorId,
      sessionId: newId(),
      requestId: "a request",
      from: { ip: "10.0.0.1", userAgent: "an editor" },
    };
    for (let n = 0; n < times; n++) {
      const change = ({ doc }: { doc: Y.Doc }) => {
        const mine = new Y.Doc();
        Y.applyUpdate(mine, Y.encodeStateAsUpdate(doc));
        const before = Y.encodeStateVector(mine);
        mine.getText("content").insert(0, `words ${n} `);
        return Y.encodeStateAsUpdate(mine, before);
      };
      await edits.commit({ documentId, by, action: "document.edited", change });
    }
  };
  [hers, his, gone] = [await addDocument(context), await addDocument(context), await addDocument(context)];
  await write(hers, ada, 3);
  await write(his, bob, 2);
  await write(gone, ada, 1);
  const { doc, key } = await history.load(hers);
  await history.checkpoint(hers, 3, key, encodeState(doc));
  await context.db.transaction((tx) => history.shred(tx, gone, bySystem(newId())));
});
afterAll(async () => {
  await owner?.[Symbol.asyncDispose]();
  await context?.[Symbol.asyncDispose]();
});

/** What is found once `plant` has been at it, which is then taken back. */
async function found(plant: (tx: Tx) => Promise<unknown>): Promise<string[]> {
  const faults: Fault[] = [];
  const undone = new Error("undone");
  await owner
    .transaction(async (tx) => {
      await plant(tx);
      await checkWithin(tx, context.keys, (fault) => faults.push(fault));
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  const names = new Map([
    [hers, "hers"],
    [his, "his"],
    [gone, "gone"],
  ]);
  return faults.map(({ subject, id, text }) => `${names.get(id ?? "") ?? subject}: ${text}`);
}

/** Runs statements past the rule that what is on the record stays, as whoever owns the tables can. */
const behind = async (
  tx: Tx,
  table: "audit.entry" | "documents.batch" | "documents.head" | "documents.shredded",
  sql: string,
) => {
  const rule = table === "documents.head" ? "head_grows" : `${table.split(".")[1]}_append_only`;
  await tx.query(`alter table ${table} disable trigger ${rule}`);
  await tx.query(sql);
  await tx.query(`alter table ${table} enable trigger ${rule}`);
};

it("finds nothing where nothing is wrong, while others write", async () => {
  const faults: Fault[] = [];
  await checkData({ db: owner, keys: context.keys }, (fault) => faults.push(fault));
  expect(faults).toEqual([]);
});

describe("what somebody did to the tables behind everybody's back is found:", () => {
  const at = (document: () => string) => `document_id = '${document()}'`;
  const atHers = () => at(() => hers);
  const entryOf = (version: number) =>
    `(select entry_ids[1] from documents.batch where ${atHers()} and last_version = ${version})`;
  const batch =
    (set: () => string, version = 2) =>
    (tx: Tx) =>
      behind(
        tx,
        "documents.batch",
        `update documents.batch set ${set()} where ${atHers()} and last_version = ${version}`,
      );
  const entry =
    (set: () => string, version = 2) =>
    (tx: Tx) =>
      behind(tx, "audit.entry", `update audit.entry set ${set()} where id = ${entryOf(version)}`);
  const run = (sql: () => string) => (tx: Tx) => tx.query(sql());

  const planted: [string, (tx: Tx) => Promise<unknown>, (string | RegExp)[]][] = [
    [
      "a version in the middle is gone",
      (tx) =>
        behind(tx, "documents.batch", `delete from documents.batch where ${atHers()} and last_version = 2`),
      [
        "hers: Versions 2 to 2 are missing.",
        /hers: Its head counts \d+ bytes of changes, and there are \d+\./,
        /entry: It says that version 2 of \S+ was made, and there is no such version\./,
        /hers: The history of \S+ has a hole after version 1\./,
      ],
    ],
    [
      "the newest version is gone",
      (tx) =>
        behind(tx, "documents.batch", `delete from documents.batch where ${atHers()} and last_version = 3`),
      [
        "hers: It stands at version 3, and its newest version is 2.",
        /entry: It says that version 3/,
        /hers: The history of \S+ has a hole after version 2\./,
      ],
    ],
    [
      "a head is set back",
      (tx) => behind(tx, "documents.head", `update documents.head set version = 2 where ${atHers()}`),
      [
        "hers: It stands at version 2, and its newest version is 3.",
        "hers: There is a state of version 3, which it has not.",
        /hers: It is told whose the editor \d+ is/,
      ],
    ],
    [
      "a head counts other bytes",
      (tx) => behind(tx, "documents.head", `update documents.head set bytes = bytes + 1 where ${atHers()}`),
      [/hers: Its head counts \d+ bytes/],
    ],
    [
      "a head names another entry",
      (tx) => behind(tx, "documents.head", `update documents.head set tip = ${entryOf(2)} where ${atHers()}`),
      ["hers: Its head names another entry than its newest version."],
    ],
    [
      "a head is gone",
      run(() => `delete from documents.head where ${atHers()}`),
      ["hers: It has neither a head nor a mark that it was destroyed."],
    ],
    [
      "a bit of a sealed version differs",
      batch(() => "sealed = set_bit(sealed, 333, 1 - get_bit(sealed, 333))"),
      [/hers: Version 2 of \S+ does not open/],
    ],
    [
      "a sealed version is another document's",
      batch(
        () => `sealed = (select sealed from documents.batch where ${at(() => his)} and last_version = 2)`,
      ),
      [/hers: Version 2 of \S+ does not open/],
    ],
    [
      "a key is another document's",
      run(
        () =>
          `update documents.head set wrapped_key = (select wrapped_key from documents.head where ${at(() => his)}) where ${atHers()}`,
      ),
      [/hers: A data key does not open/],
    ],
    [
      "a version is said to have other bytes",
      batch(() => "bytes = array[bytes[1] + 1]"),
      [
        /hers: Its head counts/,
        /hers: Version 2 and its entry \S+ do not say the same\./,
        /hers: Version 2 has \d+ bytes, and is said to have \d+\./,
      ],
    ],
    [
      "a version is told twice",
      batch(() => "relayed = relayed || relayed"),
      ["hers: The versions up to 2 are not told one by one."],
    ],
    [
      "a version is somebody else's",
      batch(() => `carrier_ids = array['${bob}'::uuid]`),
      [
        /hers: Version 2 and its entry \S+ do not say the same\./,
        /hers: Version 2 is said to be all of who brought it, and the editor \d+ is not theirs\./,
      ],
    ],
    [
      "an editor is somebody else's",
      run(() => `update documents.client set user_id = '${bob}' where ${atHers()}`),
      Array(3).fill(
        /hers: Version \d is said to be all of who brought it, and the editor \d+ is not theirs\./,
      ),
    ],
    [
      "an editor is of two people, and from where nothing is",
      run(
        () =>
          `insert into documents.client (document_id, client_id, clock, user_id) select document_id, client_id, 90000, '${bob}' from documents.client where ${atHers()} limit 1`,
      ),
      [
        /hers: The editor \d+ is said to be of 2 people\./,
        /hers: It is told whose the editor \d+ is from 90000 on, where nothing of it is\./,
      ],
    ],
    [
      "an editor is nobody's",
      run(
        () =>
          `insert into documents.client (document_id, client_id, clock, user_id) values ('${gone}', 7, 0, '${newId()}')`,
      ),
      ["gone: The editor 7 is said to be of somebody who is not there."],
    ],
    [
      "an entry is gone",
      (tx) => behind(tx, "audit.entry", `delete from audit.entry where id = ${entryOf(2)}`),
      ["hers: Version 2 has no entry on the record."],
    ],
    [
      "an entry says another version",
      entry(() => `detail = jsonb_set(detail, '{version}', '3')`),
      [/hers: Version 2 and its entry/],
    ],
    [
      "an entry has another time",
      entry(() => "at = at - interval '1 hour'"),
      [/hers: Version 2 and its entry/],
    ],
    [
      "an entry has another place",
      entry(() => "txid = '7'"),
      ["hers: Version 2 stands on the record before the version before it."],
    ],
    [
      "an entry tells of a version that is not there",
      (tx) =>
        tx.query(
          `insert into audit.entry (id, txid, action, actor_kind, request_id, object_kind, object_id, outcome, detail)
           values ($1, '7', 'document.edited', 'SYSTEM', 'r', 'DOCUMENT', $2, 'ALLOWED', '{"version": 4, "bytes": 1}')`,
          [newId(), hers],
        ),
      [/entry: It says that version 4 of \S+ was made/],
    ],
    [
      "entries come from another server",
      entry(() => "txid = (audit.frontier()::text::numeric + 1000)::text::xid8", 3),
      [/record: 1 entries stand where nobody has written yet/],
    ],
    [
      "where an entry came from is another place",
      run(() => "update audit.origin set ip = '10.9.9.9'"),
      ["record: An origin is not what entries have committed to."],
    ],
    [
      "a state is another",
      async (tx) => {
        const { doc, key } = await history.load(hers, 2, tx);
        await tx.query(`delete from documents.checkpoint where ${atHers()}`);
        const other = new History({ ...context, db: { ...owner, query: tx.query } as unknown as Database });
        await other.checkpoint(hers, 3, key, encodeState(doc));
      },
      ["hers: The state that is kept of version 3 is another."],
    ],
    [
      "a state does not open",
      run(
        () =>
          `update documents.checkpoint set sealed = set_bit(sealed, 300, 1 - get_bit(sealed, 300)) where ${atHers()}`,
      ),
      ["hers: The state that is kept of version 3 does not open."],
    ],
    [
      "a destroyed document's key is there again",
      async (tx) => {
        await tx.query("alter table documents.head disable trigger begin_once");
        await tx.query(
          `insert into documents.head select '${gone}', version, bytes, wrapped_key, tip from documents.head where ${at(() => his)}`,
        );
        await tx.query("alter table documents.head enable trigger begin_once");
      },
      [
        "gone: It has a head, and was destroyed: its text could still be read.",
        /gone: It stands at version 2/,
        /gone: A data key does not open/,
      ],
    ],
    [
      "a destroyed document's state is there",
      run(
        () =>
          `insert into documents.checkpoint (document_id, version, sealed) values ('${gone}', 1, '\\x00')`,
      ),
      ["gone: It was destroyed, and its state at version 1 is still there."],
    ],
    [
      "the destruction of a document is off the record",
      (tx) => behind(tx, "audit.entry", "delete from audit.entry where action = 'document.shredded'"),
      ["gone: It was destroyed, and that is not on the record."],
    ],
    [
      "a version that is not there has a name",
      run(
        () =>
          `insert into documents.version_name (document_id, version, name) values ('${hers}', 9, 'Final')`,
      ),
      ["hers: Version 9 has a name, and is not there."],
    ],
    [
      "the number of changes of rights is gone",
      run(() => "delete from permissions.revision"),
      ["rights: The number that tells changes of rights apart is gone, or is there twice."],
    ],
    [
      "a way by which rights come down is gone",
      run(() => `delete from permissions.resource_path where descendant_id = '${hers}' and depth = 2`),
      ["hers: What lies above it, and the ways by which rights come down to it, are not the same."],
    ],
    [
      "a document lies elsewhere than its rights",
      run(
        () =>
          `update documents.document set folder_id = (select folder_id from documents.document where id = '${his}') where id = '${hers}'`,
      ),
      ["hers: It lies in one place for its readers, and in another for its rights."],
    ],
    [
      "a rule is switched off",
      run(() => "alter table documents.batch disable trigger batch_append_only"),
      ["rules: The rule batch_append_only on documents.batch is switched off."],
    ],
  ];
  it.each(planted)("%s", async (_what, plant, expected) => {
    const texts = await found(plant);
    expect(texts).toHaveLength(expected.length);
    for (const [index, text] of texts.entries()) expect(text).toEqual(matching(expected[index]!));
  });
});

function matching(text: string | RegExp): unknown {
  return typeof text === "string" ? text : expect.stringMatching(text);
}
