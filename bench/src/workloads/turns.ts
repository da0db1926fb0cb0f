import { checkDesk } from "../load/convergence.js";
import { Desk } from "../load/desk.js";
import { takeTurns } from "../load/drive.js";
import { Fleet } from "../load/fleet.js";
import { Random } from "../load/random.js";
import { measureWindow, Recorder } from "../measure/window.js";
import { rateColumns, type Workload } from "./workload.js";

/** (i) */
export const turns: Workload = {
  name: "turns",
  about: "Two people in one document take turns: each answers the other's edit as soon as it arrives.",
  columns: rateColumns("turn"),
  documents: () => 1,
  async run(target, settings) {
    using fleet = new Fleet(target);
    const [document] = target.documents;
    const writers = await fleet.open([document!, document!]);
    const recorder = new Recorder();
    const desk = new Desk(document!, writers, writers, new Random(settings.seed), recorder);
    const stop = takeTurns(fleet, desk);
    const numbers = await measureWindow(target, settings, fleet, recorder);
    await stop();
    await checkDesk(fleet, desk);
    return numbers;
  },
};
