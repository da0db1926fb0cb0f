import { checkDesk } from "../load/convergence.js";
import { Desk } from "../load/desk.js";
import { typeAhead } from "../load/drive.js";
import { Fleet } from "../load/fleet.js";
import { scaled } from "../load/job.js";
import { Random } from "../load/random.js";
import { percentiles } from "../measure/statistics.js";
import { Recorder, startStopwatch } from "../measure/window.js";
import { rateColumns, type Workload } from "./workload.js";

const EDITS = 4000;
const WRITERS = 4;
const WINDOW = 4;

/** (l) */
export const burst: Workload = {
  name: "burst",
  about: `A short burst right after the start of the server, without a warm-up: ${EDITS} edits by ${WRITERS} writers in one document, each ${WINDOW} ahead.`,
  columns: rateColumns("edit"),
  documents: () => 1,
  async run(target, settings) {
    using fleet = new Fleet(target);
    const [document] = target.documents;
    const writers = await fleet.open(new Array<string>(WRITERS).fill(document!));
    const recorder = new Recorder();
    const watched = [writers.at(0)!, writers.at(-1)!];
    const desk = new Desk(document!, writers, watched, new Random(settings.seed), recorder);
    const each = Math.ceil(scaled(EDITS, settings) / WRITERS);
    const done = Promise.withResolvers<void>();
    const stopwatch = startStopwatch(target);
    recorder.open();
    const stop = typeAhead(fleet, [desk], WINDOW, each);
    const pump = desk.onProgress;
    desk.onProgress = (writer) => {
      pump?.(writer);
      if (desk.acknowledged === each * WRITERS) done.resolve();
    };
    await Promise.race([done.promise, fleet.broken]);
    const numbers = stopwatch(each * WRITERS);
    await stop();
    await checkDesk(fleet, desk);
    return { ...numbers, ...percentiles(recorder.latencies) };
  },
};
