import { checkDesk } from "../load/convergence.js";
import { Cursors } from "../load/cursors.js";
import { Desk } from "../load/desk.js";
import { typeSteadily } from "../load/drive.js";
import { Fleet } from "../load/fleet.js";
import { Random } from "../load/random.js";
import { measureWindow, Recorder } from "../measure/window.js";
import { latencyColumns, shareColumns, type Workload } from "./workload.js";

const TYPISTS = 3;
const KEYS_PER_SECOND = 5.5;

/** (j) */
export const typists: Workload = {
  name: "typists",
  about: `Open loop: ${TYPISTS} people type into one document, each ${KEYS_PER_SECOND} keys a second, and each key moves its typist's cursor, as editors tell it.`,
  columns: [
    ...shareColumns,
    ...latencyColumns,
    { key: "rate", label: "keys/s", better: "higher", digits: 1 },
    { key: "memory", label: "memory MB", better: "lower", digits: 0 },
  ],
  documents: () => 1,
  async run(target, settings) {
    using fleet = new Fleet(target);
    const [document] = target.documents;
    const clients = await fleet.open(new Array<string>(TYPISTS).fill(document!));
    const random = new Random(settings.seed);
    const recorder = new Recorder();
    const desk = new Desk(document!, clients, clients, random, recorder);
    // Only keys are timed.
    const cursors = new Cursors(clients, clients, random, new Recorder());
    const stop = typeSteadily(fleet, [desk], KEYS_PER_SECOND, random, ({ client }) => {
      cursors.move(cursors.movers.find((mover) => mover.client === client)!);
    });
    const numbers = await measureWindow(target, settings, fleet, recorder);
    await stop();
    await checkDesk(fleet, desk);
    return numbers;
  },
};
