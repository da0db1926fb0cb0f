import { checkDesk } from "../load/convergence.js";
import { Desk } from "../load/desk.js";
import { typeAhead } from "../load/drive.js";
import { Fleet } from "../load/fleet.js";
import { scaled } from "../load/job.js";
import { Random } from "../load/random.js";
import { measureWindow, Recorder } from "../measure/window.js";
import { rateColumns, type Workload } from "./workload.js";

const DOCUMENTS = 50;
const WRITERS = 3;

/** (b) */
export const manyDocuments: Workload = {
  name: "many-documents",
  about: `${DOCUMENTS} documents with ${WRITERS} writers each, who type as fast as what they typed arrives.`,
  columns: rateColumns("edit"),
  documents: (settings) => scaled(DOCUMENTS, settings),
  limits: { ONRECORD_MAX_CHANGES_PER_SECOND: "1000000" },
  async run(target, settings) {
    using fleet = new Fleet(target);
    const random = new Random(settings.seed);
    const recorder = new Recorder();
    const clients = await fleet.open(target.documents.flatMap((id) => new Array<string>(WRITERS).fill(id)));
    const desks = target.documents.map((id, index) => {
      const writers = clients.slice(index * WRITERS, (index + 1) * WRITERS);
      return new Desk(id, writers, [writers.at(0)!, writers.at(-1)!], random, recorder);
    });
    const stop = typeAhead(fleet, desks, settings.window);
    const numbers = await measureWindow(target, settings, fleet, recorder);
    await stop();
    for (const desk of desks) await checkDesk(fleet, desk);
    return numbers;
  },
};
