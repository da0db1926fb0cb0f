import type { Desk, Writer } from "./desk.js";
import type { Fleet } from "./fleet.js";
import type { Random } from "./random.js";

/** A load that can be ended; resolves when everything sent has been received. */
export type Stop = () => Promise<void>;

/**
 * Closed loop: every writer keeps `window` keystrokes under way, and types the next when one has arrived everywhere, up to `most` of
 * them.
 */
export function typeAhead(
  fleet: Fleet,
  desks: readonly Desk[],
  window: number,
  most = Number.POSITIVE_INFINITY,
): Stop {
  let running = true;
  for (const desk of desks) {
    const pump = (writer: Writer) => {
      while (running && writer.typist.clock < Math.min(most, writer.acknowledged + window)) desk.type(writer);
    };
    desk.onProgress = pump;
    for (const writer of desk.writers) pump(writer);
  }
  return () => {
    running = false;
    return arrived(fleet, desks);
  };
}

/** A writer who types, waits until that has arrived everywhere, and pauses for some milliseconds. */
export function typeAlone(fleet: Fleet, desk: Desk, writer: Writer, pause: number): Stop {
  let next: NodeJS.Timeout | undefined;
  let running = true;
  desk.onProgress = () => {
    if (running) next = setTimeout(() => desk.type(writer), pause);
  };
  desk.type(writer);
  return () => {
    running = false;
    clearTimeout(next);
    return arrived(fleet, [desk]);
  };
}

/** Two writers who answer each other: each types as soon as what the other typed has arrived. */
export function takeTurns(fleet: Fleet, desk: Desk): Stop {
  let running = true;
  const [first, second] = desk.writers;
  desk.onProgress = (writer) => {
    if (running) desk.type(writer === first ? second! : first!);
  };
  desk.type(first!);
  return () => {
    running = false;
    return arrived(fleet, [desk]);
  };
}

/** Open loop: every writer types at its own steady pace, whatever has arrived. `alongside` does what else an editor does then. */
export function typeSteadily(
  fleet: Fleet,
  desks: readonly Desk[],
  perSecond: number,
  random: Random,
  alongside?: (writer: Writer) => void,
): Stop {
  const interval = 1000 / perSecond;
  const start = performance.now();
  const due = desks.flatMap((desk) =>
    desk.writers.map((writer) => ({ desk, writer, at: start + random.next() * interval })),
  );
  const timer = setInterval(() => {
    const now = performance.now();
    for (const turn of due)
      for (; turn.at <= now; turn.at += interval) {
        turn.desk.type(turn.writer);
        alongside?.(turn.writer);
      }
  }, 1);
  return () => {
    clearInterval(timer);
    return arrived(fleet, desks);
  };
}

function arrived(fleet: Fleet, desks: readonly Desk[]): Promise<void> {
  const open = () => desks.reduce((sum, desk) => sum + desk.sent - desk.acknowledged, 0);
  return fleet.until(() => open() === 0, open, "every keystroke to arrive");
}
