import { checkDesk } from "../load/convergence.js";
import { Desk } from "../load/desk.js";
import { typeSteadily } from "../load/drive.js";
import { Fleet } from "../load/fleet.js";
import { scaled } from "../load/job.js";
import { Random } from "../load/random.js";
import { measureWindow, Recorder } from "../measure/window.js";
import { costColumns, latencyColumns, type Workload } from "./workload.js";

const DOCUMENTS = 10;
const WRITERS = 5;
const EDITS_PER_SECOND = 5;

/** (c) */
export const steady: Workload = {
  name: "steady",
  about: `Open loop: ${DOCUMENTS} documents with ${WRITERS} writers each, every one of them at ${EDITS_PER_SECOND} edits a second.`,
  columns: [
    { key: "p99", label: "p99 ms", better: "lower", digits: 1 },
    ...latencyColumns.filter(({ key }) => key !== "p99"),
    { key: "rate", label: "edits/s", better: "higher", digits: 0 },
    ...costColumns("edit"),
  ],
  documents: (settings) => scaled(DOCUMENTS, settings),
  async run(target, settings) {
    using fleet = new Fleet(target);
    const random = new Random(settings.seed);
    const recorder = new Recorder();
    const clients = await fleet.open(target.documents.flatMap((id) => new Array<string>(WRITERS).fill(id)));
    const desks = target.documents.map((id, index) => {
      const writers = clients.slice(index * WRITERS, (index + 1) * WRITERS);
      return new Desk(id, writers, writers, random, recorder);
    });
    const stop = typeSteadily(fleet, desks, EDITS_PER_SECOND, random);
    const numbers = await measureWindow(target, settings, fleet, recorder);
    await stop();
    for (const desk of desks) await checkDesk(fleet, desk);
    return numbers;
  },
};
