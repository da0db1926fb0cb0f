import { Failure, sentence } from "../failure.js";
import type { Run } from "../matrix.js";
import type { Options } from "../options.js";
import { describeMachine } from "../report/machine.js";
import { writeResults } from "../report/results.js";
import { measurePermissions } from "./bench.js";
import { name, permissionsTable } from "./report.js";

/** `npm run bench -- permissions`: measures, tells, and writes the results down. False: a round failed. */
export async function benchPermissions(
  options: Options,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<boolean> {
  const runs: Run[] = [];
  const { traces: _, ...settings } = options.settings;
  try {
    await measurePermissions({
      settings,
      rounds: options.rounds,
      signal,
      onStep: (step) => tell(`  ${step}`),
      onRound: (round, numbers) => runs.push({ server: "onrecord", round, outcome: { ok: true, numbers } }),
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    tell(`FAILED: ${sentence(error)}`);
    runs.push({
      server: "onrecord",
      round: runs.length + 1,
      outcome: { ok: false, failure: sentence(error) },
    });
  }
  tell(`\n${permissionsTable(runs)}`);
  if (options.out !== undefined && !signal.aborted)
    await writeResults(options.out, [
      { workload: name, at: new Date().toISOString(), machine: await describeMachine(), settings, runs },
    ]);
  return runs.every(({ outcome }) => outcome.ok);
}
