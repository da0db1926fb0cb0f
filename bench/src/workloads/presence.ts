import type { Client } from "../load/client.js";
import { Cursors, type Mover } from "../load/cursors.js";
import { Fleet } from "../load/fleet.js";
import { type Settings, scaled, type Target } from "../load/job.js";
import { Random } from "../load/random.js";
import { Tally } from "../load/tally.js";
import { measureWindow, Recorder } from "../measure/window.js";
import { rateColumns, type Workload } from "./workload.js";

const CURSORS = 100;
const STEADY_MOVES_PER_SECOND = 10;

/** (d) */
export const presence: Workload = {
  name: "presence",
  about: `${CURSORS} cursors in one document, which move as fast as their moves arrive.`,
  columns: rateColumns("move"),
  documents: () => 1,
  run: (target, settings) =>
    underWay(target, settings, (cursors) => {
      let running = true;
      const pump = (mover: Mover) => {
        while (running && cursors.sent(mover) - mover.acknowledged < settings.window) cursors.move(mover);
      };
      cursors.onProgress = pump;
      for (const mover of cursors.movers) pump(mover);
      return () => {
        running = false;
      };
    }),
};

/** (d), at the pace of people. */
export const steadyPresence: Workload = {
  name: "presence-steady",
  about: `${CURSORS} cursors in one document, each moving ${STEADY_MOVES_PER_SECOND} times a second.`,
  columns: rateColumns("move"),
  documents: () => 1,
  run: (target, settings) =>
    underWay(target, settings, (cursors, random) => {
      const interval = 1000 / STEADY_MOVES_PER_SECOND;
      const start = performance.now();
      const due = cursors.movers.map((mover) => ({ mover, at: start + random.next() * interval }));
      const timer = setInterval(() => {
        const now = performance.now();
        for (const turn of due) for (; turn.at <= now; turn.at += interval) cursors.move(turn.mover);
      }, 1);
      return () => clearInterval(timer);
    }),
};

async function underWay(
  target: Target,
  settings: Settings,
  start: (cursors: Cursors, random: Random) => () => void,
) {
  using fleet = new Fleet(target);
  const [document] = target.documents;
  const clients = await fleet.open(new Array<string>(scaled(CURSORS, settings, 3)).fill(document!));
  const recorder = new Recorder();
  const random = new Random(settings.seed);
  const watched = [clients.at(0)!, clients.at(-1)!];
  const cursors = new Cursors(clients, watched, random, recorder);
  // Whoever came first was told of more comings; from here on all are told the same.
  await fleet.wait(300);
  for (const client of clients) client.presence = new Tally();
  const stop = start(cursors, random);
  const numbers = await measureWindow(target, settings, fleet, recorder);
  stop();
  const open = () => cursors.open;
  await fleet.until(() => open() === 0, open, "every cursor to arrive");
  await check(fleet, document!, cursors, clients);
  return numbers;
}

/** Everyone was told the same, and who comes now is told where every cursor is. */
async function check(fleet: Fleet, document: string, cursors: Cursors, clients: readonly Client[]) {
  const [model] = clients;
  const frames = () => clients.reduce((sum, { presence }) => sum + presence.frames, 0);
  await fleet.until(
    () => clients.every(({ presence }) => presence.equals(model!.presence)),
    frames,
    "everyone to be told the same",
  );
  let complete = false;
  await fleet.openOne(document, (update) => {
    complete ||= cursors.isComplete(update);
  });
  await fleet.until(
    () => complete,
    () => 0,
    "a client that came late to see every cursor",
  );
}
