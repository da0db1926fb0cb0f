import { Gauge, type Registry } from "prom-client";

/** How long a scrape waits for what is asked whether it is ready; what does not answer in time is not. In milliseconds. */
const PATIENCE_MS = 2000;

/** Tells of each thing that readiness asks for whether it is well, by the same answers. */
export function readyMetrics(
  metrics: Registry,
  readiness: () => Promise<Readonly<Record<string, string>>>,
): void {
  let known: readonly string[] = [];
  new Gauge({
    name: "onrecord_ready",
    help: "1 for each check of /readyz that says ok, 0 for one that does not, or not in time",
    labelNames: ["check"],
    registers: [metrics],
    async collect() {
      const checks = await within(PATIENCE_MS, readiness());
      this.reset();
      if (checks === null) {
        for (const check of known) this.set({ check }, 0);
        this.set({ check: "answer" }, 0);
        return;
      }
      known = Object.keys(checks);
      for (const [check, state] of Object.entries(checks)) this.set({ check }, Number(state === "ok"));
      this.set({ check: "answer" }, 1);
    },
  });
}

/** Null: it failed, or not in time. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<null>((resolve) => {
    late = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work.catch(() => null), tooLate]);
  } finally {
    clearTimeout(late);
  }
}
