import { setTimeout as delay } from "node:timers/promises";
import { addPerson, signedIn, testContext } from "@onrecord/testing/database";
import { addDocument, addGrant, removeGrant } from "@onrecord/testing/documents";
import { until } from "@onrecord/testing/editor";
import { NodeProcess } from "./node-process.js";
import { openRoaming } from "./roaming-editor.js";

const RUNS = Number(process.argv[2] ?? 50);

/**
 * How long after the commit of a revocation the sockets of two nodes close: `npm run measure-permission -w @onrecord/test [runs]`.
 * With the bus's hint, and as if it had been lost, when nodes find out by looking.
 */
await using opened = new AsyncDisposableStack();
const context = opened.use(await testContext());
const nodes = [opened.use(await NodeProcess.start(context)), opened.use(await NodeProcess.start(context))];
const { userId, token } = await signedIn(context.db, await addPerson(context.db));

for (const hinted of [true, false]) {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const documentId = await addDocument(context);
    const grant = await addGrant(context, documentId, userId, "EDIT");
    using sockets = new DisposableStack();
    const editors = nodes.map(({ url }) => sockets.use(openRoaming([url], documentId, token)));
    await until(() => editors.every(({ provider }) => provider.synced), "the sockets to be open");
    // Nodes look every 0.4 s: the commit falls anywhere between.
    await delay(Math.random() * 400);
    let committed = 0;
    const closed = editors.map(
      ({ provider }) =>
        new Promise<void>((resolve) =>
          provider.on("connection-close", () => {
            times.push(performance.now() - committed);
            resolve();
          }),
        ),
    );
    await context.db.transaction(async (tx) => {
      await removeGrant(tx, grant);
      if (hinted) tx.onCommit(() => context.bus.publish("permissions.changed", { revision: 0 }));
      committed = performance.now();
    });
    await Promise.all(closed);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))]!.toFixed(0);
  console.log(
    `${hinted ? "with" : "without"} the hint, ${times.length} sockets: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`,
  );
}
