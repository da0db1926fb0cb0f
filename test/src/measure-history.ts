import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { newId } from "@onrecord/core/ids";
import { Attribution } from "@onrecord/history/attribution/attribution";
import { Edits } from "@onrecord/history/edit/edits";
import { commitChanges } from "@onrecord/history/store/commit";
import { encodeState } from "@onrecord/history/store/encoded-state";
import { History } from "@onrecord/history/store/history";
import { addPerson, testContext } from "@onrecord/testing/database";
import { addDocument } from "@onrecord/testing/documents";
import * as Y from "yjs";

const trace = new URL("../../../shared/data/traces/automerge-paper.json.gz", import.meta.url);
/** Versions in one commit, and between checkpoints: about what a busy room does. */
const BATCH = 10;
const CHECKPOINT = 500;

interface Trace {
  readonly txns: readonly {
    readonly patches: readonly (readonly [at: number, gone: number, text: string])[];
  }[];
}

// `npm run measure-history -w @onrecord/test`: how long questions about a history of 260 000 versions take.
await using context = await testContext();
const ledger = context.ledger;
const history = new History(context);
const edits = new Edits(context, history);
const documentId = await addDocument(context);
const actorId = await addPerson(context.db);
const by = {
  actorKind: "USER",
  actorId,
  sessionId: newId(),
  requestId: newId(),
  from: { ip: "192.0.2.1", userAgent: "measure" },
} as const;
const head = await commitTrace();

for (const version of [1000, Math.round(head / 2), head - 7, head])
  await measure(`load version ${version}`, () => history.load(documentId, version));
const attribution = new Attribution(context, history);
await measure("authors of the head, the first time", () => attribution.at(documentId));
await measure("authors of the head, again", () => attribution.at(documentId));
await measure("authors half-way", () => attribution.at(documentId, { version: Math.round(head / 2) }));
await measure("with what was deleted over 20000 versions", () =>
  attribution.at(documentId, { deletedSince: head - 20_000 }),
);
for (const from of [0, Math.round(head / 2), head - 1000])
  await measure(`difference of ${from} and ${head}`, () => attribution.diff(documentId, from, head));
await measure("restore half-way", () =>
  edits.restore({
    documentId,
    version: Math.round(head / 2),
    by,
  }),
);

async function measure(what: string, work: () => Promise<unknown>): Promise<void> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const took = Math.round(performance.now() - started);
  const { user, system } = process.cpuUsage(cpu);
  console.log(`${what}: ${took} ms, ${Math.round((user + system) / 1000)} ms of CPU`);
}

/** Types the trace into the document, a version for each transaction. Answers how many there are. */
async function commitTrace(): Promise<number> {
  const { txns } = JSON.parse(gunzipSync(readFileSync(trace)).toString()) as Trace;
  const { key } = await history.load(documentId);
  const doc = new Y.Doc();
  const text = doc.getText("content");
  const waiting: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => void waiting.push(update));
  let from = 0;
  let tip: string | null = null;
  const commit = async () => {
    const changes = waiting
      .splice(0)
      .map((update) => ({ entryId: newId(), right: null, by, proven: true, relayed: false, update }));
    const bindings = from === 0 ? [{ clientId: doc.clientID, clock: 0, userId: actorId }] : [];
    await commitChanges(context.db, ledger, {
      action: "document.edited",
      documents: [{ documentId, from, tip, key, bindings, changes }],
    });
    from += changes.length;
    tip = changes.at(-1)?.entryId ?? tip;
    if (from % CHECKPOINT < BATCH) await history.checkpoint(documentId, from, key, encodeState(doc));
  };
  for (const { patches } of txns) {
    doc.transact(() => {
      for (const [at, gone, inserted] of patches) {
        if (gone > 0) text.delete(at, gone);
        if (inserted !== "") text.insert(at, inserted);
      }
    });
    if (waiting.length >= BATCH) await commit();
  }
  if (waiting.length > 0) await commit();
  return from;
}
