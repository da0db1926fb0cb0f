import { AppError } from "@onrecord/core/errors";
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
  /** Without anything sent or received for so long, in milliseconds, it has failed (a minute). */
  readonly patience?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Rejects when it must end early. */
  readonly aborted: Promise<never>;
}

/** Changes typed before the sockets get their turn. */
const BURST = 32;
const PATIENCE = 60_000;
const PROGRESS_EVERY = 500;

/** Types everything in causal order, each client its own, and resolves with all latencies when everybody has everything. */
export async function drive(seats: readonly Seat[], options: DriveOptions): Promise<number[]> {
  using driver = new Driver(seats, options);
  await Promise.race([driver.finished, options.aborted]);
  options.onProgress?.(driver.progress());
  return driver.latencies;
}

/** Takes turns: whatever arrives, or the clock, gives the next one. */
class Driver implements Disposable {
  readonly latencies: number[] = [];
  readonly #writers: readonly Seat[];
  readonly #total: number;
  readonly #finished = Promise.withResolvers<void>();
  readonly #started = performance.now();
  readonly #watch: NodeJS.Timeout;
  #lastEvent = this.#started;
  #scheduled = false;
  #alarm: NodeJS.Timeout | undefined;

  constructor(
    private readonly seats: readonly Seat[],
    private readonly options: DriveOptions,
  ) {
    this.#writers = seats.filter(({ mine }) => mine.length > 0);
    this.#total = this.#writers.reduce((sum, { mine }) => sum + mine.length, 0);
    for (const { doc } of seats) doc.on("update", this.#schedule);
    this.#watch = setInterval(() => this.#look(), PROGRESS_EVERY);
    this.#schedule();
  }

  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  progress(): Progress {
    return {
      sent: this.#writers.reduce((sum, { sentAt }) => sum + sentAt.length, 0),
      total: this.#total,
      elapsed: performance.now() - this.#started,
      inStep: this.seats.filter((seat) => this.#isInStep(seat)).length,
      clients: this.seats.length,
    };
  }

  readonly #schedule = (): void => {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  };

  #turn(): void {
    this.#scheduled = false;
    this.#notice();
    const wait = Math.min(...this.#writers.map((writer) => this.#typeSome(writer)));
    clearTimeout(this.#alarm);
    if (wait === 0) this.#schedule();
    else if (Number.isFinite(wait)) this.#alarm = setTimeout(this.#schedule, wait);
    const typed = this.#writers.every(({ next }) => next === undefined);
    if (typed && this.seats.every((seat) => this.#isInStep(seat))) this.#finished.resolve();
  }

  #notice(): void {
    const before = this.latencies.length;
    for (const seat of this.seats)
      for (const writer of this.#writers)
        if (writer !== seat) seat.notice(writer, (milliseconds) => this.latencies.push(milliseconds));
    if (this.latencies.length > before) this.#lastEvent = performance.now();
  }

  /** Types what may be typed now; returns in how many milliseconds there is more, where time is all that it waits for. */
  #typeSome(writer: Seat): number {
    for (let typed = 0; typed < BURST; typed++) {
      const { next } = writer;
      if (next === undefined || !writer.mayType(next) || this.#underWay(writer) >= this.options.window)
        return Number.POSITIVE_INFINITY;
      const wait = this.#dueIn(next.at);
      if (wait > 0) return wait;
      writer.type(next);
      this.#lastEvent = performance.now();
    }
    return 0;
  }

  #dueIn(at: number): number {
    const { speed } = this.options;
    return speed === undefined ? 0 : Math.max(0, at / speed - (performance.now() - this.#started));
  }

  #underWay(writer: Seat): number {
    return writer.sentAt.length - Math.min(...this.seats.map(({ seen }) => seen[writer.agent]!));
  }

  #isInStep({ seen }: Seat): boolean {
    return this.#writers.every(({ agent, sentAt }) => seen[agent] === sentAt.length);
  }

  #look(): void {
    const progress = this.progress();
    this.options.onProgress?.(progress);
    const pausing = progress.inStep === progress.clients && this.#alarm !== undefined;
    if (pausing || performance.now() - this.#lastEvent < (this.options.patience ?? PATIENCE)) return;
    this.#finished.reject(
      new AppError(
        "UNAVAILABLE",
        `Nothing has arrived for too long, after ${progress.sent} of ${progress.total} changes.`,
      ),
    );
  }

  [Symbol.dispose](): void {
    clearInterval(this.#watch);
    clearTimeout(this.#alarm);
    for (const { doc } of this.seats) doc.off("update", this.#schedule);
  }
}
