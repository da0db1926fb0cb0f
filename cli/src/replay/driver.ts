import { AppError } from "@onrecord/platform/errors";
import type { Seat } from "./seat.js";

/** How far a replay is. */
export interface Progress {
  readonly sent: number;
  readonly total: number;
  /** Milliseconds since the first change. */
  readonly elapsed: number;
  /** Clients that have everything that was sent. */
  readonly inStep: number;
  readonly clients: number;
}

/** How a replay is driven. */
export interface DriveOptions {
  /** How many times faster than it was typed; undefined: as fast as the server takes it. */
  readonly speed: number | undefined;
  /** Changes of one client that may be on their way to another; bounds the queues, and with them the latency at full speed. */
  readonly window: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Rejects when it must end early. */
  readonly aborted: Promise<never>;
}

/** Changes typed before the sockets get their turn. */
const BURST = 32;
/** Without anything sent or received for so long, in milliseconds, the replay has failed. */
const PATIENCE = 60_000;
const PROGRESS_EVERY = 500;

/** Types everything in causal order, each client its own, and resolves with all latencies when everybody has everything. */
export async function drive(seats: readonly Seat[], options: DriveOptions): Promise<number[]> {
  const { speed, window } = options;
  const writers = seats.filter(({ mine }) => mine.length > 0);
  const total = writers.reduce((sum, { mine }) => sum + mine.length, 0);
  const latencies: number[] = [];
  const started = performance.now();
  let lastEvent = started;
  let scheduled = false;
  let alarm: NodeJS.Timeout | undefined;
  const finished = Promise.withResolvers<void>();

  const isInStep = (seat: Seat) => writers.every(({ agent, sentAt }) => seat.seen[agent] === sentAt.length);
  const dueIn = (at: number) =>
    speed === undefined ? 0 : Math.max(0, at / speed - (performance.now() - started));

  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(turn);
  };
  const turn = () => {
    scheduled = false;
    const before = latencies.length;
    for (const seat of seats)
      for (const writer of writers)
        if (writer !== seat) seat.notice(writer, (milliseconds) => latencies.push(milliseconds));
    if (latencies.length > before) lastEvent = performance.now();

    let wait = Number.POSITIVE_INFINITY;
    for (const writer of writers) wait = Math.min(wait, typeSome(writer));
    clearTimeout(alarm);
    if (wait === 0) schedule();
    else if (Number.isFinite(wait)) alarm = setTimeout(schedule, wait);
    if (writers.every(({ next }) => next === undefined) && seats.every(isInStep)) finished.resolve();
  };
  /** Types what may be typed now; returns in how many milliseconds there is more, if time is all that it waits for. */
  const typeSome = (writer: Seat): number => {
    for (let typed = 0; typed < BURST; typed++) {
      const { next } = writer;
      if (next === undefined || !writer.mayType(next)) return Number.POSITIVE_INFINITY;
      if (underWay(writer) >= window) return Number.POSITIVE_INFINITY;
      const wait = dueIn(next.at);
      if (wait > 0) return wait;
      writer.type(next);
      lastEvent = performance.now();
    }
    return 0;
  };
  const underWay = (writer: Seat) =>
    writer.sentAt.length - Math.min(...seats.map(({ seen }) => seen[writer.agent]!));

  const progress = (): Progress => ({
    sent: writers.reduce((sum, { sentAt }) => sum + sentAt.length, 0),
    total,
    elapsed: performance.now() - started,
    inStep: seats.filter(isInStep).length,
    clients: seats.length,
  });
  const watch = setInterval(() => {
    options.onProgress?.(progress());
    const { sent } = progress();
    if (performance.now() - lastEvent > PATIENCE && !isWaitingForTime())
      finished.reject(
        new AppError("UNAVAILABLE", `Nothing has arrived for a minute after ${sent} of ${total} changes.`),
      );
  }, PROGRESS_EVERY);
  const isWaitingForTime = () =>
    seats.every(isInStep) && writers.some(({ next }) => next !== undefined && dueIn(next.at) > 0);

  for (const { doc } of seats) doc.on("update", schedule);
  schedule();
  try {
    await Promise.race([finished.promise, options.aborted]);
    options.onProgress?.(progress());
    return latencies;
  } finally {
    clearInterval(watch);
    clearTimeout(alarm);
    for (const { doc } of seats) doc.off("update", schedule);
  }
}
