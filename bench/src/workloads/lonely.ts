import { checkDesk } from "../load/convergence.js";
import { Desk } from "../load/desk.js";
import { typeAlone } from "../load/drive.js";
import { Fleet } from "../load/fleet.js";
import { Random } from "../load/random.js";
import { measureWindow, Recorder } from "../measure/window.js";
import { costColumns, latencyColumns, type Workload } from "./workload.js";

const PAUSE = 200;

/** (h) */
export const lonely: Workload = {
  name: "lonely",
  about: `One person edits one document while another reads: one edit, its receipt by the reader, ${PAUSE} ms of rest, and again.`,
  columns: [
    ...latencyColumns,
    { key: "rate", label: "edits/s", better: "higher", digits: 1 },
    ...costColumns("edit"),
  ],
  documents: () => 1,
  async run(target, settings) {
    using fleet = new Fleet(target);
    const [document] = target.documents;
    const [author, reader] = await fleet.open([document!, document!]);
    const recorder = new Recorder();
    const desk = new Desk(document!, [author!], [reader!], new Random(settings.seed), recorder);
    const stop = typeAlone(fleet, desk, desk.writers[0]!, PAUSE);
    const numbers = await measureWindow(target, settings, fleet, recorder);
    await stop();
    await checkDesk(fleet, desk);
    return numbers;
  },
};
