import { Fleet } from "../load/fleet.js";
import { scaled } from "../load/job.js";
import { countTransactions } from "../measure/transactions.js";
import { startStopwatch } from "../measure/window.js";
import { shareColumns, type Workload } from "./workload.js";

const DOCUMENTS = 100;
/** CPU is counted in hundredths of a second: half a percent of a core is ten of them in this many seconds. */
const LEAST_SECONDS = 20;
/** Postgres' idle processes tell of their transactions up to ten seconds late: so long those of the start are let go by. */
const SETTLE_SECONDS = 11;

/** (k) */
export const idle: Workload = {
  name: "idle",
  about: `${DOCUMENTS} open documents with one connected client each, and nobody does anything; at least ${LEAST_SECONDS} s.`,
  columns: [
    ...shareColumns,
    { key: "transactions", label: "transactions/s", better: "lower", digits: 1 },
    { key: "otherCores", label: "by others", better: "lower", digits: 2 },
    { key: "memory", label: "memory MB", better: "lower", digits: 0 },
  ],
  documents: (settings) => scaled(DOCUMENTS, settings),
  async run(target, settings) {
    using fleet = new Fleet(target);
    await fleet.open(target.documents);
    const scale = Math.min(1, settings.scale);
    await fleet.wait(Math.max(settings.warmup, SETTLE_SECONDS * scale) * 1000);
    const transactions = await countTransactions(target);
    const stopwatch = startStopwatch(target);
    await fleet.wait(Math.max(settings.seconds, LEAST_SECONDS * scale) * 1000);
    const numbers = stopwatch(0);
    return { ...numbers, transactions: (await transactions()) / numbers.seconds! };
  },
};
