import { checkDesk } from "../load/convergence.js";
import { Desk } from "../load/desk.js";
import { typeAhead } from "../load/drive.js";
import { Fleet } from "../load/fleet.js";
import { scaled } from "../load/job.js";
import { Random } from "../load/random.js";
import { measureWindow, Recorder } from "../measure/window.js";
import { rateColumns, type Workload } from "./workload.js";

const WRITERS = 20;
const READERS = 80;

/** (a) */
export const crowd: Workload = {
  name: "crowd",
  about: `One document, ${WRITERS} writers and ${READERS} readers; writers type as fast as what they typed arrives.`,
  columns: rateColumns("edit"),
  documents: () => 1,
  limits: { ONRECORD_MAX_CHANGES_PER_SECOND: "1000000" },
  async run(target, settings) {
    using fleet = new Fleet(target);
    const [document] = target.documents;
    const open = (count: number) => fleet.open(new Array<string>(count).fill(document!));
    const first = await fleet.openOne(document!);
    const writers = await open(scaled(WRITERS, settings, 2));
    const readers = await open(scaled(READERS - 2, settings));
    const last = await fleet.openOne(document!);
    const recorder = new Recorder();
    const desk = new Desk(document!, writers, [first, last], new Random(settings.seed), recorder);
    const stop = typeAhead(fleet, [desk], settings.window);
    const numbers = await measureWindow(target, settings, fleet, recorder);
    await stop();
    await checkDesk(fleet, desk, [last, ...readers]);
    return numbers;
  },
};
