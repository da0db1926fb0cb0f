import { setTimeout as delay } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";

/** Keys that are pressed before anything is counted, those that are counted, and the time between two, in milliseconds. */
const WARM = 12;
const COUNTED = 50;
const PAUSE = 140;

/** The CPU that a page's main thread takes for its tasks. */
export class MainThread {
  private constructor(
    private readonly page: Page,
    private readonly line: CDPSession,
  ) {}

  static async of(page: Page): Promise<MainThread> {
    const line = await page.context().newCDPSession(page);
    // CPU of the thread and not time on the clock: what else the machine does is not counted.
    await line.send("Performance.enable", { timeDomain: "threadTicks" });
    return new MainThread(page, line);
  }

  /** Milliseconds of CPU so far. */
  async used(): Promise<number> {
    const { metrics } = await this.line.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1000;
  }

  /** Milliseconds of CPU for each key that is typed where the caret is, with everything that follows from it. */
  async perKey(): Promise<number> {
    await this.#type(WARM);
    const before = await this.used();
    await this.#type(COUNTED);
    return ((await this.used()) - before) / COUNTED;
  }

  async #type(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      await this.page.keyboard.press(n % 6 === 5 ? "Space" : "e");
      await delay(PAUSE);
    }
    await delay(600);
  }
}
