import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, testContext } from "@onrecord/context/testing/context";
import { newId } from "@onrecord/core/ids";
import { until } from "@onrecord/core/testing/until";
import { FileKeyProvider } from "@onrecord/keys/vault";
import { bySystem } from "@onrecord/ledger/ledger";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as Y from "yjs";
import { Edits } from "./edit/edits.js";
import { checkKeys } from "./keys/check-keys.js";
import { KeyRotation } from "./keys/key-rotation.js";
import { encodeState } from "./store/encoded-state.js";
import { History } from "./store/history.js";
import { addDocument } from "./testing/documents.js";

let context: TestContext;
let history: History;
let edits: Edits;
let keys: FileKeyProvider;
let rotation: KeyRotation;

beforeEach(async () => {
  context = await testContext();
  history = new History(context);
  edits = new Edits(context, history);
  // The operator's command: another process than the node that `context` is.
  keys = await FileKeyProvider.open(context.config.dataDir);
  rotation = new KeyRotation(context, keys, bySystem(newId()));
});
afterEach(() => context?.[Symbol.asyncDispose]());

/** Types at the beginning of a document, as a node does. */
const type = (documentId: string, text: string) =>
  edits.commit({
    documentId,
    by: bySystem(newId()),
    action: "document.edited",
    change: ({ doc }) => {
      const draft = new Y.Doc();
      Y.applyUpdate(draft, Y.encodeStateAsUpdate(doc));
      draft.getText("content").insert(0, text);
      return Y.encodeStateAsUpdate(draft, Y.encodeStateVector(doc));
    },
  });
const textOf = async (documentId: string, on = history) =>
  (await on.load(documentId)).doc.getText("content").toString();
const documents = async (count: number) => {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(await addDocument(context));
  return ids;
};
const entries = (action: string) =>
  context.db.query<{ detail: { keyId: string; documents: number } }>(
    "select detail from audit.entry where action = $1 order by txid, id",
    [action],
  );
/** Everything that is sealed with data keys, as it stands. */
const sealed = async () => {
  const [row] = await context.db.query<{ sum: string }>(
    `select md5(string_agg(md5(sealed), ',' order by document_id, version)) as sum from (
       select document_id, last_version as version, sealed from documents.batch
       union all select document_id, version, sealed from documents.checkpoint) s`,
  );
  return row!.sum;
};

