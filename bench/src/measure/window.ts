import type { Fleet } from "../load/fleet.js";
import type { Numbers, Settings, Target } from "../load/job.js";
import { machineUsage, memory, usage } from "./process-tree.js";
import { percentiles } from "./statistics.js";

/** What the clients of a run note down; only what happens inside the window counts. */
export class Recorder {
  /** Milliseconds from sending to another client's receipt. */
  readonly latencies: number[] = [];
  /** What everyone who is watched has received. */
  delivered = 0;
  #open = false;

  latency(milliseconds: number): void {
    if (this.#open) this.latencies.push(milliseconds);
  }

  deliver(): void {
    if (this.#open) this.delivered++;
  }

  open(): void {
    this.#open = true;
  }

  close(): void {
    this.#open = false;
  }
}

/** Measures what the server does while `recorder` is open for the window's length, after the warm-up. The load runs already. */
export async function measureWindow(
  target: Target,
  settings: Settings,
  fleet: Fleet,
  recorder: Recorder,
): Promise<Numbers> {
  await fleet.wait(settings.warmup * 1000);
  const stopwatch = startStopwatch(target);
  recorder.open();
  await fleet.wait(settings.seconds * 1000);
  recorder.close();
  const { delivered, latencies } = recorder;
  return { ...stopwatch(delivered), ...percentiles(latencies) };
}

/** Starts measuring; the function returned ends it, told how many things the server has done. */
export function startStopwatch(target: Target): (count: number) => Numbers {
  const from = now();
  const server = usage(target.pid);
  const load = process.cpuUsage();
  const machine = machineUsage();
  return (count) => {
    const to = now();
    const after = usage(target.pid);
    const { user, system } = process.cpuUsage(load);
    const seconds = (to - from) / 1e6;
    const main = after.main - server.main;
    const others = after.others - server.others;
    const loadCores = (user + system) / 1e6 / seconds;
    return {
      count,
      seconds,
      rate: count / seconds,
      /** Microseconds of CPU for each, of the server's own process and of the rest of its tree. */
      cpu: ((main + others) / count) * 1e6,
      cpuMain: (main / count) * 1e6,
      cpuOthers: (others / count) * 1e6,
      /** CPUs in use. */
      cores: (main + others) / seconds,
      /** The same as a percentage of one core. */
      share: ((main + others) / seconds) * 100,
      shareOthers: (others / seconds) * 100,
      loadCores,
      /** What disturbed the measurement. */
      otherCores: Math.max(0, (machineUsage() - machine - main - others) / seconds - loadCores),
      memory: memory(target.pid) / 1024 / 1024,
      /** The window on the clock that CPU profiles use, in microseconds. */
      from,
      to,
    };
  };
}

function now(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
