import type { Logger } from "@onrecord/core/log";

/** How soon the work wants to run again without being woken, in milliseconds; undefined: whenever. */
export type Again = number | undefined;

/** Runs one piece of work whenever it is woken, at least every `idleMs`, and never twice at once. A failure waits a second. */
export class Pump implements AsyncDisposable {
  #running: Promise<void> | undefined;
  #woken = false;
  #closed = false;
  #rouse: (() => void) | undefined;

  constructor(
    private readonly work: () => Promise<Again>,
    private readonly options: { name: string; log: Logger; idleMs?: number },
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  /** There may be something to do: a wake during the work makes it run once more. */
  wake(): void {
    this.#woken = true;
    this.#rouse?.();
  }

  async #run(): Promise<void> {
    const { log, name, idleMs = 1000 } = this.options;
    while (!this.#closed) {
      this.#woken = false;
      let again: Again;
      try {
        again = await this.work();
      } catch (err) {
        if (this.#closed) return;
        log.warn({ err, reader: name }, "reading the record failed and is tried again");
        this.#woken = false;
        again = 1000;
      }
      if (!this.#woken) await this.#rest(Math.min(again ?? idleMs, idleMs));
    }
  }

  async #rest(ms: number): Promise<void> {
    if (ms <= 0 || this.#closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#rouse = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#rouse?.();
    await this.#running;
  }
}