describe("rotation of the key-encryption key", () => {
  it("brings every document under the new key while others type, and each step is on the record", async () => {
    const ids = await documents(450);
    for (const id of ids.slice(0, 5)) await type(id, "kept ");
    const loaded = await history.load(ids[0]!);
    await history.checkpoint(ids[0]!, 1, loaded.key, encodeState(loaded.doc));
    const [old] = await rotation.status();
    let typed = 0;
    let done = false;
    const typist = (async () => {
      while (!done) {
        await type(ids[449]!, "x");
        typed++;
      }
    })();
    const steps: number[] = [];
    const result = await rotation.rotate((count) => steps.push(count));
    done = true;
    await typist;
    expect(result).toMatchObject({ documents: 450, failed: [] });
    expect(steps).toEqual([200, 400, 450]);
    expect(result.rotated).toBe(result.keyId);
    expect(await rotation.status()).toEqual([
      { keyId: old!.keyId, state: "old", documents: 0 },
      { keyId: result.keyId, state: "current", documents: 450 },
    ]);
    expect((await entries("key.rotated")).map(({ detail }) => detail)).toEqual([
      { keyId: result.keyId, previousKeyId: old!.keyId },
    ]);
    expect((await entries("key.rewrapped")).map(({ detail }) => detail.documents)).toEqual([200, 200, 50]);
    expect(await textOf(ids[449]!)).toBe("x".repeat(typed));
    expect(await textOf(ids[0]!)).toBe("kept ");
  });

  it("leaves what is sealed as it is, and the old key may go; running nodes go on with the new one", async () => {
    const [id] = await documents(1);
    await type(id!, "before ");
    const before = await sealed();
    const other = await context.another();
    const remote = new History(other);
    const [old] = await rotation.status();
    await expect(rotation.retire(old!.keyId)).rejects.toMatchObject({ code: "CONFLICT" });
    const { keyId } = await rotation.rotate();
    expect(await sealed()).toBe(before);
    await rotation.retire(old!.keyId);
    await expect(rotation.retire(old!.keyId)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await entries("key.retired")).map(({ detail }) => detail.keyId)).toEqual([old!.keyId]);
    // This node was started before there was such a key.
    expect(await textOf(id!, remote)).toBe("before ");
    await addDocument(other);
    expect(await rotation.status()).toEqual([{ keyId, state: "current", documents: 2 }]);
    // And one that is started now knows no other.
    await checkKeys(await context.another());
  });

  it.each<[string, (ids: readonly string[]) => Promise<unknown>, boolean]>([
    ["before the new key was in use", () => keys.prepare(), true],
    ["between the key file and the first document", () => keys.prepare().then(() => keys.useNext()), false],
    [
      "between two documents",
      () =>
        rotation
          .rotate(() => {
            throw new Error("killed");
          })
          .catch(() => undefined),
      false,
    ],
  ])(
    "may be broken off %s: everything opens, and the next one goes on from there",
    async (_when, crash, makesKey) => {
      const ids = await documents(205);
      for (const id of [ids[0]!, ids[204]!]) await type(id, "safe");
      await crash(ids);
      await checkKeys(await context.another());
      for (const id of [ids[0]!, ids[204]!]) expect(await textOf(id)).toBe("safe");
      const result = await rotation.rotate();
      expect(result.rotated !== null).toBe(makesKey);
      const status = await rotation.status();
      expect(status.map(({ state, documents }) => [state, documents])).toEqual([
        ["old", 0],
        ["current", 205],
      ]);
      for (const id of [ids[0]!, ids[204]!]) expect(await textOf(id)).toBe("safe");
    },
  );

  it("waits for a document that is just being made under the old key, and takes it along", async () => {
    const id = newId();
    const made = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const folder = newId();
    const creating = context.db.transaction(async (tx) => {
      await tx.query("insert into documents.folder (id, name) values ($1, 'f')", [folder]);
      await tx.query(
        "insert into documents.document (id, folder_id, title, kind) values ($1, $2, 't', 'TEXT')",
        [id, folder],
      );
      await history.create(tx, id);
      made.resolve();
      await go.promise;
    });
    await made.promise;
    const rotating = rotation.rotate();
    await until(
      async () =>
        (
          await context.db.query(
            "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database() and query like '%documents.key_lock%'",
          )
        ).length > 0,
      "the rotation to wait",
    );
    go.resolve();
    await creating;
    expect(await rotating).toMatchObject({ documents: 1 });
    expect((await rotation.status()).map(({ documents }) => documents)).toEqual([0, 1]);
  });

  it("of two operators at once makes keys that are all kept", async () => {
    const ids = await documents(30);
    const others = await Promise.all([1, 2, 3].map(() => FileKeyProvider.open(context.config.dataDir)));
    await Promise.all(others.map((keys) => new KeyRotation(context, keys, bySystem(newId())).rotate()));
    await rotation.rotate();
    for (const id of ids) await history.load(id);
    expect((await rotation.status()).filter(({ state }) => state === "absent")).toEqual([]);
  });

  it("passes over a document whose data key was altered, tells of it, and keeps the key that it needs", async () => {
    const [broken, whole] = await documents(2);
    await context.db.query(
      "update documents.head set wrapped_key = set_byte(wrapped_key, 40, get_byte(wrapped_key, 40) # 1) where document_id = $1",
      [broken],
    );
    const [old] = await rotation.status();
    expect(await rotation.rotate()).toMatchObject({ documents: 1, failed: [broken] });
    await history.load(whole!);
    await expect(rotation.retire(old!.keyId)).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("keys that do not fit", () => {
  let elsewhere: string;
  beforeEach(async () => {
    elsewhere = await mkdtemp(join(tmpdir(), "onrecord-keys-"));
  });
  afterEach(() => rm(elsewhere, { recursive: true, force: true }));

  const withFile = async (text: string) => {
    await writeFile(join(elsewhere, "keys.json"), text);
    return { ...context, keys: await FileKeyProvider.open(elsewhere) };
  };

  it("are told at the start and at each document, whether the name is unknown or stands for another key", async () => {
    const [id] = await documents(1);
    const file = JSON.parse(await readFile(join(context.config.dataDir, "keys.json"), "utf8")) as {
      current: string;
    };
    const secret = Buffer.alloc(32, 7).toString("base64");
    const unknown = await withFile(JSON.stringify({ current: "other", keys: { other: secret } }));
    await expect(checkKeys(unknown)).rejects.toMatchObject({ code: "BAD_CONFIG" });
    await expect(new History(unknown).load(id!)).rejects.toThrow(`"${file.current}" is not in the key file`);
    const namesake = await withFile(
      JSON.stringify({ current: file.current, keys: { [file.current]: secret } }),
    );
    await expect(checkKeys(namesake)).rejects.toMatchObject({ code: "BAD_CONFIG" });
    await expect(new History(namesake).load(id!)).rejects.toThrow(
      "the key file has another key of that name",
    );
  });

  it("are told at the start also when only some documents need what is missing", async () => {
    await documents(2);
    const first = await readFile(join(context.config.dataDir, "keys.json"), "utf8");
    await rotation.rotate(() => undefined);
    await documents(1);
    await expect(checkKeys(await withFile(first))).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });

  it("of another document do not open this one", async () => {
    const [one, two] = await documents(2);
    await type(one!, "ours");
    await context.db.query(
      "update documents.head set wrapped_key = (select wrapped_key from documents.head where document_id = $2) where document_id = $1",
      [one, two],
    );
    await expect(history.load(one!)).rejects.toThrow(
      /does not open with the key-encryption key .* altered or moved/,
    );
  });
});
