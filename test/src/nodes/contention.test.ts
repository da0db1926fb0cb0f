import { setTimeout as delay } from "node:timers/promises";
import { Random } from "@onrecord/core/testing/random";
import { addPerson, signedIn, type TestContext, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant } from "@onrecord/testing/documents";
import { until } from "@onrecord/testing/editor";
import { afterAll, beforeAll, expect, it } from "vitest";
import { NodeProcess } from "./node-process.js";
import { openRoaming } from "./roaming-editor.js";
import { readRecorded } from "./whole-history.js";

let context: TestContext;
beforeAll(async () => {
  context = await testContext();
});
afterAll(() => context?.[Symbol.asyncDispose]());

it("an editor of a large document gets a word in while one on another node never pauses", {
  timeout: 300_000,
}, async () => {
  await using opened = new AsyncDisposableStack();
  const documentId = await addDocument(context);
  const user = await addPerson(context.db);
  await addGrant(context, documentId, user, "EDIT");
  const { token } = await signedIn(context.db, user);
  const [busy, patient] = await Promise.all(
    [0, 1].map(async () => {
      const node = opened.use(await NodeProcess.start(context));
      return opened.use(openRoaming([node.url], documentId, token));
    }),
  );
  await until(() => busy!.provider.synced && patient!.provider.synced, "both to be there");
  // Letters here and there are as many pieces: to load them takes longer than the pauses of the other.
  const random = new Random(1);
  busy!.doc.transact(() => {
    for (let n = 0; n < 60_000; n++) busy!.text.insert(random.below(n + 1), "x");
  });
  await until(() => patient!.text.length === busy!.text.length, "the other to have it all");
  let typing = true;
  const typed = (async () => {
    while (typing) {
      busy!.text.insert(0, "b");
      await delay(20);
    }
  })();
  for (let n = 0; n < 5; n++) {
    patient!.text.insert(patient!.text.length, `<${n}>`);
    await until(() => busy!.text.toString().endsWith(`<${n}>`), `word ${n} to be committed`);
  }
  typing = false;
  await typed;
  await until(() => patient!.text.length === busy!.text.length, "both to agree");
  expect((await readRecorded(context, documentId)).text).toBe(patient!.text.toString());
});
