/** The same signal reaches a process more than once when a terminal, npm and a wrapper each pass it on. */
const ECHO = 2000;

/** Calls `stop` at the first signal to end; one that comes more than two seconds later ends the process at once. */
export function onStopSignal(stop: () => void): void {
  let first: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (first === undefined) {
        first = performance.now();
        stop();
      } else if (performance.now() - first > ECHO) process.exit(1);
    });
  }
}
