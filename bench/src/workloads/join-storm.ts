import { bulkUpdates } from "../corpus/bulk.js";
import { Failure } from "../failure.js";
import { same, textOf } from "../load/convergence.js";
import { Fleet } from "../load/fleet.js";
import { scaled } from "../load/job.js";
import { sendAll } from "../load/send-all.js";
import { peakMemory } from "../measure/process-tree.js";
import { percentiles } from "../measure/statistics.js";
import { startStopwatch } from "../measure/window.js";
import { costColumns, type Workload } from "./workload.js";

const CLIENTS = 150;
const BYTES = 20 * 1024 * 1024;

/** (e) */
export const joinStorm: Workload = {
  name: "join-storm",
  about: `${CLIENTS} clients open a document of 20 MB at once, while its author stays connected.`,
  columns: [
    { key: "all", label: "until all have it, ms", better: "lower", digits: 0 },
    { key: "p50", label: "p50 ms", better: "lower", digits: 0 },
    ...costColumns("join").filter(({ key }) => key !== "memory"),
    { key: "peak", label: "peak memory MB", better: "lower", digits: 0 },
  ],
  documents: () => 1,
  limits: {
    ONRECORD_MAX_CHANGES_PER_SECOND: "1000000",
    ONRECORD_MAX_QUEUE_BYTES: String(256 * 1024 * 1024),
  },
  async run(target, settings) {
    using fleet = new Fleet(target);
    const [document] = target.documents;
    const updates = bulkUpdates(BYTES * Math.min(1, settings.scale), settings.seed);
    await sendAll(fleet, document!, updates);
    const expected = textOf(updates);
    // The first is alone, to warm up, and the model for the others.
    const model = await fleet.openOne(document!);
    same(textOf([model.initial]), expected, "the first to join");

    const count = scaled(CLIENTS, settings);
    const stopwatch = startStopwatch(target);
    const start = performance.now();
    const times: number[] = [];
    await Promise.all(
      Array.from({ length: count }, async () => {
        const client = await fleet.openOne(document!);
        times.push(performance.now() - start);
        if (Buffer.compare(client.initial, model.initial) !== 0)
          same(textOf([client.initial]), expected, "a client that joined");
        client.initial = new Uint8Array();
      }),
    );
    const numbers = stopwatch(count);
    if (times.length !== count) throw new Failure("not everyone joined");
    const peak = peakMemory(target.pid) / 1024 / 1024;
    return { ...numbers, all: Math.max(...times), p50: percentiles(times).p50, peak };
  },
};
